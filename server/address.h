// Addresses to listen on: `host:port`, `[v6]:port`, or `unix:path` for gRPC.
// Pure functions.
#ifndef ACTIVATION_SERVER_ADDRESS_H_
#define ACTIVATION_SERVER_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation {

struct Address {
  std::string host;  // without brackets; for a unix socket its path
  int port = 0;      // 0 lets the system choose; not used by a unix socket
  bool is_unix = false;

  // Whether only this machine can reach it.
  bool IsLocal() const;
  // Whether the host is localhost or an address, no name that would have to be looked up.
  bool IsNumber() const;
};

// INVALID_ARGUMENT saying what an address looks like.
absl::StatusOr<Address> ParseAddress(absl::string_view text);

// `host:port`, with brackets around an IPv6 host.
std::string HostPort(absl::string_view host, int port);

}  // namespace activation

#endif  // ACTIVATION_SERVER_ADDRESS_H_
