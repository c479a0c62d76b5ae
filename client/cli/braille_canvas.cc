#include "client/cli/braille_canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "client/cli/plot_terminal.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

// The bit of the dot at (x, y) in U+2800 to U+28FF, by row, then column.
constexpr uint8_t kDotBits[BrailleCanvas::kDotsDown][BrailleCanvas::kDotsAcross] = {
    {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

std::string BrailleUtf8(uint8_t dots) {
  return {'\xe2', static_cast<char>(0xa0 | (dots >> 6)), static_cast<char>(0x80 | (dots & 0x3f))};
}

}  // namespace

void BrailleCanvas::Set(int x, int y, int colour) {
  if (x < 0 || y < 0 || x >= width() || y >= height()) return;
  Cell& cell = cells_[IndexOf(x / kDotsAcross, y / kDotsDown)];
  cell.dots |= kDotBits[y % kDotsDown][x % kDotsAcross];
  cell.colour = colour;
}

void BrailleCanvas::Line(int x1, int y1, int x2, int y2, int colour, int every) {
  const int steps = std::max({std::abs(x2 - x1), std::abs(y2 - y1), 1});
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps;
    const int x = static_cast<int>(std::lround(x1 + t * (x2 - x1)));
    const int y = static_cast<int>(std::lround(y1 + t * (y2 - y1)));
    const int along = std::abs(x2 - x1) >= std::abs(y2 - y1) ? x : y;
    if (along % every == 0) Set(x, y, colour);
  }
}

void BrailleCanvas::Under(int column, int row, const std::string& character) {
  if (column < 0 || row < 0 || column >= columns_ || row >= rows_) return;
  cells_[IndexOf(column, row)].under = character;
}

std::string BrailleCanvas::Row(int row, bool ansi) const {
  std::string text;
  for (int column = 0; column < columns_; ++column) {
    const Cell& cell = cells_[IndexOf(column, row)];
    if (cell.dots != 0) {
      text += Styled(BrailleUtf8(cell.dots), AnsiColour(cell.colour), ansi);
    } else {
      text += cell.under == " " ? cell.under : Styled(cell.under, "2", ansi);
    }
  }
  return text;
}

}  // namespace activation::cli
