# Says what `cpack` makes: the Debian packages libstele0, which programs need to run, and libstele-dev,
# which they are compiled with. tools/package calls it.
#
# Both are put together from a build as it is. Debian has libraries in a directory of their
# architecture, where a build for /usr/local has none: hence install rules of their own.
if(NOT PROJECT_IS_TOP_LEVEL OR STELE_SANITIZE)
  return()
endif()

set(deb_libdir lib)
if(CMAKE_LIBRARY_ARCHITECTURE)
  set(deb_libdir lib/${CMAKE_LIBRARY_ARCHITECTURE})
endif()
stele_install_library(
  ${deb_libdir} ${PROJECT_BINARY_DIR}/packages/generated deb_runtime deb_development
  EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_NAME stele)
set(CPACK_PACKAGE_CONTACT "The authors of Stele")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL deb_runtime deb_development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(runtime_package libstele${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_DEB_RUNTIME_PACKAGE_NAME ${runtime_package})
set(CPACK_DEBIAN_DEB_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_DEB_RUNTIME_DESCRIPTION
    "Events are appended in batches, which commit as a whole or not at all and may carry guards.
This package has the shared library.")
set(CPACK_DEBIAN_DEB_DEVELOPMENT_PACKAGE_NAME libstele-dev)
set(CPACK_DEBIAN_DEB_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEB_DEVELOPMENT_PACKAGE_DEPENDS "${runtime_package} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEB_DEVELOPMENT_DESCRIPTION
    "Events are appended in batches, which commit as a whole or not at all and may carry guards.
This package has the headers for C and C++, stele.pc and a CMake package.")

# What the library depends on is read from it; who links with it learns the package's name from its
# shlibs file, and installing it runs ldconfig.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
include(CPack)
