#include "client/src/credentials.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "rpc/secret_for_path.h"
#include "rpc/small_file.h"

namespace activation::client {
namespace {

constexpr char kCertificate[] = "-----BEGIN CERTIFICATE-----";
constexpr char kKey[] = "PRIVATE KEY-----";

// The text of a PEM file; "" where no file is named. Of a file without `mark` gRPC would only
// say that the server cannot be reached.
absl::StatusOr<std::string> ReadPem(const char* option, const std::string& path, const char* mark) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> text = ReadOptionFile(option, path, absl::InfiniteDuration());
  if (!text.ok() || absl::StrContains(*text, mark)) return text;
  return absl::InvalidArgumentError(absl::StrCat(option, ": ", path, " has no ",
                                                 mark == kKey ? "private key" : "certificate",
                                                 " in PEM form"));
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(
    const TlsOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "tls.certificate_file and tls.key_file: one is of no use without the other");
  }
  grpc::SslCredentialsOptions ssl;
  auto text = ReadPem("tls.ca_file", options.ca_file, kCertificate);
  if (!text.ok()) return text.status();
  ssl.pem_root_certs = *std::move(text);
  text = ReadPem("tls.certificate_file", options.certificate_file, kCertificate);
  if (!text.ok()) return text.status();
  ssl.pem_cert_chain = *std::move(text);
  if (!IsPemText(options.key_file) && MayBeSecret(options.key_file)) {
    return absl::InvalidArgumentError(
        "tls.key_file: names no file; it is not shown, as it may be the key");
  }
  text = ReadPem("tls.key_file", options.key_file, kKey);
  if (!text.ok()) return text.status();
  ssl.pem_private_key = *std::move(text);
  return grpc::SslCredentials(ssl);
}

}  // namespace

absl::StatusOr<std::string> ReadOptionFile(const char* option, const std::string& path,
                                           absl::Duration patience) {
  if (IsPemText(path)) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": wants the path of a file and got its text"));
  }
  const auto unusable = [option, &path](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(option, ": ", path, " ", why));
  };
  // Where every file is open to all, as on some mounts, it is the user's own machine.
  absl::StatusOr<SmallFile> file = ReadSmallFile(path, Writers::kAny, patience);
  if (!file.ok()) return unusable(file.status().message());
  if (file->text.empty()) return unusable("is empty");
  return std::move(file->text);
}

bool IsLocal(const std::string& endpoint) {
  absl::string_view target = endpoint;
  if (absl::StartsWith(target, "unix:") || absl::StartsWith(target, "unix-abstract:")) return true;
  for (const char* scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&target, scheme)) break;
  }
  // Of a list of addresses the first would say nothing about the others.
  if (absl::StrContains(target, ',')) return false;
  // The colons of an address in brackets stand before no port.
  const bool has_port = !absl::EndsWith(target, "]");
  const absl::string_view host = has_port ? target.substr(0, target.rfind(':')) : target;
  if (host == "localhost" || host == "[::1]") return true;
  // Digits and dots alone: a name may begin with 127, too.
  return absl::StartsWith(host, "127.") &&
         host.find_first_not_of("0123456789.") == absl::string_view::npos;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> NewCredentials(
    const ClientOptions& options) {
  if (options.tls.enabled) return TlsCredentials(options.tls);
  if (!options.token_file.empty() && !options.insecure_token && !IsLocal(options.endpoint)) {
    return absl::InvalidArgumentError(absl::StrCat("token_file: would be sent in the clear to ",
                                                   options.endpoint,
                                                   "; use tls, or say insecure_token"));
  }
  return grpc::InsecureChannelCredentials();
}

}  // namespace activation::client
