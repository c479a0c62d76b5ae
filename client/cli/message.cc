#include "client/cli/message.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/exit_codes.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

void SayError(absl::string_view text) {
  Say(absl::StrCat(Styled("error:", "1;31", UseColour(Stream::kError)), " ", text));
}

}  // namespace

void Say(absl::string_view text) {
  const std::string line = absl::StrCat("activation-client: ", text, "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int FailUsage(absl::string_view text) {
  SayError(text);
  Say("run with --help for examples and options");
  return kExitUsage;
}

int FailInput(const absl::Status& status) {
  SayError(std::string(status.message()));
  return kExitInput;
}

int FailService(const absl::Status& status, const std::string& address) {
  // A command line has one function and one tensor, and no items.
  absl::string_view message = status.message();
  if (absl::ConsumePrefix(&message, "items[0].")) absl::ConsumePrefix(&message, "activation.");
  SayError(absl::StrCat(absl::StatusCodeToString(status.code()), ": ", message));
  if (status.code() == absl::StatusCode::kUnavailable) {
    Say(absl::StrCat("no serving activation-server was reached at ", address,
                     "; --address or ACTIVATION_ADDRESS names another"));
  }
  return ExitCodeOf(status.code());
}

}  // namespace activation::cli
