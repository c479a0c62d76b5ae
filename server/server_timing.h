// Where a call's time went on the server, for clients that ask with the metadata
// `activation-timing`: the trailer `server-timing` in W3C's form
// (https://www.w3.org/TR/server-timing/), as "queue;dur=0.012, copy;dur=0.031,
// kernel;dur=0.2" with milliseconds.
#ifndef ACTIVATION_SERVER_SERVER_TIMING_H_
#define ACTIVATION_SERVER_SERVER_TIMING_H_

#include <grpcpp/server_context.h>

#include <string>

#include "server/work.h"

namespace activation {

bool WantsServerTiming(const grpc::CallbackServerContext& context);

// queue: until there was room, and until a backend took the work up. copy: reading the
// request and laying out the reply. kernel: computing.
std::string ServerTiming(const StepTimes& times);

void AddServerTiming(const StepTimes& times, grpc::CallbackServerContext* context);

}  // namespace activation

#endif  // ACTIVATION_SERVER_SERVER_TIMING_H_
