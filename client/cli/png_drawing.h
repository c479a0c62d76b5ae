// A drawing as a PNG file, on white, with two pixels for each unit of length so that it is
// sharp on screens that have them.
#ifndef ACTIVATION_CLIENT_CLI_PNG_DRAWING_H_
#define ACTIVATION_CLIENT_CLI_PNG_DRAWING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/drawing.h"

namespace activation::cli {

struct Colour {
  uint8_t red;
  uint8_t green;
  uint8_t blue;
};

class PngDrawing : public Drawing {
 public:
  PngDrawing(double width, double height, absl::string_view title);

  void Line(absl::string_view style, Position from, Position to) override;
  void Path(absl::string_view style, const std::vector<std::vector<Position>>& strokes) override;
  void Box(absl::string_view style, Position corner, double width, double height) override;
  void Text(absl::string_view style, Anchor anchor, Position at, absl::string_view text) override;
  std::string Finish() override;

 private:
  // Lays a colour over a pixel, which it covers by a share.
  void Blend(int x, int y, Colour colour, double share);
  // How much of each pixel a stroke covers, to be laid down in one go: where its lines meet it
  // is no darker.
  void Cover(Position from, Position to, double width, std::vector<float>* covered) const;
  void Lay(Colour colour, const std::vector<float>& covered);
  void Glyphs(absl::string_view text, Position at, Colour colour);

  int width_;  // in pixels, as all below
  int height_;
  std::vector<uint8_t> pixels_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PNG_DRAWING_H_
