// The certificates in use. Poll() looks at the files again: what has changed and is good
// serves the handshakes that follow, while connections that are open go on; what is broken
// is logged once, and what was served before is served on. Certificates that expire are in the
// log at the start, after a change and once a day. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_CERTIFICATE_STORE_H_
#define ACTIVATION_SERVER_ACCESS_CERTIFICATE_STORE_H_

#include <grpc/grpc_security.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/access/certificates.h"
#include "server/access/reload.h"

namespace activation::access {

class CertificateStore {
 public:
  // INVALID_ARGUMENT as ReadCertificates and Check say it.
  static absl::StatusOr<std::unique_ptr<CertificateStore>> Open(TlsFiles files);

  // What it leaves undone for want of memory, which it throws, the next one does.
  Reload Poll(absl::Time now = absl::Now());

  // When the first certificate of a file expires.
  struct Expiry {
    absl::Time certificate;
    absl::Time client_ca;  // the infinite future where there is none
  };
  Expiry expiry() const;

  // Credentials of one listener that asks here at each handshake; the caller's to release.
  // The store must outlive the listener. To be called once.
  grpc_server_credentials* NewCredentials();

 private:
  CertificateStore(TlsFiles files, Certificates certificates)
      : files_(std::move(files)), seen_(certificates), current_(std::move(certificates)) {
    NoteCurrent(absl::Now());
  }

  // What current_ should not stay like goes into the log, and its ends into expiry_.
  void NoteCurrent(absl::Time now);
  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config);

  const TlsFiles files_;
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  Certificates seen_;    // the last that were read, good or not
  std::string problem_;  // the one that was logged, while it lasts
  Certificates current_;
  Expiry expiry_{};
  absl::Time noted_;      // when NoteCurrent() ran last; the infinite past: it has not of current_
  bool fetched_ = false;  // whether gRPC has current_
};

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_CERTIFICATE_STORE_H_
