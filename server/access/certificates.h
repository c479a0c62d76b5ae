// The server's certificate, its key and whom it trusts, read from PEM files and checked
// before gRPC sees them: gRPC itself would say of a bad file only that a handshake failed.
// Pure but for reading. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_CERTIFICATES_H_
#define ACTIVATION_SERVER_ACCESS_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace activation::access {

// PEM files; without a certificate there is no TLS.
struct TlsFiles {
  std::string certificate;  // the server's, followed by those between it and the root
  std::string key;          // without a passphrase
  std::string client_ca;    // empty: clients need no certificate

  bool on() const { return !certificate.empty(); }
  bool mutual() const { return !client_ca.empty(); }
};

// The PEM texts of a certificate and a key that belong together.
struct Certificates {
  std::string chain;
  std::string key;
  std::string client_ca;
  bool key_readable_by_all = false;

  friend bool operator==(const Certificates&, const Certificates&) = default;
};

// What the files hold, unchecked. INVALID_ARGUMENT names the flag of one that cannot be read.
absl::StatusOr<Certificates> ReadCertificates(const TlsFiles& files);

// INVALID_ARGUMENT naming flag and file where a text is no PEM of its kind, one of its
// certificates is broken, the key is another certificate's, or OpenSSL would take one of them
// for no handshake, as it does RSA keys of 1,024 bits.
absl::Status Check(const Certificates& certificates, const TlsFiles& files);

// What works and should not stay so: certificates, those of the clients' authorities included,
// that are not valid at `now` or for less than a week more, a key that all users may read.
std::vector<std::string> Concerns(const Certificates& certificates, const TlsFiles& files,
                                  absl::Time now);

// When the first of a text's certificates expires; the infinite future where there is none.
absl::Time FirstExpiry(const std::string& pem);

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_CERTIFICATES_H_
