// A canvas of text cells, each of which shows 2 x 4 dots as a braille character.
#ifndef ACTIVATION_CLIENT_CLI_BRAILLE_CANVAS_H_
#define ACTIVATION_CLIENT_CLI_BRAILLE_CANVAS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace activation::cli {

class BrailleCanvas {
 public:
  static constexpr int kDotsAcross = 2;
  static constexpr int kDotsDown = 4;

  BrailleCanvas(int columns, int rows) : columns_(columns), rows_(rows), cells_(IndexOf(0, rows)) {}

  int width() const { return columns_ * kDotsAcross; }
  int height() const { return rows_ * kDotsDown; }

  // Sets the dot at (x, y), from the top left. Dots outside are ignored. A cell
  // takes the colour of the last dot set in it.
  void Set(int x, int y, int colour);

  // A straight line of dots, every `every`th of those that its longer side has.
  void Line(int x1, int y1, int x2, int y2, int colour, int every = 1);

  // Puts a character where no dot is: an axis, under the curves.
  void Under(int column, int row, const std::string& character);

  // One row as UTF-8; with `ansi`, dots in their colours and the rest dim.
  std::string Row(int row, bool ansi) const;

 private:
  struct Cell {
    uint8_t dots = 0;
    int colour = 0;
    std::string under = " ";
  };

  size_t IndexOf(int column, int row) const {
    return static_cast<size_t>(row) * static_cast<size_t>(columns_) + static_cast<size_t>(column);
  }

  int columns_;
  int rows_;
  std::vector<Cell> cells_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BRAILLE_CANVAS_H_
