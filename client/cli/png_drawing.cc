#include "client/cli/png_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/match.h"
#include "client/cli/png.h"
#include "client/cli/raster_font.h"

namespace activation::cli {
namespace {

constexpr double kScale = 2;
// As in svg_drawing.cc, in light.
constexpr std::array<Colour, kPaletteColours> kPalette = {{{0x09, 0x69, 0xda},
                                                           {0xd1, 0x57, 0x0a},
                                                           {0x1a, 0x7f, 0x37},
                                                           {0x82, 0x50, 0xdf},
                                                           {0xbf, 0x39, 0x89},
                                                           {0x0a, 0x7f, 0x86}}};
constexpr Colour kText = {0x57, 0x60, 0x6a};
constexpr Colour kStrongText = {0x1f, 0x23, 0x28};
constexpr Colour kGridLine = {0xe4, 0xe8, 0xec};
constexpr Colour kAxisLine = {0x8c, 0x95, 0x9f};
constexpr Colour kFaint = {0xd8, 0xde, 0xe4};

constexpr double kDash = 9 * kScale, kGap = 7 * kScale;

struct Pen {
  Colour colour;
  double width;
  bool dashed;
};

// The palette's colour of "c3" or "f3" in a style.
Colour PaletteColour(absl::string_view style, char letter) {
  for (int i = 0; i < kPaletteColours; ++i) {
    const char name[] = {letter, static_cast<char>('0' + i), '\0'};
    if (absl::StrContains(style, name)) return kPalette[static_cast<size_t>(i)];
  }
  return kFaint;
}

Pen PenOf(absl::string_view style) {
  if (style == "grid") return {kGridLine, kScale, false};
  if (style == "axis") return {kAxisLine, 1.5 * kScale, false};
  return {PaletteColour(style, 'c'), 3 * kScale, absl::StrContains(style, "dashed")};
}

Position Scaled(Position point) { return {point.x * kScale, point.y * kScale}; }

double DistanceToSegment(Position from, Position to, double x, double y) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double length = dx * dx + dy * dy;
  const double along = length == 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
  const double t = std::clamp(along, 0.0, 1.0);
  return std::hypot(x - from.x - t * dx, y - from.y - t * dy);
}

Position Between(Position from, Position to, double share) {
  return {from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)};
}

// Cuts a stroke into dashes: calls visit(from, to) for what is drawn.
template <class Visit>
void ForEachDash(const std::vector<Position>& stroke, Visit visit) {
  double at = 0;  // of the pattern
  for (size_t i = 0; i + 1 < stroke.size(); ++i) {
    const double length = std::hypot(stroke[i + 1].x - stroke[i].x, stroke[i + 1].y - stroke[i].y);
    for (double done = 0; done < length;) {
      const bool on = at < kDash;
      const double left = on ? kDash - at : kDash + kGap - at;
      const double step = std::min(length - done, left);
      if (on) {
        visit(Between(stroke[i], stroke[i + 1], done / length),
              Between(stroke[i], stroke[i + 1], (done + step) / length));
      }
      done += step;
      at = step < left ? at + step : on ? kDash : 0;
    }
  }
}

}  // namespace

PngDrawing::PngDrawing(double width, double height, absl::string_view)
    : width_(static_cast<int>(width * kScale)),
      height_(static_cast<int>(height * kScale)),
      pixels_(size_t{3} * static_cast<size_t>(width_) * static_cast<size_t>(height_), 255) {}

void PngDrawing::Blend(int x, int y, Colour colour, double share) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
  uint8_t* const pixel =
      &pixels_[3 * (static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x))];
  const uint8_t parts[] = {colour.red, colour.green, colour.blue};
  for (size_t i = 0; i < 3; ++i) {
    pixel[i] = static_cast<uint8_t>(std::lround(pixel[i] + share * (parts[i] - pixel[i])));
  }
}

