# What `cmake --install` leaves for other projects: the client library with its headers, a CMake package
# (find_package(activation CONFIG), target activation::client) and a pkg-config file. The programs install themselves.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/activation)

set_target_properties(activation_client PROPERTIES EXPORT_NAME client)
# The generated messages: linked by the client library, for nobody else's use.
set_target_properties(activation_proto PROPERTIES EXPORT_NAME client_proto)

install(TARGETS activation_client activation_proto EXPORT activation-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/client/include/activation
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(FILES ${PROJECT_SOURCE_DIR}/proto/activation/v1/activation.proto
        DESTINATION ${CMAKE_INSTALL_DATADIR}/activation/proto/activation/v1 COMPONENT library)

install(EXPORT activation-targets NAMESPACE activation:: DESTINATION ${package_dir} COMPONENT library)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/activation-config.cmake.in
  ${PROJECT_BINARY_DIR}/activation-config.cmake INSTALL_DESTINATION ${package_dir})
# Semantic versioning: what was built against 1.0 builds against every 1.x (docs/operations.md).
write_basic_package_version_file(${PROJECT_BINARY_DIR}/activation-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/activation-config.cmake ${PROJECT_BINARY_DIR}/activation-config-version.cmake
        DESTINATION ${package_dir} COMPONENT library)

file(RELATIVE_PATH ACTIVATION_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/activation.pc.in ${PROJECT_BINARY_DIR}/activation.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/activation.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
