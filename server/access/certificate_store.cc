#include "server/access/certificate_store.h"

#include <string>
#include <utility>

#include "server/access/small_file.h"
#include "server/logging.h"
#include "src/base/out_of_memory.h"

namespace activation::access {
namespace {

constexpr absl::Duration kReminder = absl::Hours(24);

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateStore>> CertificateStore::Open(TlsFiles files) {
  absl::StatusOr<Certificates> certificates = ReadCertificates(files);
  if (!certificates.ok()) return certificates.status();
  const absl::Status status = Check(*certificates, files);
  if (!status.ok()) return status;
  return std::unique_ptr<CertificateStore>(
      new CertificateStore(std::move(files), *std::move(certificates)));
}

void CertificateStore::NoteCurrent(absl::Time now) {
  for (const std::string& concern : Concerns(current_, files_, now)) {
    Log(LogLevel::kWarning, "certificate", {{"message", concern}});
  }
  expiry_ = {FirstExpiry(current_.chain), FirstExpiry(current_.client_ca)};
  noted_ = now;
}

CertificateStore::Expiry CertificateStore::expiry() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return expiry_;
}

// What was read counts as seen once all that follows from it is done.
Reload CertificateStore::Poll(absl::Time now) {
  absl::StatusOr<Certificates> read = ReadCertificates(files_);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (now >= noted_ + kReminder) NoteCurrent(now);
  if (read.ok() && *read == seen_) {
    // It may have been away meanwhile, and may be once more.
    problem_.clear();
    return Reload::kUnchanged;
  }
  const absl::Status status = read.ok() ? Check(*read, files_) : read.status();
  if (!status.ok()) {
    std::string problem(status.message());
    // A file that is away stays so for many polls.
    if (problem == problem_ && !read.ok()) return Reload::kUnchanged;
    Log(LogLevel::kError, "reload_failed",
        {{"message", problem + "; the certificate read before is served on"}});
    problem_ = std::move(problem);
    if (read.ok()) seen_ = *std::move(read);
    return Reload::kFailed;
  }
  problem_.clear();
  if (*read == current_) {
    seen_ = *std::move(read);
    return Reload::kUnchanged;
  }
  Certificates seen = *read;
  Log(LogLevel::kInfo, "certificate_reloaded", {{"file", Shown(files_.certificate)}});
  seen_ = std::move(seen);
  current_ = *std::move(read);
  fetched_ = false;
  noted_ = absl::InfinitePast();
  UnlessOutOfMemory([&] { NoteCurrent(now); });
  return Reload::kDone;
}

grpc_server_credentials* CertificateStore::NewCredentials() {
  const auto request = files_.mutual() ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                       : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  // gRPC's file watcher would hand on a pair that does not match, and then no handshake
  // succeeds until the files are mended. TLS 1.2 is the least that either way allows.
  return grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(
          request,
          [](void* self, grpc_ssl_server_certificate_config** config) {
            return static_cast<CertificateStore*>(self)->Fetch(config);
          },
          this));
}

// Called by gRPC before each handshake.
grpc_ssl_certificate_config_reload_status CertificateStore::Fetch(
    grpc_ssl_server_certificate_config** config) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (fetched_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair = {current_.key.c_str(), current_.chain.c_str()};
  // gRPC insists on authorities here, also where it asks for no certificate and uses none.
  const std::string& authorities = files_.mutual() ? current_.client_ca : current_.chain;
  *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
  fetched_ = true;
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace activation::access
