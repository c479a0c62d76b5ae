#include "server/trace_id.h"

#include "absl/strings/ascii.h"

namespace activation {

std::string TraceId(absl::string_view traceparent) {
  // version "-" trace id "-" parent id "-" flags: 2, 32, 16 and 2 hex digits.
  constexpr size_t kBegin = 3, kLength = 32;
  if (traceparent.size() < kBegin + kLength + 1) return "";
  if (traceparent[kBegin - 1] != '-' || traceparent[kBegin + kLength] != '-') return "";
  const absl::string_view id = traceparent.substr(kBegin, kLength);
  for (const char c : id) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return "";
  }
  return std::string(id);
}

}  // namespace activation
