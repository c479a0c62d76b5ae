// What a picture is drawn on: lines, boxes and text in styles that have a name, from the top
// left. An .svg file and a .png file are two of them. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_DRAWING_H_
#define ACTIVATION_CLIENT_CLI_DRAWING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace activation::cli {

// Pictures have colours 0 to 5 of one palette.
inline constexpr int kPaletteColours = 6;

struct Position {
  double x = 0;
  double y = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };

// Styles of lines: "grid", "axis", and "curve c0" to "curve c5", also with " dashed"; of boxes
// "f0" to "f5", and "faint"; of text "", "title", "legend" and "formula".
class Drawing {
 public:
  virtual ~Drawing() = default;

  virtual void Line(absl::string_view style, Position from, Position to) = 0;
  // Strokes of one colour, each from point to point.
  virtual void Path(absl::string_view style, const std::vector<std::vector<Position>>& strokes) = 0;
  virtual void Box(absl::string_view style, Position corner, double width, double height) = 0;
  // `at` is on the baseline.
  virtual void Text(absl::string_view style, Anchor anchor, Position at,
                    absl::string_view text) = 0;

  // The whole file; nothing may be drawn after.
  virtual std::string Finish() = 0;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_DRAWING_H_
