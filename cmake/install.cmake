# Says what `cmake --install` puts where: the header, the library, the program, stele.pc for
# pkg-config and a CMake package. The installed tree may be moved, as a whole, to any place.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/stele)

install(DIRECTORY include/stele DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
        PATTERN "*.h" PATTERN "*.hpp")
install(TARGETS stele EXPORT stele_targets)
if(TARGET stele_cli)
  # The program finds its library beside it, wherever both were moved to.
  file(RELATIVE_PATH to_libraries
       ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(stele_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
  install(TARGETS stele_cli)
endif()

# pkg-config: everything relative to where stele.pc itself lies.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" up ${up})
  set(pc_prefix "\${pcfiledir}/${up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
else()
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(pkgconfig/stele.pc.in stele.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/stele.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# CMake: find_package(stele 0.1), target stele::stele. Before 1.0 a minor version may break things.
install(EXPORT stele_targets NAMESPACE stele:: DESTINATION ${package_dir}
        FILE stele-targets.cmake)
configure_package_config_file(cmake/stele-config.cmake.in ${PROJECT_BINARY_DIR}/stele-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/stele-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/stele-config.cmake
  ${PROJECT_BINARY_DIR}/stele-config-version.cmake
  DESTINATION ${package_dir})
