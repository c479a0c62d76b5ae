#include "client/src/descriptions.h"

#include "rpc/enums.h"

namespace activation::client {
namespace {

ParameterInfo ToParameter(const v1::ParameterInfo& in) {
  return {.name = in.name(),
          .default_value = in.default_value(),
          .minimum = in.minimum(),
          .maximum = in.maximum(),
          .differentiable = in.differentiable(),
          .description = in.description(),
          .integral = in.integral()};
}

FunctionInfo ToFunction(const v1::FunctionInfo& in) {
  FunctionInfo out{.name = in.name(),
                   .formula = in.formula(),
                   .description = in.description(),
                   .parameters = {},
                   .range = in.range(),
                   .monotone = in.monotone(),
                   .smooth = in.smooth(),
                   .reference = in.reference(),
                   .kind = FromWire<FunctionKind>(in.kind()).value_or(FunctionKind::kUnknown),
                   .used_in = in.used_in(),
                   .strengths = in.strengths(),
                   .weaknesses = in.weaknesses(),
                   .saturation = in.saturation()};
  for (const auto& parameter : in.parameters()) out.parameters.push_back(ToParameter(parameter));
  return out;
}

}  // namespace

std::vector<FunctionInfo> ToFunctions(const v1::ListFunctionsResponse& response) {
  std::vector<FunctionInfo> out;
  for (const auto& function : response.functions()) out.push_back(ToFunction(function));
  return out;
}

ServerInfo ToServerInfo(const v1::GetServerInfoResponse& response) {
  const v1::ServerLimits& limits = response.limits();
  ServerInfo out{.version = response.version(),
                 .instruction_set = response.instruction_set(),
                 .devices = {},
                 .runs_on = response.runs_on(),
                 .max_message_bytes = limits.max_message_bytes(),
                 .max_items = limits.max_items(),
                 .max_rank = limits.max_rank(),
                 .max_elements = limits.max_elements(),
                 .max_inflight_bytes = limits.max_inflight_bytes(),
                 .max_shared_memory_regions = limits.max_shared_memory_regions(),
                 .max_shared_memory_bytes = limits.max_shared_memory_bytes(),
                 .max_shared_memory_lease_seconds = limits.max_shared_memory_lease_seconds(),
                 .max_stream_items = limits.max_stream_items(),
                 .max_stream_bytes = limits.max_stream_bytes(),
                 .max_inflight_jobs = limits.max_inflight_jobs(),
                 .max_queue_milliseconds = limits.max_queue_milliseconds(),
                 .max_concurrent_streams = limits.max_concurrent_streams(),
                 .max_parameters = limits.max_parameters()};
  for (const auto& device : response.devices()) {
    out.devices.push_back({device.backend(), device.description(), device.state()});
  }
  return out;
}

}  // namespace activation::client
