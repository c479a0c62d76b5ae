#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/duration_text.h"
#include "client/cli/options.h"
#include "client/src/token_file.h"
#include "tests/fuzz/checks.h"
#include "tests/fuzz/memory_file.h"

namespace activation::fuzz {
namespace {

// What the file was to hold is within the bounds of the flags, or refused by the names of flag and
// file.
std::string CheckSettings(const MemoryFile& file) {
  CLI::App app;
  cli::GlobalOptions options;
  cli::AddGlobalOptions(app, options);
  options.config = file.path();
  const std::string problem = cli::ApplyConfigFile(app, options);
  if (!problem.empty()) {
    return absl::StartsWith(problem, absl::StrCat("--config: ", file.path(), ": "))
               ? ""
               : "a refusal without the flag and the file's name";
  }
  if (options.connections < 1 || options.connections > 1024) return "connections out of bounds";
  return cli::ParseDuration(options.deadline).has_value() ? "" : "a deadline that is none";
}

// What goes into a header of a call is one word of visible characters.
std::string CheckToken(const MemoryFile& file) {
  const auto token = client::TokenFile::Open(file.path());
  if (!token.ok()) return "";
  const std::string header = (*token)->Authorization();
  if (!absl::StartsWith(header, "Bearer ") || header.size() < 8) return "no token in the header";
  const bool visible = std::all_of(header.begin() + 7, header.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  return visible ? "" : "a header with more than a token";
}

}  // namespace

std::string CheckClientConfig(absl::string_view input) {
  static const auto* const file = new MemoryFile;
  if (input.empty() || !file->Hold(input.substr(1))) return "";
  return input.front() == 't' ? CheckToken(*file) : CheckSettings(*file);
}

}  // namespace activation::fuzz
