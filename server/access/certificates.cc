#include "server/access/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/access/small_file.h"

namespace activation::access {
namespace {

constexpr char kCertificateFlag[] = "--tls-certificate";
constexpr char kKeyFlag[] = "--tls-key";
constexpr char kClientCaFlag[] = "--tls-client-ca";

constexpr absl::Duration kSoon = absl::Hours(7 * 24);

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Bio Reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL would ask the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

// The first certificate of a text; nothing where there is none.
Certificate FirstCertificate(const std::string& pem) {
  return Certificate(PEM_read_bio_X509_AUX(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
}

Key PrivateKey(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

absl::Status Unusable(const char* flag, const std::string& path, absl::string_view why) {
  // What OpenSSL noted is of no use to anybody later.
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", path, " ", why));
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const TlsFiles& files) {
  Certificates certificates;
  absl::StatusOr<std::string> text = ReadSmallFile(kCertificateFlag, files.certificate);
  if (!text.ok()) return text.status();
  certificates.chain = *std::move(text);
  text = ReadSmallFile(kKeyFlag, files.key);
  if (!text.ok()) return text.status();
  certificates.key = *std::move(text);
  if (!files.mutual()) return certificates;
  text = ReadSmallFile(kClientCaFlag, files.client_ca);
  if (!text.ok()) return text.status();
  certificates.client_ca = *std::move(text);
  return certificates;
}

absl::Status Check(const Certificates& certificates, const TlsFiles& files) {
  const Certificate certificate = FirstCertificate(certificates.chain);
  if (certificate == nullptr) {
    return Unusable(kCertificateFlag, files.certificate, "has no certificate in PEM form");
  }
  const Key key = PrivateKey(certificates.key);
  if (key == nullptr) {
    return Unusable(kKeyFlag, files.key, "has no private key in PEM form that needs no passphrase");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Unusable(kKeyFlag, files.key,
                    absl::StrCat("does not belong to the certificate in ", files.certificate));
  }
  if (files.mutual() && FirstCertificate(certificates.client_ca) == nullptr) {
    return Unusable(kClientCaFlag, files.client_ca, "has no certificate in PEM form");
  }
  return absl::OkStatus();
}

std::vector<std::string> Concerns(const Certificates& certificates, const TlsFiles& files,
                                  absl::Time now) {
  std::vector<std::string> concerns;
  if (IsReadableByAll(files.key)) {
    concerns.push_back(absl::StrCat(kKeyFlag, ": every user of this machine may read ", files.key));
  }
  const Certificate certificate = FirstCertificate(certificates.chain);
  if (certificate == nullptr) return concerns;
  const absl::Time from = TimeOf(X509_get0_notBefore(certificate.get()));
  const absl::Time until = TimeOf(X509_get0_notAfter(certificate.get()));
  const auto add = [&](absl::string_view what, absl::Time when) {
    concerns.push_back(absl::StrCat(kCertificateFlag, ": ", files.certificate, " ", what, " ",
                                    absl::FormatTime(when, absl::UTCTimeZone())));
  };
  if (now > until) {
    add("expired on", until);
  } else if (now + kSoon > until) {
    add("expires on", until);
  }
  if (now < from) add("is not valid before", from);
  return concerns;
}

}  // namespace activation::access
