// Who may call: the credentials of gRPC's listener, from the files that the configuration
// names, and the thread that looks at them again. Without TLS and tokens there is no thread
// and nothing in the way of a call.
#ifndef ACTIVATION_SERVER_ACCESS_ACCESS_H_
#define ACTIVATION_SERVER_ACCESS_ACCESS_H_

#include <grpcpp/security/server_credentials.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/certificate_store.h"
#include "server/access/reload.h"
#include "server/access/token_store.h"
#include "server/config.h"
#include "server/steady_clock.h"
#include "server/throttle.h"

namespace activation::access {

class Access {
 public:
  // Reads the files. INVALID_ARGUMENT naming the flag of one that cannot be used.
  static absl::StatusOr<std::unique_ptr<Access>> Open(const Config& config);
  ~Access();

  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  // Of one listener, which this must outlive. To be called once.
  std::shared_ptr<grpc::ServerCredentials> NewCredentials();

  // Looks at the files again now; without memory the next look does. Thread-safe.
  void Look();

  // Logs how many calls were refused and are not in the log yet: when no more come. Thread-safe.
  void LogLast() { LogRefused(refusals_.TakeLast()); }

  // How many tokens there are; 0: calls need none.
  size_t tokens() const { return tokens_ == nullptr ? 0 : tokens_->current()->size(); }

  // Calls refused and files taken up, in the Prometheus text format; "" without files.
  std::string Scrape() const;

 private:
  // How often a file had changed, by what came of it.
  struct Reloads {
    void Count(Reload outcome);

    std::atomic<int64_t> done{0};
    std::atomic<int64_t> failed{0};
  };

  Access() = default;

  // Looks at the files ever again, until destroyed.
  void Watch(absl::Duration interval);
  // What gRPC tells of a call before its handler does.
  struct Caller {
    absl::string_view path;
    std::optional<absl::string_view> authorization;
    absl::string_view user_agent;
    absl::string_view certificate;  // its common name, with mTLS
  };
  // Whether a call may go on; counts one that may not, and logs it.
  absl::Status Judge(const Caller& caller);
  static void LogRefused(int64_t calls);
  // Each at debug level; else the first and a count every ten seconds.
  void LogRefusal(const Caller& caller, const absl::Status& status);
  // Has gRPC ask Judge() about each call before its message is read.
  void AskAboutCalls(grpc_server_credentials* credentials);

  std::unique_ptr<CertificateStore> certificates_;  // nullptr: no TLS
  std::unique_ptr<TokenStore> tokens_;              // nullptr: no tokens
  std::mutex look_mutex_;                           // one look at a time
  Reloads certificate_reloads_;
  Reloads token_reloads_;
  std::atomic<int64_t> unauthenticated_{0};
  std::atomic<int64_t> forbidden_{0};
  Throttle refusals_;
  SteadyNotification ended_;
  std::thread watching_;
};

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_ACCESS_H_
