#include "server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "src/base/words.h"

namespace activation {
namespace {

absl::Status Malformed(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("must be host:port with a port from 0 to 65535, as 127.0.0.1:50051 or "
                   "[::1]:50051, or unix:path, not '",
                   Echo(text), "'"));
}

}  // namespace

bool Address::IsLocal() const {
  if (is_unix || host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool Address::IsNumber() const {
  in_addr v4{};
  in6_addr v6{};
  return !is_unix && (host == "localhost" || inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
                      inet_pton(AF_INET6, host.c_str(), &v6) == 1);
}

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  Address address;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty()) return Malformed(text);
    constexpr size_t kMost = sizeof(sockaddr_un::sun_path) - 1;
    if (rest.size() > kMost) {
      return absl::InvalidArgumentError(
          absl::StrCat("the path of a socket has at most ", kMost, " bytes"));
    }
    address.host = std::string(rest);
    address.is_unix = true;
    return address;
  }
  const size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return Malformed(text);
  absl::string_view host = rest.substr(0, colon);
  const bool bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const absl::string_view not_in_hosts = bracketed ? "[]" : "[]:";
  if (host.empty() || host.find_first_of(not_in_hosts) != host.npos) return Malformed(text);
  if (!absl::SimpleAtoi(rest.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return Malformed(text);
  }
  address.host = std::string(host);
  return address;
}

std::string HostPort(absl::string_view host, int port) {
  return absl::StrContains(host, ":") ? absl::StrCat("[", host, "]:", port)
                                      : absl::StrCat(host, ":", port);
}

}  // namespace activation
