#include "client/src/elementwise.h"

#include <grpcpp/client_context.h>

#include <chrono>

#include "client/src/outcome.h"
#include "client/src/retry_policy.h"

namespace activation::client {
bool Elementwise::Contains(const std::string& function) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!known_ && std::chrono::steady_clock::now() >= ask_again_) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience_);
    v1::ListFunctionsResponse catalogue;
    const grpc::Status status = stub_->ListFunctions(&context, {}, &catalogue);
    const Outcome outcome = ToOutcome(status, context);
    const bool late = absl::IsDeadlineExceeded(outcome.status);
    known_ = !MayBeRetried(outcome) && !late;
    // Nor is one that does not answer waited for by one caller after the other.
    if (late) ask_again_ = std::chrono::steady_clock::now() + patience_;
    for (const v1::FunctionInfo& info : catalogue.functions()) {
      if (info.kind() == v1::FUNCTION_KIND_ELEMENTWISE) names_.insert(info.name());
    }
  }
  return names_.count(function) > 0;
}

}  // namespace activation::client
