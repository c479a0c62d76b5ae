#include "server/unknown_methods.h"

#include "server/fixed_call.h"

namespace activation {

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new (context) FixedCallOn<grpc::ServerGenericBidiReactor>(
      environment_, context, Method::kOther, context->method(), [](AdmissionTicket*) {
        return absl::UnimplementedError("no service of this server has such a method");
      });
}

}  // namespace activation
