// A process without descriptors.
#ifndef ACTIVATION_TESTS_BASE_NO_DESCRIPTORS_H_
#define ACTIVATION_TESTS_BASE_NO_DESCRIPTORS_H_

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace activation {

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

}  // namespace activation

#endif  // ACTIVATION_TESTS_BASE_NO_DESCRIPTORS_H_
