// How tests look at a server from outside: HTTP, metrics, raw gRPC calls.
#ifndef ACTIVATION_TESTS_INTEGRATION_PROBES_H_
#define ACTIVATION_TESTS_INTEGRATION_PROBES_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

#include "activation/v1/activation.grpc.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/base/eventually.h"

namespace activation {

// The whole HTTP/1.1 response to a request without a body, or "" where there
// is no answer. `address` is host:port.
std::string Http(const std::string& address, const std::string& method, const std::string& path);

// The value of a series at /metrics, named with its labels as it is printed;
// -1 where it is not there.
double MetricAt(const std::string& http_address, const std::string& series);

// A channel of its own connection without limits on message size.
std::shared_ptr<grpc::Channel> Connect(const std::string& target);

// A unary call with any bytes; `reply` may be nullptr.
grpc::Status CallRaw(grpc::Channel& channel, const char* method, const std::string& request,
                     std::string* reply = nullptr);

// The details of a failed call.
google::rpc::Status DetailsOf(const grpc::Status& status);

// Makes a small valid call and checks its numbers.
bool IsRight(v1::ActivationService::Stub& stub);

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_PROBES_H_
