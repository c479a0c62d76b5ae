// The streams that are open, of either protocol, so that a drain reaches those that wait for
// a client. Thread-safe.
#ifndef ACTIVATION_SERVER_OPEN_STREAMS_H_
#define ACTIVATION_SERVER_OPEN_STREAMS_H_

#include <mutex>
#include <set>

namespace activation {

class OpenStream {
 public:
  // Reads no further; ends with UNAVAILABLE after the last reply. From any thread.
  virtual void Drain() = 0;

 protected:
  ~OpenStream() = default;
};

class OpenStreams {
 public:
  void Add(OpenStream* stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    streams_.insert(stream);
  }
  void Remove(OpenStream* stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    streams_.erase(stream);
  }
  // Ends each once it has answered what it has read.
  void Drain() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (OpenStream* stream : streams_) stream->Drain();
  }

 private:
  std::mutex mutex_;
  std::set<OpenStream*> streams_;  // guarded by mutex_
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_OPEN_STREAMS_H_
