// A certificate authority of the test's own, and files that go with the test.
#ifndef ACTIVATION_TESTS_INTEGRATION_AUTHORITY_H_
#define ACTIVATION_TESTS_INTEGRATION_AUTHORITY_H_

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace activation {

// A certificate and its key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();

  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // What those trust who trust it.
  const std::string& certificate() const { return certificate_; }

  // For localhost and 127.0.0.1, as server or client.
  Identity Issue(const std::string& name, absl::Time from = absl::Now() - absl::Hours(1),
                 absl::Time until = absl::Now() + absl::Hours(24 * 30)) const;
  // The same with an RSA key of so many bits: 1,024 are too few for OpenSSL as Debian sets it up.
  Identity IssueRsa(const std::string& name, unsigned bits) const;

 private:
  struct Keys;

  const std::unique_ptr<Keys> keys_;
  std::string certificate_;
};

// A folder that goes with the object. Thread-compatible.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();

  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  // Puts a file for its owner there, in one step where there was another; returns its path.
  std::string Write(const std::string& name, const std::string& text, unsigned mode = 0600) const;

 private:
  std::string path_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_AUTHORITY_H_
