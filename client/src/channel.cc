#include "client/src/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "client/src/call_hooks.h"
#include "client/src/credentials.h"
#include "client/src/token_file.h"

namespace activation::client {
namespace {

// After a refused connection gRPC fails calls at once until it has tried again:
// soon at first, so that a server that is back is found.
constexpr int kFirstReconnectMs = 50;
constexpr int kSlowestReconnectMs = 5000;

// A channel of which every call ends with `status`.
std::shared_ptr<grpc::Channel> UselessChannel(absl::Status status) {
  std::vector<CallHook> hooks;
  hooks.push_back(EndWith(std::move(status)));
  return grpc::experimental::CreateCustomChannelWithInterceptors("", nullptr, {}, std::move(hooks));
}

// Of the server as a whole; one without the health service counts as serving.
constexpr char kWatchHealth[] = R"({"healthCheckConfig": {"serviceName": ""}})";

int Milliseconds(std::chrono::milliseconds duration) {
  return static_cast<int>(
      std::clamp<int64_t>(duration.count(), 1, std::numeric_limits<int>::max()));
}

void AddKeepalive(const KeepaliveOptions& options, grpc::ChannelArguments* arguments) {
  if (options.time.count() <= 0) return;
  arguments->SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.time));
  arguments->SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.timeout));
  // gRPC would ask twice and then not before the next call, which would be lost on a
  // connection whose server had gone meanwhile.
  arguments->SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

grpc::ChannelArguments ArgumentsOf(const ClientOptions& options) {
  const int max_bytes = static_cast<int>(
      std::clamp<int64_t>(options.max_message_bytes, 0, std::numeric_limits<int>::max()));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(max_bytes);
  arguments.SetMaxSendMessageSize(max_bytes);
  // Channels to the same address share one connection unless told otherwise.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
  // All addresses that a name stands for, a call each in turn.
  arguments.SetLoadBalancingPolicyName("round_robin");
  // Retries are ours; gRPC's would keep a copy of every request for theirs.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // gRPC sends all but unix sockets by way of http_proxy, where no_proxy does not name them: what
  // may be said in the clear on this machine alone would go to another.
  if (IsLocal(options.endpoint)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  AddKeepalive(options.keepalive, &arguments);
  if (!options.tls.server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls.server_name);
  }
  return arguments;
}

std::shared_ptr<grpc::Channel> Create(const ClientOptions& options,
                                      const grpc::ChannelArguments& arguments) {
  const auto credentials = NewCredentials(options);
  if (!credentials.ok()) return UselessChannel(credentials.status());
  if (options.token_file.empty()) {
    return grpc::CreateCustomChannel(options.endpoint, *credentials, arguments);
  }
  auto token = TokenFile::Open(options.token_file);
  if (!token.ok()) return UselessChannel(token.status());
  std::vector<CallHook> hooks;
  hooks.push_back(SendToken(*std::move(token)));
  return grpc::experimental::CreateCustomChannelWithInterceptors(options.endpoint, *credentials,
                                                                 arguments, std::move(hooks));
}

}  // namespace

std::shared_ptr<grpc::Channel> NewChannel(const ClientOptions& options) {
  return Create(options, ArgumentsOf(options));
}

std::shared_ptr<grpc::Channel> NewChannelToHealthy(const ClientOptions& options) {
  grpc::ChannelArguments arguments = ArgumentsOf(options);
  arguments.SetServiceConfigJSON(kWatchHealth);
  return Create(options, arguments);
}

}  // namespace activation::client
