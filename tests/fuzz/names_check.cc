#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "server/address.h"
#include "server/inference/models.h"
#include "server/shared_memory/posix_region.h"
#include "server/trace_id.h"
#include "src/base/errors.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

std::string CheckAddress(absl::string_view text) {
  const auto address = ParseAddress(text);
  if (!address.ok()) return "";
  if (address->host.empty()) return "an address without a host";
  if (address->is_unix) return text == "unix:" + address->host ? "" : "another path";
  if (address->port < 0 || address->port > 65535) return "a port out of bounds";
  const auto again = ParseAddress(HostPort(address->host, address->port));
  const bool same = again.ok() && again->host == address->host && again->port == address->port &&
                    again->IsLocal() == address->IsLocal();
  return same ? "" : "another address once written anew";
}

// No key leads out of the folder of shared memory, or to another's object.
std::string CheckSharedMemoryKey(absl::string_view text) {
  constexpr absl::string_view kPrefix = "/activation-";
  const absl::Status status = shared_memory::CheckKey(text, kPrefix);
  if (!status.ok()) return FieldOf(status) == "key" ? "" : "a refusal about another field";
  const bool sound = absl::StartsWith(text, kPrefix) && text.size() <= 255 &&
                     text.find('/', 1) == absl::string_view::npos &&
                     text.find('\0') == absl::string_view::npos;
  return sound ? "" : "a key that leads elsewhere";
}

std::string CheckModel(absl::string_view text) {
  const size_t colon = std::min(text.find(':'), text.size());
  const absl::string_view name = text.substr(0, colon);
  const absl::string_view version = text.substr(std::min(colon + 1, text.size()));
  const auto model = inference::FindModel(name, version);
  if (!model.ok()) return absl::IsNotFound(model.status()) ? "" : "another error than NOT_FOUND";
  return inference::NameOf(*model) == name ? "" : "another model than named";
}

std::string CheckTraceId(absl::string_view text) {
  const std::string id = TraceId(text);
  if (id.empty()) return "";
  const bool hexadecimal = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
  return hexadecimal && id.size() == 32 && absl::StrContains(text, "-" + id + "-")
             ? ""
             : "a trace id that is none";
}

}  // namespace

// A byte that says which, and the name.
std::string CheckNames(absl::string_view input) {
  constexpr std::string (*kChecks[])(absl::string_view) = {CheckAddress, CheckSharedMemoryKey,
                                                           CheckModel, CheckTraceId};
  if (input.empty()) return "";
  return kChecks[static_cast<uint8_t>(input.front()) % 4](input.substr(1));
}

}  // namespace activation::fuzz
