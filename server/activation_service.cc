#include "server/activation_service.h"

#include "rpc/enums.h"
#include "server/config.h"
#include "server/fixed_call.h"
#include "server/shared_memory/messages.h"
#include "server/slow_call.h"
#include "server/wire/message.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

v1::ListFunctionsResponse DescribeFunctions() {
  v1::ListFunctionsResponse response;
  for (const FunctionInfo& info : Catalogue()) {
    v1::FunctionInfo* function = response.add_functions();
    function->set_name(info.name);
    function->set_formula(info.formula);
    function->set_description(info.description);
    function->set_range(info.range);
    function->set_monotone(info.monotone);
    function->set_smooth(info.smooth);
    function->set_reference(info.reference);
    function->set_kind(ToWire(info.kind));
    function->set_used_in(info.used_in);
    function->set_strengths(info.strengths);
    function->set_weaknesses(info.weaknesses);
    function->set_saturation(Saturation(info));
    for (size_t i = 0; i < ParamCount(info); ++i) {
      v1::ParameterInfo* parameter = function->add_parameters();
      parameter->set_name(info.params[i].name);
      parameter->set_default_value(info.params[i].default_value);
      parameter->set_minimum(info.params[i].minimum);
      parameter->set_maximum(info.params[i].maximum);
      parameter->set_differentiable(info.params[i].differentiable);
      parameter->set_description(info.params[i].description);
      parameter->set_integral(info.params[i].integral);
    }
  }
  return response;
}

v1::GetServerInfoResponse DescribeServer(const Engine& engine,
                                         const shared_memory::Registry& regions) {
  v1::GetServerInfoResponse response;
  response.set_version(Version());
  response.set_instruction_set(InstructionSet());
  for (const DeviceInfo& info : engine.devices()) {
    v1::Device* device = response.add_devices();
    device->set_backend(info.backend);
    device->set_description(info.description);
    device->set_state(info.state);
  }
  response.set_runs_on(engine.RunsOn());
  const Limits& from = engine.limits();
  v1::ServerLimits* limits = response.mutable_limits();
  limits->set_max_message_bytes(from.max_message_bytes);
  limits->set_max_items(from.max_items);
  limits->set_max_rank(from.max_rank);
  limits->set_max_elements(from.max_elements);
  limits->set_max_inflight_bytes(from.max_inflight_bytes);
  limits->set_max_inflight_jobs(from.max_inflight_jobs);
  limits->set_max_queue_milliseconds(from.max_queue_milliseconds);
  if (regions.enabled()) {
    limits->set_max_shared_memory_regions(from.max_shared_memory_regions);
    limits->set_max_shared_memory_bytes(from.max_shared_memory_bytes);
    limits->set_max_shared_memory_lease_seconds(from.max_shared_memory_lease_seconds);
  }
  limits->set_max_stream_items(from.max_stream_items);
  limits->set_max_stream_bytes(from.max_stream_bytes);
  limits->set_max_concurrent_streams(from.max_concurrent_streams);
  limits->set_max_parameters(from.max_parameters);
  return response;
}

template <class Call>
grpc::ServerUnaryReactor* Start(CallEnvironment environment, grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  auto* call = new (context) Call(environment, context, wire::Own(request), response);
  call->Run();
  return call;
}

}  // namespace

ActivationService::ActivationService(CallEnvironment environment)
    : environment_(environment), functions_(wire::Serialize(DescribeFunctions())) {}

grpc::ServerUnaryReactor* ActivationService::Forward(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Start<EvaluateCall<Direction::kForward>>(environment_, context, request, response);
}

grpc::ServerUnaryReactor* ActivationService::Gradient(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Start<EvaluateCall<Direction::kGradient>>(environment_, context, request, response);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ActivationService::Stream(
    grpc::CallbackServerContext* context) {
  auto* call = new (context) StreamCall(environment_, context);
  call->Start();
  return call;
}

grpc::ServerUnaryReactor* ActivationService::ListFunctions(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return AnswerFixed<v1::ListFunctionsRequest>(
      {environment_, context, request, response}, Method::kListFunctions,
      [this](const auto&) -> const grpc::ByteBuffer& { return functions_; });
}

grpc::ServerUnaryReactor* ActivationService::GetServerInfo(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return AnswerFixed<v1::GetServerInfoRequest>(
      {environment_, context, request, response}, Method::kGetServerInfo,
      [this](const auto&) { return DescribeServer(environment_.engine, environment_.regions); });
}

grpc::ServerUnaryReactor* ActivationService::RegisterSharedMemory(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerLater<v1::RegisterSharedMemoryRequest>(
      {environment_, context, request, response}, Method::kRegisterSharedMemory, Purpose::kMaking,
      [this](const auto& message) {
        return shared_memory::Register(message, environment_.regions);
      });
}

grpc::ServerUnaryReactor* ActivationService::UnregisterSharedMemory(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerLater<v1::UnregisterSharedMemoryRequest>(
      {environment_, context, request, response}, Method::kUnregisterSharedMemory, Purpose::kEnding,
      [this](const auto& message) {
        return shared_memory::Unregister(message, environment_.regions);
      });
}

grpc::ServerUnaryReactor* ActivationService::SharedMemoryStatus(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerFixed<v1::SharedMemoryStatusRequest>(
      {environment_, context, request, response}, Method::kSharedMemoryStatus,
      [this](const auto& message) { return shared_memory::Status(message, environment_.regions); });
}

}  // namespace activation
