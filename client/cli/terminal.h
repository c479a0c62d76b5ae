// What is known about the terminal, and the styles it may be given. Colour and
// animation appear only on a terminal, and never when NO_COLOR is set.
#ifndef ACTIVATION_CLIENT_CLI_TERMINAL_H_
#define ACTIVATION_CLIENT_CLI_TERMINAL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace activation::cli {

enum class Stream { kOut = 1, kError = 2 };

// Whether the stream is a terminal that understands cursor movement.
bool IsTerminal(Stream stream);

// Whether the stream may be given colour.
bool UseColour(Stream stream);

// Columns and rows of the terminal on stdout; 80 x 24 where there is none.
struct TerminalSize {
  int columns = 80;
  int rows = 24;
};
TerminalSize SizeOfTerminal();

// Shows how far long work is, on a terminal on stderr: in place of what was shown before; ""
// takes that away.
void ShowProgressLine(absl::string_view text);

// `text` in an ANSI style such as "1" (bold) or "38;5;33", or as it is.
std::string Styled(absl::string_view text, absl::string_view style, bool colour);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TERMINAL_H_
