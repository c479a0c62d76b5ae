# Every find_package of the project stands here and nowhere else.
# Debian bookworm's packages are the reference; newer releases are found the same way.

find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(hwy CONFIG REQUIRED)

if(NOT ACTIVATION_ENGINE_ONLY)
  # Protobuf's config file is not in Debian's package; CMake's own module finds the library and protoc.
  find_package(Protobuf CONFIG QUIET)
  if(NOT Protobuf_FOUND)
    find_package(Protobuf MODULE REQUIRED)
  endif()
  find_package(gRPC CONFIG REQUIRED)
  find_program(ACTIVATION_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
  if(ACTIVATION_ARCHIVES)
    include(Archives)
    activation_prefer_archives(absl gRPC protobuf)
  endif()
  find_package(spdlog CONFIG REQUIRED)
  find_package(ZLIB REQUIRED)
endif()

find_package(nlohmann_json CONFIG REQUIRED)
find_path(ACTIVATION_CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

if(ACTIVATION_BUILD_SERVER)
  find_package(prometheus-cpp CONFIG REQUIRED)
  find_package(OpenSSL REQUIRED)
  # civetweb's CMake config names files Debian leaves out; the library and header are enough.
  find_library(ACTIVATION_CIVETWEB_LIBRARY civetweb REQUIRED)
  find_library(ACTIVATION_CIVETWEB_CPP_LIBRARY civetweb-cpp REQUIRED)
endif()

if(ACTIVATION_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  find_library(ACTIVATION_MPFR_LIBRARY mpfr REQUIRED)
  find_library(ACTIVATION_GMP_LIBRARY gmp REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
  find_package(Python3 COMPONENTS Interpreter REQUIRED)
  # Only to be compared with.
  find_library(ACTIVATION_DNNL_LIBRARY dnnl)
  find_library(ACTIVATION_XNNPACK_LIBRARY XNNPACK)
  find_library(ACTIVATION_PTHREADPOOL_LIBRARY pthreadpool)
  find_path(ACTIVATION_PTHREADPOOL_INCLUDE_DIR pthreadpool.h)
  find_library(ACTIVATION_SLEEF_LIBRARY sleef)
  find_path(ACTIVATION_SLEEF_INCLUDE_DIR sleef.h)
  find_path(ACTIVATION_EIGEN_INCLUDE_DIR Eigen/Core PATH_SUFFIXES eigen3)
endif()

# CUDA is found or not found, and required only where ACTIVATION_CUDA is REQUIRED: without it the same formulas run on
# the CPU.
set(ACTIVATION_HAS_CUDA OFF)
if(ACTIVATION_CUDA AND NOT ACTIVATION_SANITIZE)
  include(CheckLanguage)
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    # The GPUs of this machine, as the driver tells them. Without any: the oldest that is served, and PTX for what is newer.
    execute_process(COMMAND nvidia-smi --query-gpu=compute_cap --format=csv,noheader
                    OUTPUT_VARIABLE ACTIVATION_GPUS ERROR_QUIET RESULT_VARIABLE ACTIVATION_NO_GPUS)
    string(REGEX MATCHALL "[0-9]+\\.[0-9]" CMAKE_CUDA_ARCHITECTURES "${ACTIVATION_GPUS}")
    string(REPLACE "." "" CMAKE_CUDA_ARCHITECTURES "${CMAKE_CUDA_ARCHITECTURES}")
    list(REMOVE_DUPLICATES CMAKE_CUDA_ARCHITECTURES)
    # Of those the ones that CUDA 12.9 knows and the kernels can be compiled for; newer ones take the PTX.
    list(FILTER CMAKE_CUDA_ARCHITECTURES INCLUDE REGEX "^(80|86|87|89|90|100|103|120|121)$")
    if(ACTIVATION_NO_GPUS OR NOT CMAKE_CUDA_ARCHITECTURES)
      set(CMAKE_CUDA_ARCHITECTURES 80)
    endif()
  endif()
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    # CMake 3.25 does not know that nvcc speaks C++20.
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    endif()
    # CMake 3.25.1, which is Debian's, gives this target a property without asking whether it is there; CUDA 13 has it
    # no more.
    if(NOT TARGET CUDA::nvToolsExt)
      add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
    endif()
    find_package(CUDAToolkit 12.9 QUIET)
    if(CUDAToolkit_FOUND)
      set(ACTIVATION_HAS_CUDA ON)
    endif()
  endif()
endif()
if(ACTIVATION_CUDA STREQUAL "REQUIRED" AND NOT ACTIVATION_HAS_CUDA AND NOT ACTIVATION_SANITIZE)
  message(FATAL_ERROR "ACTIVATION_CUDA=REQUIRED, and there is no CUDA Toolkit of 12.9 or later")
endif()
message(STATUS "CUDA: ${ACTIVATION_HAS_CUDA}")
