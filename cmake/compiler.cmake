# Sets what all of Stele is compiled with: the language, the warnings, the asserts, the sanitizers.
# Targets take part by linking the interface library stele_options privately.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo, ..." FORCE)
  endif()
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

  find_program(STELE_CCACHE ccache)
  if(STELE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # A clone elsewhere finds what this one compiled, too.
    set(launcher ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true ${STELE_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  endif()
endif()

add_library(stele_options INTERFACE)
target_compile_options(stele_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<BOOL:${STELE_WERROR}>:-Werror>
  # Quick enough to run long tests, and still good to step through.
  $<$<CONFIG:Debug>:$<IF:$<BOOL:${STELE_SANITIZE}>,-O1,-Og>>)
target_compile_definitions(stele_options INTERFACE
  $<$<CONFIG:Debug>:STELE_DEBUG=1>
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(STELE_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(STELE_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(STELE_SANITIZE)
  message(FATAL_ERROR "STELE_SANITIZE is '${STELE_SANITIZE}': it must be address, thread or empty")
endif()
if(STELE_SANITIZE)
  # Line numbers are all that a report takes. g++ takes instrumented code for uninitialized.
  target_compile_options(stele_options INTERFACE
    ${sanitizers} -fno-omit-frame-pointer -g1 -Wno-maybe-uninitialized)
  target_link_options(stele_options INTERFACE ${sanitizers})
endif()
