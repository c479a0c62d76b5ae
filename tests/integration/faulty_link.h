// A TCP link in front of a server that cuts what it carries into the smallest pieces, or
// breaks in the middle of a message or before a reply. Thread-compatible.
#ifndef ACTIVATION_TESTS_INTEGRATION_FAULTY_LINK_H_
#define ACTIVATION_TESTS_INTEGRATION_FAULTY_LINK_H_

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

namespace activation {

class FaultyLink {
 public:
  struct Options {
    size_t piece_bytes = 1 << 16;   // most that is handed on at once, each way
    size_t break_after = SIZE_MAX;  // bytes to the server, after which both ends are closed
  };

  // To host:port; takes one connection after the other.
  FaultyLink(const std::string& target, Options options);
  ~FaultyLink();
  FaultyLink(const FaultyLink&) = delete;
  FaultyLink& operator=(const FaultyLink&) = delete;

  // From now on nothing that the server sends is handed on, until Break() closes the
  // connection of now at both ends; those after it are whole again. Thread-safe.
  void HoldReplies() { holding_ = true; }
  void Break() { breaking_ = true; }

  // Where clients connect to.
  const std::string& address() const { return address_; }

 private:
  void Serve();
  void Carry(int client, int server);

  const std::string target_;
  const Options options_;
  int listener_ = -1;
  std::string address_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> holding_{false};
  std::atomic<bool> breaking_{false};
  std::thread thread_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_FAULTY_LINK_H_
