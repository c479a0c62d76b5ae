#include "server/access/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "rpc/secret_for_path.h"
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
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<SSL_CTX, Free>;

Bio Reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL would ask the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

// The certificates of a text up to the first that is broken.
std::vector<Certificate> CertificatesIn(const std::string& pem) {
  std::vector<Certificate> certificates;
  const Bio reader = Reader(pem);
  while (auto next =
             Certificate(PEM_read_bio_X509_AUX(reader.get(), nullptr, NoPassphrase, nullptr))) {
    certificates.push_back(std::move(next));
  }
  // The end of the text is an error, too, which nobody is to meet later.
  ERR_clear_error();
  return certificates;
}

// How many a text begins, whatever becomes of them.
size_t CountBegun(absl::string_view pem) {
  size_t begun = 0;
  for (const absl::string_view line : absl::StrSplit(pem, '\n')) {
    // Beside the usual form there are BEGIN X509 CERTIFICATE and BEGIN TRUSTED CERTIFICATE.
    begun += absl::StrContains(line, "--BEGIN") && absl::StrContains(line, "CERTIFICATE--") ? 1 : 0;
  }
  return begun;
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
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", Shown(path), " ", why));
}

// gRPC takes those up to a broken one and says nothing: clients would then miss the rest of the
// chain, or be trusted by half of the authorities.
absl::Status CheckWhole(const char* flag, const std::string& path, const std::string& pem) {
  const size_t whole = CertificatesIn(pem).size();
  const size_t begun = CountBegun(pem);
  if (whole == 0) return Unusable(flag, path, "has no certificate in PEM form");
  if (whole == begun) return absl::OkStatus();
  return Unusable(flag, path,
                  absl::StrCat("has ", begun, " certificates, of which number ", whole + 1,
                               " is not in PEM form"));
}

// What OpenSSL's policy (its security level) is against, by its own reason.
absl::Status TooWeak(const char* flag, const std::string& path, size_t number) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return Unusable(flag, path,
                  absl::StrCat("has a certificate, number ", number, ", that OpenSSL refuses: ",
                               reason != nullptr ? reason : "it gives no reason"));
}

// gRPC would go on with what it had, and say so in a line that nobody looks for: that a
// certificate is well-formed does not make it one that OpenSSL uses.
absl::Status CheckStrength(const char* flag, const std::string& path,
                           const std::vector<Certificate>& authorities, size_t first_number) {
  // What stands in a chain behind the first has the same rules as an authority of clients.
  const Context context(SSL_CTX_new(TLS_method()));
  for (size_t i = 0; i < authorities.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context.get(), authorities[i].get()) != 1) {
      return TooWeak(flag, path, first_number + i);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckUsable(const TlsFiles& files, std::vector<Certificate> chain, EVP_PKEY* key) {
  const Context context(SSL_CTX_new(TLS_method()));
  if (SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1) {
    return TooWeak(kCertificateFlag, files.certificate, 1);
  }
  if (SSL_CTX_use_PrivateKey(context.get(), key) != 1) {
    return Unusable(kKeyFlag, files.key, "has a key that OpenSSL refuses");
  }
  chain.erase(chain.begin());
  return CheckStrength(kCertificateFlag, files.certificate, chain, 2);
}

struct ReadFile {
  const char* flag;
  const std::string& path;
  const std::string& text;
};

void AddConcerns(const ReadFile& file, absl::Time now, std::vector<std::string>* concerns) {
  const std::vector<Certificate> certificates = CertificatesIn(file.text);
  for (size_t i = 0; i < certificates.size(); ++i) {
    const absl::Time from = TimeOf(X509_get0_notBefore(certificates[i].get()));
    const absl::Time until = TimeOf(X509_get0_notAfter(certificates[i].get()));
    const std::string which = i == 0 ? "" : absl::StrCat(", certificate ", i + 1, ",");
    const auto add = [&](absl::string_view what, absl::Time when) {
      concerns->push_back(absl::StrCat(file.flag, ": ", Shown(file.path), which, " ", what, " ",
                                       absl::FormatTime(when, absl::UTCTimeZone())));
    };
    if (now > until) {
      add("expired on", until);
    } else if (now + kSoon > until) {
      add("expires on", until);
    }
    if (now < from) add("is not valid before", from);
  }
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const TlsFiles& files) {
  Certificates certificates;
  absl::StatusOr<SmallFile> file = ReadFlagFile(kCertificateFlag, files.certificate);
  if (!file.ok()) return file.status();
  certificates.chain = std::move(file->text);
  if (!IsPemText(files.key) && MayBeSecret(files.key)) {
    return absl::InvalidArgumentError(
        absl::StrCat(kKeyFlag, ": names no file; it is not shown, as it may be a key"));
  }
  file = ReadFlagFile(kKeyFlag, files.key);
  if (!file.ok()) return file.status();
  certificates.key = std::move(file->text);
  certificates.key_readable_by_all = file->readable_by_all;
  if (!files.mutual()) return certificates;
  file = ReadFlagFile(kClientCaFlag, files.client_ca);
  if (!file.ok()) return file.status();
  certificates.client_ca = std::move(file->text);
  return certificates;
}

absl::Status Check(const Certificates& certificates, const TlsFiles& files) {
  absl::Status status = CheckWhole(kCertificateFlag, files.certificate, certificates.chain);
  if (!status.ok()) return status;
  const Key key = PrivateKey(certificates.key);
  if (key == nullptr) {
    return Unusable(kKeyFlag, files.key, "has no private key in PEM form that needs no passphrase");
  }
  std::vector<Certificate> chain = CertificatesIn(certificates.chain);
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return Unusable(
        kKeyFlag, files.key,
        absl::StrCat("does not belong to the certificate in ", Shown(files.certificate)));
  }
  status = CheckUsable(files, std::move(chain), key.get());
  if (!status.ok() || !files.mutual()) return status;
  status = CheckWhole(kClientCaFlag, files.client_ca, certificates.client_ca);
  if (!status.ok()) return status;
  return CheckStrength(kClientCaFlag, files.client_ca, CertificatesIn(certificates.client_ca), 1);
}

std::vector<std::string> Concerns(const Certificates& certificates, const TlsFiles& files,
                                  absl::Time now) {
  std::vector<std::string> concerns;
  if (certificates.key_readable_by_all) {
    concerns.push_back(
        absl::StrCat(kKeyFlag, ": every user of this machine may read ", Shown(files.key)));
  }
  AddConcerns({kCertificateFlag, files.certificate, certificates.chain}, now, &concerns);
  if (files.mutual()) {
    AddConcerns({kClientCaFlag, files.client_ca, certificates.client_ca}, now, &concerns);
  }
  return concerns;
}

absl::Time FirstExpiry(const std::string& pem) {
  absl::Time first = absl::InfiniteFuture();
  for (const Certificate& each : CertificatesIn(pem)) {
    first = std::min(first, TimeOf(X509_get0_notAfter(each.get())));
  }
  return first;
}

}  // namespace activation::access
