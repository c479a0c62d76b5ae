#include "client/src/elementwise.h"

#include <grpcpp/client_context.h>

#include <chrono>

#include "client/src/outcome.h"
#include "client/src/retry_policy.h"

namespace activation::client {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

bool Elementwise::Contains(const std::string& function) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!known_) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::ListFunctionsResponse catalogue;
    const grpc::Status status = stub_->ListFunctions(&context, {}, &catalogue);
    const Outcome outcome = ToOutcome(status, context);
    known_ = !MayBeRetried(outcome) && !absl::IsDeadlineExceeded(outcome.status);
    if (!status.ok()) return false;
    for (const v1::FunctionInfo& info : catalogue.functions()) {
      if (info.kind() == v1::FUNCTION_KIND_ELEMENTWISE) names_.insert(info.name());
    }
  }
  return names_.count(function) > 0;
}

}  // namespace activation::client
