#include "server/accept.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <future>
#include <vector>

namespace activation {
namespace {

// While one exists, the process has no descriptor left and may have no more.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    taken_.push_back(next);
    // Room for some more, else all of a limit that may be a million would have to be taken.
    rlimit limit = before_;
    limit.rlim_cur = std::min<rlim_t>(before_.rlim_cur, static_cast<rlim_t>(next) + 64);
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int more = 0; (more = dup(next)) >= 0;) taken_.push_back(more);
  }
  ~NoDescriptors() {
    for (const int each : taken_) close(each);
    setrlimit(RLIMIT_NOFILE, &before_);
  }

  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

// Waits for connections where it has none, as civetweb's does, and two clients that want one.
class AcceptTest : public testing::Test {
 protected:
  void SetUp() override {
    at_.sin_family = AF_INET;
    at_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at_);
    ASSERT_EQ(bind(listener_, Address(), size), 0);
    ASSERT_EQ(listen(listener_, 8), 0);
    ASSERT_EQ(getsockname(listener_, Address(), &size), 0);
  }
  void TearDown() override {
    for (const int each : {listener_, clients_[0], clients_[1]}) close(each);
  }

  sockaddr* Address() { return reinterpret_cast<sockaddr*>(&at_); }

  // The error of accept(), or 0; ETIMEDOUT where it waits.
  int ErrorOfAccept() {
    std::future<int> error = std::async(
        std::launch::async, [this] { return accept(listener_, nullptr, nullptr) < 0 ? errno : 0; });
    if (error.wait_for(std::chrono::seconds(20)) == std::future_status::ready) return error.get();
    shutdown(listener_, SHUT_RDWR);  // ends the wait
    error.wait();
    return ETIMEDOUT;
  }

  static int NewSocket() { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

  sockaddr_in at_{};
  const int listener_ = NewSocket();
  const int clients_[2] = {NewSocket(), NewSocket()};
};

TEST_F(AcceptTest, WithoutDescriptorsWhoeverComesIsShedAndNobodyWaitedFor) {
  KeepLastDescriptors();
  const int64_t before = ConnectionsShed();
  const NoDescriptors none;
  for (int shed = 1; shed <= 2; ++shed) {
    ASSERT_EQ(connect(clients_[shed - 1], Address(), sizeof(at_)), 0);
    EXPECT_EQ(ErrorOfAccept(), EAGAIN);
    EXPECT_EQ(ConnectionsShed(), before + shed);
  }
  // Nobody has come.
  EXPECT_EQ(ErrorOfAccept(), EAGAIN);
  EXPECT_EQ(ConnectionsShed(), before + 2);
}

}  // namespace
}  // namespace activation
