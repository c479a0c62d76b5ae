#include "client/src/elementwise.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <utility>

namespace activation::client {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

bool Elementwise::Contains(const std::string& function) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!std::exchange(asked_, true)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::ListFunctionsResponse catalogue;
    if (!stub_->ListFunctions(&context, {}, &catalogue).ok()) catalogue.Clear();
    for (const v1::FunctionInfo& info : catalogue.functions()) {
      if (info.kind() == v1::FUNCTION_KIND_ELEMENTWISE) names_.insert(info.name());
    }
  }
  return names_.count(function) > 0;
}

}  // namespace activation::client
