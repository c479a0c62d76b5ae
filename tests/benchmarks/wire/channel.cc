#include "tests/benchmarks/wire/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "tests/benchmarks/wire/argument.h"

namespace activation::wire_benchmark {

// As client/src/channel.cc.
std::shared_ptr<grpc::Channel> Connect(const WorkerOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  for (const std::string& text : options.arguments) {
    const Argument argument = ParseArgument(text);
    arguments.SetInt(argument.name, argument.value);
  }
  return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace activation::wire_benchmark
