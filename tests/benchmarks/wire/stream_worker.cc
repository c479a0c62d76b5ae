#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <deque>

#include "tests/benchmarks/wire/channel.h"
#include "tests/benchmarks/wire/worker.h"

namespace activation::wire_benchmark {
namespace {

// One stream, whose replies come in the order of the items. It has at most one write and
// one read under way, as gRPC demands, and items wait for their turn to be written.
class Stream {
 public:
  Stream(const WorkerOptions& options, int in_flight, grpc::CompletionQueue* queue)
      : stub_(Connect(options)),
        waiting_(in_flight),
        exchange_(stub_.PrepareCall(&context_, options.method, queue)) {
    exchange_->StartCall(&started_);
  }

  bool Owns(const void* tag) const {
    return tag == &started_ || tag == &written_ || tag == &read_ || tag == &finished_;
  }

  // `tag`, its own, came back from the queue. Returns whether the stream goes on.
  bool Proceed(const void* tag, bool ok, const std::vector<grpc::ByteBuffer>& requests,
               Tally* tally) {
    if (tag == &finished_) {
      if (!status_.ok()) tally->watch().Fail(status_);
      return false;
    }
    if (!ok) {
      // The read that fails is the last step: what was written has been answered.
      if (tag != &written_) exchange_->Finish(&status_, &finished_);
      return true;
    }
    if (tag == &started_ || tag == &read_) {
      if (tag == &read_) TakeReply(tally);
      exchange_->Read(&reply_, &read_);
    } else {
      writing_ = false;
    }
    Write(requests, tally);
    return true;
  }

 private:
  struct Item {
    size_t request;
    Clock::time_point start;
  };

  void TakeReply(Tally* tally) {
    const Item item = sent_.front();
    sent_.pop_front();
    tally->Replied(item.request, reply_.Length(), item.start);
    ++waiting_;
  }

  void Write(const std::vector<grpc::ByteBuffer>& requests, Tally* tally) {
    if (writing_ || ended_) return;
    if (tally->watch().stopped()) {
      writing_ = ended_ = true;
      return exchange_->WritesDone(&written_);
    }
    if (waiting_ == 0) return;
    writing_ = true;
    --waiting_;
    const size_t request = tally->Next();
    sent_.push_back({request, Clock::now()});
    exchange_->Write(requests[request], &written_);
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  int waiting_;            // items that may be sent
  std::deque<Item> sent_;  // and not answered
  bool writing_ = false;
  bool ended_ = false;
  grpc::ByteBuffer reply_;
  grpc::Status status_;
  // Their addresses are tags.
  char started_ = 0;
  char written_ = 0;
  char read_ = 0;
  char finished_ = 0;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> exchange_;
};

// A stream for each connection.
class StreamWorker final : public Worker {
 public:
  explicit StreamWorker(const WorkerOptions& options) {
    for (int i = 0; i < options.connections; ++i) {
      streams_.push_back(std::make_unique<Stream>(
          options, Share(options.in_flight, options.connections, i), &queue_));
    }
  }

  void Run(Tally* tally) override {
    for (const Request& request : tally->requests()) requests_.push_back(Borrow(request.bytes));
    size_t left = streams_.size();
    void* tag = nullptr;
    bool ok = false;
    while (left > 0 && queue_.Next(&tag, &ok)) {
      for (const auto& stream : streams_) {
        if (stream->Owns(tag) && !stream->Proceed(tag, ok, requests_, tally)) --left;
      }
    }
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
  }

 private:
  std::vector<grpc::ByteBuffer> requests_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace

std::unique_ptr<Worker> NewStreamWorker(const WorkerOptions& options) {
  return std::make_unique<StreamWorker>(options);
}

}  // namespace activation::wire_benchmark
