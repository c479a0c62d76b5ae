#include "server/notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/integration/authority.h"

namespace activation {
namespace {

// A service manager's end of the socket.
class Manager {
 public:
  // Binds to `name` as Notify() takes it.
  explicit Manager(const std::string& name) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const size_t length = offsetof(sockaddr_un, sun_path) + name.size();
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Manager() { close(fd_); }

  // What was sent last, or "" where nothing waits.
  std::string Take() const {
    char text[256];
    const ssize_t size = recv(fd_, text, sizeof(text), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text, size);
  }

 private:
  const int fd_;
};

TEST(NotifyTest, SendsOneMessageToAPath) {
  const TestFolder folder;
  const Manager manager(folder.Path("notify"));
  Notify(folder.Path("notify"), "READY=1");
  EXPECT_EQ(manager.Take(), "READY=1");
  EXPECT_EQ(manager.Take(), "");
}

TEST(NotifyTest, SendsToAnAbstractName) {
  const std::string name = "@activation-notify-test-" + std::to_string(getpid());
  const Manager manager(name);
  Notify(name, "STOPPING=1");
  EXPECT_EQ(manager.Take(), "STOPPING=1");
}

TEST(NotifyTest, WithoutAManagerNothingIsDone) {
  const TestFolder folder;
  Notify("", "READY=1");
  Notify(folder.Path("nobody"), "READY=1");
  Notify(std::string(sizeof(sockaddr_un::sun_path), 'x'), "READY=1");
}

}  // namespace
}  // namespace activation
