# Under the thread sanitizer every program that links gRPC has with it what the sanitizer must be told of gRPC and Abseil, which
# Debian builds without it (tests/tsan/handovers.cc). The functions there stand before those of the shared libraries.
if(ACTIVATION_ARCHIVES)
  message(FATAL_ERROR "the thread sanitizer needs the shared libraries of gRPC: -DACTIVATION_ARCHIVES=OFF")
endif()
add_library(activation_handovers OBJECT ${PROJECT_SOURCE_DIR}/tests/tsan/handovers.cc)
target_compile_options(activation_handovers PRIVATE -fno-omit-frame-pointer)
target_include_directories(activation_handovers PRIVATE
  $<TARGET_PROPERTY:gRPC::grpc++,INTERFACE_INCLUDE_DIRECTORIES> $<TARGET_PROPERTY:absl::synchronization,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(gRPC::grpc++ INTERFACE $<TARGET_OBJECTS:activation_handovers>)

# Protobuf's maps have further members under the sanitizer, which the library, built without it, knows nothing of: who reads its
# headers sees what Debian saw. The standard library is to know all the same.
set_property(TARGET protobuf::libprotobuf gRPC::grpc++ APPEND PROPERTY
  INTERFACE_COMPILE_OPTIONS -U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