void PngDrawing::Cover(Position from, Position to, double width,
                       std::vector<float>* covered) const {
  const double reach = width / 2 + 1;
  const int left = std::max(0, static_cast<int>(std::min(from.x, to.x) - reach));
  const int right = std::min(width_ - 1, static_cast<int>(std::max(from.x, to.x) + reach));
  const int top = std::max(0, static_cast<int>(std::min(from.y, to.y) - reach));
  const int bottom = std::min(height_ - 1, static_cast<int>(std::max(from.y, to.y) + reach));
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double distance = DistanceToSegment(from, to, x + 0.5, y + 0.5);
      const double share = std::clamp(width / 2 + 0.5 - distance, 0.0, 1.0);
      float& most =
          (*covered)[static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x)];
      most = std::max(most, static_cast<float>(share));
    }
  }
}

void PngDrawing::Lay(Colour colour, const std::vector<float>& covered) {
  for (size_t i = 0; i < covered.size(); ++i) {
    if (covered[i] == 0) continue;
    const auto row = static_cast<size_t>(width_);
    Blend(static_cast<int>(i % row), static_cast<int>(i / row), colour, covered[i]);
  }
}

void PngDrawing::Line(absl::string_view style, Position from, Position to) {
  Path(style, {{from, to}});
}

void PngDrawing::Path(absl::string_view style, const std::vector<std::vector<Position>>& strokes) {
  const Pen pen = PenOf(style);
  std::vector<float> covered(static_cast<size_t>(width_) * static_cast<size_t>(height_), 0.0F);
  const auto cover = [&](Position from, Position to) { Cover(from, to, pen.width, &covered); };
  for (std::vector<Position> stroke : strokes) {
    for (Position& point : stroke) point = Scaled(point);
    if (pen.dashed) {
      ForEachDash(stroke, cover);
    } else {
      for (size_t i = 0; i + 1 < stroke.size(); ++i) cover(stroke[i], stroke[i + 1]);
    }
  }
  Lay(pen.colour, covered);
}

void PngDrawing::Box(absl::string_view style, Position corner, double width, double height) {
  const Colour colour = PaletteColour(style, 'f');
  const Position from = Scaled(corner);
  const Position to = Scaled({corner.x + width, corner.y + height});
  // How much of pixel i lies between two places.
  const auto inside = [](int i, double low, double high) {
    return std::clamp(std::min(high, i + 1.0) - std::max(low, static_cast<double>(i)), 0.0, 1.0);
  };
  for (int y = static_cast<int>(from.y); y < to.y; ++y) {
    for (int x = static_cast<int>(from.x); x < to.x; ++x) {
      Blend(x, y, colour, inside(x, from.x, to.x) * inside(y, from.y, to.y));
    }
  }
}

void PngDrawing::Glyphs(absl::string_view text, Position at, Colour colour) {
  const std::vector<uint8_t>& levels = GlyphLevels();
  double pen = at.x;
  for (const Glyph* glyph : GlyphsOf(text)) {
    const int left = static_cast<int>(std::lround(pen)) + glyph->left;
    const int top = static_cast<int>(std::lround(at.y)) + glyph->top;
    for (int y = 0; y < glyph->height; ++y) {
      for (int x = 0; x < glyph->width; ++x) {
        const int index = glyph->first + y * glyph->width + x;
        const int level = levels[static_cast<size_t>(index)];
        if (level > 0) Blend(left + x, top + y, colour, level / 15.0);
      }
    }
    pen += glyph->advance / 64.0;
  }
}

void PngDrawing::Text(absl::string_view style, Anchor anchor, Position at, absl::string_view text) {
  const bool title = style == "title";
  Position place = Scaled(at);
  if (anchor == Anchor::kMiddle) place.x -= WidthOf(text) / 2;
  if (anchor == Anchor::kEnd) place.x -= WidthOf(text);
  const Colour colour = title || style == "legend" ? kStrongText : kText;
  Glyphs(text, place, colour);
  // The font has one weight: twice, a pixel apart, is a bold one.
  if (title) Glyphs(text, {place.x + 1, place.y}, colour);
}

std::string PngDrawing::Finish() {
  return EncodePng(static_cast<uint32_t>(width_), static_cast<uint32_t>(height_), pixels_);
}

}  // namespace activation::cli
