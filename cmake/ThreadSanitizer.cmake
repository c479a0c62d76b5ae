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
