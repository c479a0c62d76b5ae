// A drawing as an SVG file of its own: no scripts, no fonts or files from elsewhere, light or
// dark as the reader's screen is.
#ifndef ACTIVATION_CLIENT_CLI_SVG_DRAWING_H_
#define ACTIVATION_CLIENT_CLI_SVG_DRAWING_H_

#include <string>
#include <vector>

#include "client/cli/drawing.h"

namespace activation::cli {

class SvgDrawing : public Drawing {
 public:
  SvgDrawing(double width, double height, absl::string_view title);

  void Line(absl::string_view style, Position from, Position to) override;
  void Path(absl::string_view style, const std::vector<std::vector<Position>>& strokes) override;
  void Box(absl::string_view style, Position corner, double width, double height) override;
  void Text(absl::string_view style, Anchor anchor, Position at, absl::string_view text) override;
  std::string Finish() override { return svg_ + "</svg>\n"; }

 private:
  std::string svg_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_SVG_DRAWING_H_
