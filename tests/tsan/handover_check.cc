// Whether the thread sanitizer sees, through gRPC that is built without it, what it must and
// nothing else: `handover_check` hands a number to a server's call and back, without a race;
// `handover_check race` changes it meanwhile.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"

namespace {

int number = 0;
// Relaxed: it says when, and hands nothing over.
std::atomic<bool> arrived{false};

// Adds one to the number and answers nothing.
class AddOne final : public grpc::ServerGenericBidiReactor {
 public:
  AddOne() {
    arrived.store(true, std::memory_order_relaxed);
    number += 1;
    Finish(grpc::Status::OK);
  }
  void OnDone() override {
    number += 1;
    delete this;
  }
};

class Service final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new AddOne;
  }
};

}  // namespace

int main(int argc, char**) {
  const bool race = argc > 1;
  Service service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  grpc::GenericStub stub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const grpc::Slice bytes("1");
  const grpc::ByteBuffer request(&bytes, 1);
  grpc::ByteBuffer reply;
  absl::Notification done;
  int told = 0;
  number = 1;
  stub.UnaryCall(&context, "/Any/Method", {}, &request, &reply, [&](const grpc::Status&) {
    told = 1;
    done.Notify();
  });
  if (race) {
    while (!arrived.load(std::memory_order_relaxed)) std::this_thread::yield();
    number += 1;
  }
  done.WaitForNotification();
  server->Shutdown();
  server.reset();
  std::printf("%d %d\n", number, told);
  return 0;
}
