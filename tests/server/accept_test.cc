#include "server/accept.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>

#include "tests/base/no_descriptors.h"

namespace activation {
namespace {

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
    std::future<int> error = std::async(std::launch::async, [this] {
      const int taken = accept(listener_, nullptr, nullptr);
      return taken < 0 ? errno : close(taken);
    });
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
  // While there are some, who comes is taken. (And a sanitizer that looks at types with a
  // descriptor of its own has seen them.)
  const int taken = NewSocket();
  ASSERT_EQ(connect(taken, Address(), sizeof(at_)), 0);
  EXPECT_EQ(ErrorOfAccept(), 0);
  close(taken);
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
