#include "client/cli/message.h"

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/exit_codes.h"
#include "client/cli/hint.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

void Write(absl::string_view text) {
  const std::string line = absl::StrCat("activation-client: ", text, "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

// On one line, and without what a terminal would obey: some of it is a server's text.
std::string Plain(absl::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    if (c == '\n' || c == '\t') c = ' ';
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return plain;
}

void SayError(absl::string_view text) {
  Write(absl::StrCat(Styled("error:", "1;31", UseColour(Stream::kError)), " ", Plain(text)));
}

}  // namespace

void Say(absl::string_view text) { Write(Plain(text)); }

int FailUsage(absl::string_view text) {
  SayError(text);
  Say("run with --help for examples and options");
  return kExitUsage;
}

int FailInput(const absl::Status& status) {
  SayError(std::string(status.message()));
  return kExitInput;
}

int FailService(const absl::Status& status, const client::ClientOptions& options) {
  const std::string text = InFlags(status);
  if (IsOfFlags(status)) return FailUsage(text);
  absl::string_view message = text;
  // A command line has one function and one tensor, and no items.
  if (absl::ConsumePrefix(&message, "items[0].")) absl::ConsumePrefix(&message, "activation.");
  SayError(absl::StrCat(absl::StatusCodeToString(status.code()), ": ", message));
  if (absl::IsUnavailable(status) || absl::IsUnauthenticated(status)) {
    Say(HintOf(status, options));
  }
  return ExitCodeOf(status.code());
}

}  // namespace activation::cli
