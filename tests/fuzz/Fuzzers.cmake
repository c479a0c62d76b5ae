# One program a target: NAME_fuzzer, and `fuzzers` for all.

# The parsers alone: the libraries that they are part of bring the kernels along, which clang takes long for.
list(TRANSFORM checks PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(parsers
  server/address.cc server/config.cc server/flags.cc server/http.cc server/methods.cc server/profile.cc server/setting_sources.cc
  server/trace_id.cc server/why_not_listen.cc
  server/access/groups.cc server/access/tokens.cc
  server/inference/decode.cc server/inference/models.cc server/inference/parameters.cc
  server/inference/reply_header.cc server/inference/request_fields.cc server/inference/tensor_bytes.cc
  server/page/curve_request.cc server/page/query.cc
  server/shared_memory/fault_guard.cc server/shared_memory/posix_region.cc
  client/src/credentials.cc client/src/messages.cc client/src/outcome.cc client/src/shared_ranges.cc
  client/src/token_file.cc client/src/types.cc
  client/cli/bench/baseline.cc client/cli/bench/comparison.cc client/cli/bench/comparison_text.cc client/cli/bench/figures.cc client/cli/bench/histogram.cc client/cli/bench/load.cc
  client/cli/bench/rate_text.cc client/cli/bench/run_result.cc client/cli/bench/server_times.cc client/cli/bench/statistics.cc
  client/cli/bench/threshold.cc client/cli/bench/workload_text.cc
  client/cli/diagnose/normal_text.cc client/cli/duration_text.cc client/cli/file_io.cc client/cli/half.cc client/cli/npy.cc
  client/cli/npy_header_reader.cc client/cli/number_text.cc client/cli/options.cc client/cli/tensor.cc
  client/cli/tensor_input.cc client/cli/transpose.cc)
list(TRANSFORM parsers PREPEND ${CMAKE_SOURCE_DIR}/)

add_library(activation_parsers STATIC EXCLUDE_FROM_ALL ${parsers} ${checks})
target_include_directories(activation_parsers PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/client/include)
target_include_directories(activation_parsers SYSTEM PUBLIC ${ACTIVATION_CLI11_INCLUDE_DIR})
target_compile_definitions(activation_parsers PRIVATE ACTIVATION_VERSION="${PROJECT_VERSION}")
target_link_libraries(activation_parsers
  PUBLIC activation_wire activation_inference_proto absl::str_format absl::synchronization
         nlohmann_json::nlohmann_json OpenSSL::Crypto ${ACTIVATION_CIVETWEB_CPP_LIBRARY} ${ACTIVATION_CIVETWEB_LIBRARY}
         ${CMAKE_DL_LIBS}
  PRIVATE activation_options)

add_custom_target(fuzzers)
function(activation_fuzzer name check)
  add_executable(${name}_fuzzer EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/fuzzer.cc)
  target_compile_definitions(${name}_fuzzer PRIVATE ACTIVATION_FUZZ_CHECK=${check})
  target_link_libraries(${name}_fuzzer PRIVATE activation_wire_checks activation_parsers activation_options
    -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name}_fuzzer)
endfunction()

activation_fuzzer(decoder CheckDecoder)
activation_fuzzer(stream CheckStream)
activation_fuzzer(infer CheckInfer)
activation_fuzzer(config CheckConfig)
activation_fuzzer(tokens CheckTokens)
activation_fuzzer(http CheckHttp)
activation_fuzzer(names CheckNames)
activation_fuzzer(reply CheckReply)
activation_fuzzer(client_config CheckClientConfig)
activation_fuzzer(npy CheckNpy)
activation_fuzzer(numbers CheckNumbers)
activation_fuzzer(bench CheckBench)
activation_fuzzer(report CheckReport)
