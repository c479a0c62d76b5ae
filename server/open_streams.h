// The streams that are open, of either protocol, so that a drain reaches those that wait for
// a client. Thread-safe.
#ifndef ACTIVATION_SERVER_OPEN_STREAMS_H_
#define ACTIVATION_SERVER_OPEN_STREAMS_H_

#include <atomic>
#include <cstddef>
#include <mutex>

namespace activation {

class OpenStream {
 public:
  // Reads no further; ends with UNAVAILABLE after the last reply. From any thread.
  virtual void Drain() = 0;

  // Its neighbours, for OpenStreams alone.
  struct Links {
    OpenStream* before = nullptr;
    OpenStream* after = nullptr;
  } links;

 protected:
  ~OpenStream() = default;
};

// Takes no memory for them.
class OpenStreams {
 public:
  void Add(OpenStream* stream) {
    ++not_ended_;
    const std::lock_guard<std::mutex> lock(mutex_);
    stream->links.after = first_;
    if (first_ != nullptr) first_->links.before = stream;
    first_ = stream;
  }
  void Remove(OpenStream* stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    (stream->links.before != nullptr ? stream->links.before->links.after : first_) =
        stream->links.after;
    if (stream->links.after != nullptr) stream->links.after->links.before = stream->links.before;
  }
  // To be called once of each, before gRPC is told its end.
  void Ended() { --not_ended_; }
  // Of one that has not, the client waits for replies.
  bool HaveEnded() const { return not_ended_ == 0; }
  // Ends each once it has answered what it has read.
  void Drain() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (OpenStream* at = first_; at != nullptr; at = at->links.after) at->Drain();
  }

 private:
  std::atomic<size_t> not_ended_{0};
  std::mutex mutex_;
  OpenStream* first_ = nullptr;  // guarded by mutex_
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_OPEN_STREAMS_H_
