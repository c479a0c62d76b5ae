#include "client/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace activation::cli {

bool IsTerminal(Stream stream) {
  const char* term = std::getenv("TERM");
  return isatty(static_cast<int>(stream)) == 1 &&
         (term == nullptr || absl::string_view(term) != "dumb");
}

bool UseColour(Stream stream) {
  // no-color.org: any value but the empty one turns colour off.
  const char* no_colour = std::getenv("NO_COLOR");
  return IsTerminal(stream) && (no_colour == nullptr || *no_colour == '\0');
}

TerminalSize SizeOfTerminal() {
  winsize size{};
  TerminalSize result;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    result.columns = size.ws_col;
    result.rows = size.ws_row;
  }
  return result;
}

void ShowProgressLine(absl::string_view text) {
  const std::string line = absl::StrCat("\r\033[K", text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string Styled(absl::string_view text, absl::string_view style, bool colour) {
  if (!colour) return std::string(text);
  return absl::StrCat("\033[", style, "m", text, "\033[0m");
}

}  // namespace activation::cli
