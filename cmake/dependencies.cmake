# Finds the libraries that the shared library is made with: threads, xxHash and BLAKE3.

# Fails with the name of the Debian package that has what is missing.
function(stele_missing what package)
  message(FATAL_ERROR "${what} is missing. On Debian: apt-get install ${package}")
endfunction()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# An interface library, so that its name does not get into the exported package of a shared library
# that merely uses it.
find_path(STELE_XXHASH_INCLUDE xxh_x86dispatch.h)
find_library(STELE_XXHASH_LIBRARY xxhash)
if(NOT STELE_XXHASH_INCLUDE OR NOT STELE_XXHASH_LIBRARY)
  stele_missing("xxHash" libxxhash-dev)
endif()
add_library(stele_xxhash INTERFACE)
target_include_directories(stele_xxhash SYSTEM INTERFACE ${STELE_XXHASH_INCLUDE})
target_link_libraries(stele_xxhash INTERFACE ${STELE_XXHASH_LIBRARY})

# BLAKE3's official C code. The sources come first, even where a library is packaged: only they
# have blake3_impl.h, whose blake3_hash_many() hashes several short inputs at once.
file(GLOB blake3_sources_found /usr/share/cargo/registry/blake3-*/c/blake3_impl.h)
list(SORT blake3_sources_found COMPARE NATURAL ORDER DESCENDING)
list(TRANSFORM blake3_sources_found REPLACE "/blake3_impl.h$" "")
find_path(STELE_BLAKE3_SOURCES blake3_impl.h PATHS ${blake3_sources_found} NO_DEFAULT_PATH
          DOC "The directory c/ of BLAKE3's source code")

if(STELE_BLAKE3_SOURCES)
  if(NOT EXISTS ${STELE_BLAKE3_SOURCES}/blake3_impl.h)
    message(FATAL_ERROR "STELE_BLAKE3_SOURCES: ${STELE_BLAKE3_SOURCES} has no blake3_impl.h")
  endif()
  set(blake3_files blake3.c blake3_dispatch.c blake3_portable.c)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
    foreach(instructions sse2 sse41 avx2 avx512)
      list(APPEND blake3_files blake3_${instructions}_x86-64_unix.S)
    endforeach()
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    list(APPEND blake3_files blake3_neon.c)
  endif()
  list(TRANSFORM blake3_files PREPEND ${STELE_BLAKE3_SOURCES}/)

  # Without sanitizers: this code stores the processor's features, found once, without a lock.
  # Every thread stores the same value, but ThreadSanitizer would rightly report it.
  add_library(stele_blake3_objects OBJECT ${blake3_files})
  set_target_properties(stele_blake3_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden C_STANDARD 99)
  target_compile_options(stele_blake3_objects PRIVATE -O2)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    target_compile_definitions(stele_blake3_objects PRIVATE BLAKE3_USE_NEON=1)
  endif()
  add_library(stele_blake3 INTERFACE)
  target_include_directories(stele_blake3 SYSTEM INTERFACE ${STELE_BLAKE3_SOURCES})
  target_link_libraries(stele_blake3 INTERFACE $<TARGET_OBJECTS:stele_blake3_objects>)
else()
  find_package(BLAKE3 CONFIG QUIET)
  if(NOT BLAKE3_FOUND)
    stele_missing("BLAKE3's C code" librust-blake3-dev)
  endif()
  add_library(stele_blake3 INTERFACE)
  target_link_libraries(stele_blake3 INTERFACE BLAKE3::blake3)
endif()
