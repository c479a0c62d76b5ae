# How our targets are made.

# activation_library(NAME [COLD | KERNELS] SOURCES... DEPENDS...): a static library with the project's options.
#
# COLD says that it runs once or for people, as the reading of flags does: the optimiser would spend half of the time of the
# build on it. KERNELS says that it computes on what others have checked: in a release all else, which reads what strangers
# send, ends at a stack written over or a copy beyond its object, rather than go on.
function(activation_library name)
  cmake_parse_arguments(ARG "COLD;KERNELS" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE $<BUILD_INTERFACE:activation_options>)
  if(ARG_COLD)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  if(NOT ARG_KERNELS)
    target_compile_options(${name} PRIVATE
      $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-fstack-protector-strong;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
  endif()
endfunction()

# activation_cold_code(SOURCES...): sources of this folder of the same kind, among others that are hot.
function(activation_cold_code)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
endfunction()

# activation_test(NAME SOURCES... DEPENDS... [RPC] [LABELS...] [PREFIX...] [ENVIRONMENT...]): a program of GoogleTest's
# and each of its tests as one of ctest's. It has a main of its own where DEPENDS names GTest::gtest.
#
# RPC says that it needs gRPC's headers. A test is built quickly rather than to be quick; what it tests is not.
function(activation_test name)
  cmake_parse_arguments(ARG "RPC" "LABELS;PREFIX;ENVIRONMENT" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} activation_options GTest::gmock)
  if(NOT GTest::gtest IN_LIST ARG_DEPENDS)
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()
  if(ARG_RPC)
    target_compile_options(${name} PRIVATE ${ACTIVATION_RPC_TEST_OPTIONS})
    activation_test_headers(activation_rpc_test_headers activation_proto activation_rpc_proto)
    target_precompile_headers(${name} REUSE_FROM activation_rpc_test_headers)
  else()
    target_compile_options(${name} PRIVATE ${ACTIVATION_TEST_OPTIONS})
    activation_test_headers(activation_test_headers absl::statusor)
    target_precompile_headers(${name} REUSE_FROM activation_test_headers)
    # Kernels may be among the sources (src/CMakeLists.txt), and the headers are small.
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  set(properties)
  if(ARG_LABELS)
    list(APPEND properties LABELS ${ARG_LABELS})
  endif()
  if(ARG_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT "${ARG_ENVIRONMENT}")
  endif()
  if(properties)
    list(PREPEND properties PROPERTIES)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_PREFIX "${ARG_PREFIX}" ${properties})
endfunction()

# A precompiled header must be told of to GCC's preprocessor, for ccache.
set(ACTIVATION_TEST_OPTIONS $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>
  # GCC 12 at -O1 sees writes beyond strings of which it knows half.
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread>)
# These wait for servers, not for themselves, and gRPC's and protobuf's templates cost their compiler a quarter of its time.
set(ACTIVATION_RPC_TEST_OPTIONS ${ACTIVATION_TEST_OPTIONS}
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O0>)

# The headers of other people that tests read, precompiled once; sources include what they use all the same, which the presets
# without precompiled headers check (`dev` and its kin). An executable, as tests are, so that all flags are the same.
function(activation_test_headers name)
  if(TARGET ${name})
    return()
  endif()
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cc "int main() {}\n")
  add_executable(${name} EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/${name}.cc)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/CMakeFiles)
  target_link_libraries(${name} PRIVATE ${ARGN} activation_options GTest::gmock GTest::gtest)
  set(options ${ACTIVATION_TEST_OPTIONS})
  set(headers <gmock/gmock.h> <gtest/gtest.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <functional> <map> <memory>
      <random> <string> <thread> <vector>)
  if(name STREQUAL activation_rpc_test_headers)
    set(options ${ACTIVATION_RPC_TEST_OPTIONS})
    list(APPEND headers <grpcpp/grpcpp.h> <grpcpp/generic/generic_stub.h> <google/protobuf/message.h>)
  endif()
  target_compile_options(${name} PRIVATE ${options})
  target_precompile_headers(${name} PRIVATE ${headers})
endfunction()
