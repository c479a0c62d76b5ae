#include "client/cli/hint.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace activation::cli {
namespace {

// What a server with TLS does to whom it does not let in: gRPC 1.51 tells its client no reason.
std::string HintOfClosed(const client::TlsOptions& tls) {
  if (!tls.enabled) {
    return "it closed the connection at once: it may want TLS, which --tls-ca=FILE or --tls turns "
           "on";
  }
  if (tls.certificate_file.empty()) {
    return "it closed the connection: it may want a certificate of this client, which "
           "--tls-certificate and --tls-key name";
  }
  return absl::StrCat("it closed the connection: the authority behind ", tls.certificate_file,
                      " may be none that it trusts, or the certificate has expired");
}

std::string HintOfUntrusted(const client::TlsOptions& tls) {
  const std::string trusted = tls.ca_file.empty()
                                  ? "one that this system trusts; --tls-ca=FILE names others"
                                  : absl::StrCat("one in --tls-ca, ", tls.ca_file);
  return absl::StrCat("the server's certificate has expired, or its authority is not ", trusted);
}

std::string HintOfUnknown(const client::ClientOptions& options) {
  return options.token_file.empty()
             ? "--token-file=FILE names a file that holds a token, and nothing beside it"
             : absl::StrCat("is what --token-file, ", options.token_file,
                            ", holds one of the server's tokens, and nothing beside it?");
}

}  // namespace

std::string HintOf(const absl::Status& status, const client::ClientOptions& options) {
  const client::TlsOptions& tls = options.tls;
  if (absl::IsUnauthenticated(status)) return HintOfUnknown(options);
  const absl::string_view said = status.message();
  if (absl::StrContains(said, "certificate verify failed")) return HintOfUntrusted(tls);
  if (absl::StrContains(said, "wrong version number")) {
    return "what answers there speaks no TLS: leave the flags --tls... out, or name another port";
  }
  if (absl::StrContains(said, "is not in peer certificate")) {
    return "the server's certificate is for another name: --tls-server-name says which to expect";
  }
  if (absl::StrContains(said, "http1.x server")) {
    return "what answers there speaks HTTP/1, as the server's status page does: gRPC has a port of "
           "its own, usually 50051";
  }
  // gRPC finds no way to connect with what it was given.
  if (absl::StrContains(said, "empty address list") && !tls.certificate_file.empty()) {
    return absl::StrCat("is ", tls.key_file, " the key of ", tls.certificate_file, "?");
  }
  if (absl::StrContains(said, "Socket closed")) return HintOfClosed(tls);
  // What is said of a server that is there, and not why it does not serve.
  const bool is_there =
      absl::StrContains(said, "backend unhealthy") || absl::StrContains(said, "is not serving");
  return absl::StrCat("no serving activation-server was reached at ", options.endpoint,
                      is_there ? ": the one there may be draining, or have no device" : "",
                      "; --address or ACTIVATION_ADDRESS names another");
}

std::string InFlags(const absl::Status& status) {
  return absl::StrReplaceAll(status.message(), {{"tls.ca_file", "--tls-ca"},
                                                {"tls.certificate_file", "--tls-certificate"},
                                                {"tls.key_file", "--tls-key"},
                                                {"token_file:", "--token-file:"},
                                                {"insecure_token", "--insecure-token"}});
}

bool IsOfFlags(const absl::Status& status) {
  return absl::IsInvalidArgument(status) && (absl::StartsWith(status.message(), "tls.") ||
                                             absl::StartsWith(status.message(), "token_file: "));
}

}  // namespace activation::cli
