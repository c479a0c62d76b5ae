# Debian packages by CPack, for ./dev package: activation-server, activation-client and libactivation-dev, a component
# each. What makes the server a service is in deploy/systemd, what dpkg asks for in deploy/debian.
#
# Files of /etc and /lib have their absolute paths here, which is why this is read for packages alone.
find_program(ACTIVATION_HELP2MAN help2man REQUIRED)
find_package(Python3 COMPONENTS Interpreter REQUIRED)

set(ACTIVATION_CONTACT "activation maintainers <maintainers@activation.example>" CACHE STRING
    "Who gives these packages out: a name and an address, which they have as Maintainer")

set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
set(files ${PROJECT_BINARY_DIR}/package)
file(MAKE_DIRECTORY ${files})
set(made)

# packed(NAME COMMAND... DEPENDS...): the output of a command, gzipped without a date, as ${files}/NAME.gz.
function(packed name)
  cmake_parse_arguments(ARG "" "" "COMMAND;DEPENDS" ${ARGN})
  add_custom_command(OUTPUT ${files}/${name}.gz
    COMMAND ${ARG_COMMAND} > ${files}/${name}
    COMMAND gzip -9nf ${files}/${name}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DEPENDS ${ARG_DEPENDS} VERBATIM)
  list(APPEND made ${files}/${name}.gz)
  set(made ${made} PARENT_SCOPE)
endfunction()

packed(changelog COMMAND cat CHANGELOG.md DEPENDS ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
configure_file(${debian}/changelog ${files}/changelog.in @ONLY)
packed(changelog.Debian COMMAND cat ${files}/changelog.in DEPENDS ${files}/changelog.in)

# program(COMPONENT SUMMARY): the program activation-COMPONENT's manual, list of packages and notices.
function(program component summary)
  set(name activation-${component})
  packed(${name}.1
    COMMAND ${ACTIVATION_HELP2MAN} --no-info --name=${summary} $<TARGET_FILE:${name}> DEPENDS ${name})
  packed(${name}.notices COMMAND ${Python3_EXECUTABLE} -B scripts/notices.py ${PROJECT_BINARY_DIR} ${name}
    DEPENDS ${name} scripts/notices.py scripts/linked_packages.py)
  add_custom_command(OUTPUT ${files}/${name}.spdx.json
    COMMAND ${Python3_EXECUTABLE} -B scripts/packages_spdx.py ${PROJECT_BINARY_DIR} ${name} > ${files}/${name}.spdx.json
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DEPENDS ${name} scripts/packages_spdx.py scripts/linked_packages.py VERBATIM)
  install(FILES ${files}/${name}.1.gz DESTINATION share/man/man1 COMPONENT ${component})
  install(FILES ${files}/${name}.notices.gz DESTINATION share/doc/${name} RENAME notices.gz COMPONENT ${component})
  install(FILES ${files}/${name}.spdx.json DESTINATION share/doc/${name} RENAME packages.spdx.json COMPONENT ${component})
  set(made ${made} ${files}/${name}.spdx.json PARENT_SCOPE)
endfunction()

program(server "serves neural-network activation functions over gRPC")
program(client "calls, tests and measures a server of activation functions")

install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/activation-server.service
        DESTINATION /lib/systemd/system COMPONENT server)
install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/server.conf DESTINATION /etc/activation COMPONENT server)

# Completion of command lines in bash.
add_custom_command(OUTPUT ${files}/completion
  COMMAND activation-client completion > ${files}/completion DEPENDS activation-client VERBATIM)
list(APPEND made ${files}/completion)
install(FILES ${files}/completion DESTINATION share/bash-completion/completions RENAME activation-client
        COMPONENT client)

add_custom_target(package_files ALL DEPENDS ${made})

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL server client library)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# Else it would stand before the summary of each package.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_PACKAGE_CONTACT ${ACTIVATION_CONTACT})
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_SOURCE_DIR}/build/packages)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# debian_package(COMPONENT NAME SECTION DESCRIPTION DEPENDS...): the first line of the description is the summary. Each gets
# what Debian wants of every package.
function(debian_package component name section description)
  install(FILES ${debian}/copyright ${files}/changelog.Debian.gz ${files}/changelog.gz
          DESTINATION share/doc/${name} COMPONENT ${component})
  string(TOUPPER ${component} component)
  list(JOIN ARGN ", " depends)
  foreach(setting NAME SECTION DEPENDS)
    string(TOLOWER ${setting} value)
    set(CPACK_DEBIAN_${component}_PACKAGE_${setting} "${${value}}" PARENT_SCOPE)
  endforeach()
  set(CPACK_DEBIAN_${component}_DESCRIPTION "${description}" PARENT_SCOPE)
endfunction()

debian_package(server activation-server net
"server of neural-network activation functions over gRPC
Evaluates activation functions and their gradients on batches of tensors.
In the default tier results in f32, f16 and bf16 are correctly rounded, the
same bits on every instruction set. It also speaks the Open Inference
Protocol, and has a status page, health checks and metrics for Prometheus.

It runs as a service of a user of its own and serves this machine alone
until /etc/activation/server.conf says otherwise."
  adduser "init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS activation-client)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    ${debian}/server/postinst ${debian}/server/prerm ${debian}/server/postrm ${debian}/server/conffiles)

debian_package(client activation-client net
"command-line client of the activation server
Evaluates activation functions and their gradients on tensors of .npy files,
draws them, asks a server for its health, load-tests it with every reply
checked, and holds the results of others against the exact ones.")

# What find_package(activation) and pkg-config lead to; the CMake package of gRPC wants its plugin and looks for RE2 by pkg-config.
debian_package(library libactivation-dev libdevel
"client library of the activation server for C++
Headers, a static library, a CMake package and a pkg-config file. The public
headers need neither gRPC nor protobuf; programs are linked with both."
  libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc libabsl-dev libc-ares-dev libre2-dev libssl-dev pkg-config zlib1g-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS OFF)

include(CPack)
