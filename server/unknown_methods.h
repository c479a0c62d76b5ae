// Calls of methods that no service has: UNIMPLEMENTED. They are counted as one method,
// `other`, because what they name is the callers' to choose and each name would be a series; the
// log at debug level has the name.
// Thread-safe.
#ifndef ACTIVATION_SERVER_UNKNOWN_METHODS_H_
#define ACTIVATION_SERVER_UNKNOWN_METHODS_H_

#include <grpcpp/generic/async_generic_service.h>

#include "server/work.h"

namespace activation {

class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  // What the environment refers to must outlive it.
  explicit UnknownMethods(CallEnvironment environment) : environment_(environment) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  const CallEnvironment environment_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_UNKNOWN_METHODS_H_
