# Says what `cmake --install` puts where: the header, the library, the program, stele.pc for
# pkg-config and a CMake package. The installed tree may be moved, as a whole, to any place.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
include(CMakePackageConfigHelpers)

# Stores in `result` the way from `directory`, relative to the prefix, up to the prefix.
function(stele_way_up directory result)
  file(RELATIVE_PATH up /prefix/${directory} /prefix)
  string(REGEX REPLACE "/$" "" up ${up})
  set(${result} ${up} PARENT_SCOPE)
endfunction()

# Installs the library into `libdir`, with all that programs are compiled with. What is generated for
# that goes to `generated`. `runtime` is the component of what programs need to run, `development`
# that of the rest; a last argument EXCLUDE_FROM_ALL leaves both out unless they are named.
function(stele_install_library libdir generated runtime development)
  set(package_dir ${libdir}/cmake/stele)
  install(DIRECTORY include/stele DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          COMPONENT ${development} ${ARGN} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
  install(TARGETS stele EXPORT stele_targets_${development}
          LIBRARY DESTINATION ${libdir} COMPONENT ${runtime} NAMELINK_COMPONENT ${development}
          ${ARGN})

  # pkg-config: everything relative to where stele.pc itself lies.
  if(IS_ABSOLUTE ${libdir})
    set(pc_prefix ${CMAKE_INSTALL_PREFIX})
    set(pc_libdir ${libdir})
  else()
    stele_way_up(${libdir}/pkgconfig up)
    set(pc_prefix "\${pcfiledir}/${up}")
    set(pc_libdir "\${prefix}/${libdir}")
  endif()
  if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
    set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
  else()
    set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
  endif()
  configure_file(pkgconfig/stele.pc.in ${generated}/stele.pc @ONLY)
  install(FILES ${generated}/stele.pc DESTINATION ${libdir}/pkgconfig
          COMPONENT ${development} ${ARGN})

  # CMake: find_package(stele 0.1), target stele::stele. Before 1.0 a minor version may break things.
  install(EXPORT stele_targets_${development} NAMESPACE stele:: DESTINATION ${package_dir}
          FILE stele-targets.cmake COMPONENT ${development} ${ARGN})
  configure_package_config_file(cmake/stele-config.cmake.in ${generated}/stele-config.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(${generated}/stele-config-version.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${generated}/stele-config.cmake ${generated}/stele-config-version.cmake
          DESTINATION ${package_dir} COMPONENT ${development} ${ARGN})
endfunction()

stele_install_library(${CMAKE_INSTALL_LIBDIR} ${PROJECT_BINARY_DIR} runtime development)
if(TARGET stele_cli)
  # The program finds its library beside it, wherever both were moved to.
  file(RELATIVE_PATH to_libraries
       ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(stele_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
  install(TARGETS stele_cli COMPONENT programs)
endif()
