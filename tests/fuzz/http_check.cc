#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/http.h"
#include "server/page/curve.h"
#include "server/page/query.h"
#include "src/base/errors.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

std::string Encoded(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), "%%%02X", static_cast<unsigned char>(c));
    encoded += digits;
  }
  return encoded;
}

std::string CheckCurve(const page::Query& query) {
  const auto request = page::ReadCurveRequest(query);
  if (!request.ok()) return FieldOf(request.status()).empty() ? "a refusal about no field" : "";
  const bool sound = std::isfinite(request->from) && std::isfinite(request->to) &&
                     request->from < request->to && request->points >= 2 &&
                     request->points <= page::kMostPoints &&
                     std::abs(request->companion) <= page::kMostCompanion;
  return sound ? "" : "a curve out of bounds";
}

std::string CheckQuery(absl::string_view text) {
  const auto query = page::ParseQuery(text);
  if (!query.ok()) return FieldOf(query.status()) == "query" ? "" : "a refusal about no query";
  std::string anew;
  const bool escaped = text.find_first_of("%+") != text.npos;
  for (const auto& [name, value] : *query) {
    const std::string plain = value.empty() ? name : absl::StrCat(name, "=", value);
    if (!escaped && !absl::StrContains(text, plain)) return "what the query does not say";
    absl::StrAppend(&anew, "&", Encoded(name), "=", Encoded(value));
  }
  const auto again = page::ParseQuery(anew);
  if (!again.ok() || *again != *query) return "another query once written anew";
  return CheckCurve(*query);
}

// A head of lines that each name what they are, none of them the request's.
bool IsHead(absl::string_view head) {
  if (!absl::StartsWith(head, "HTTP/1.1 ") || !absl::EndsWith(head, "\r\n\r\n")) return false;
  head.remove_suffix(4);
  const std::vector<absl::string_view> lines = absl::StrSplit(head, "\r\n");
  for (size_t i = 1; i < lines.size(); ++i) {
    if (!absl::StrContains(lines[i], ": ")) return false;
  }
  return !absl::StrContains(head, "Access-Control");
}

std::string CheckAnswer(uint8_t choice, absl::string_view host, absl::string_view path,
                        absl::string_view query) {
  const HttpContent content = {.local = choice % 2 == 0,
                               .metrics = [] { return std::string("metrics"); },
                               .ready = [] { return true; },
                               .page =
                                   [](const std::string& at, const std::string&) {
                                     return at == "/" ? std::optional(HttpResponse{.body = "page"})
                                                      : std::nullopt;
                                   }};
  constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "OPTIONS"};
  const HttpRequest request = {.method = kMethods[choice / 2 % 4],
                               .path = std::string(path),
                               .query = std::string(query),
                               .host = std::string(host),
                               .has_body = choice / 8 % 4 == 3};
  const HttpResponse response = Answer(request, content);
  if (!IsHead(Headers(response))) return "a head that is none";
  if (response.code != 200) return "";
  if (request.has_body || choice / 2 % 4 > 1) return "an answer to a request that writes";
  const absl::string_view name = host.substr(0, host.find(':'));
  const bool others_name = !absl::EqualsIgnoreCase(name, "localhost") &&
                           name.find_first_not_of("0123456789abcdefABCDEF.[]") != name.npos;
  return content.local && others_name ? "an answer to another's name" : "";
}

}  // namespace

// A byte of choices, then lines: host, path, query.
std::string CheckHttp(absl::string_view input) {
  if (input.empty()) return "";
  const auto choice = static_cast<uint8_t>(input.front());
  const std::vector<absl::string_view> lines =
      absl::StrSplit(input.substr(1), absl::MaxSplits('\n', 2));
  const absl::string_view query = lines.back();
  std::string problem = CheckQuery(query);
  if (problem.empty() && lines.size() == 3) {
    problem = CheckAnswer(choice, lines[0], lines[1], query);
  }
  return problem;
}

}  // namespace activation::fuzz
