// A font of one size as pixels, for the text of PNG pictures: ASCII and a few signs.
#ifndef ACTIVATION_CLIENT_CLI_RASTER_FONT_H_
#define ACTIVATION_CLIENT_CLI_RASTER_FONT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace activation::cli {

inline constexpr size_t kGlyphCount = 96;

struct Glyph {
  int16_t advance;  // to the next glyph, in 64ths of a pixel
  int16_t left;     // of its first pixel, from where the text is
  int16_t top;      // the same from the baseline, downwards
  int16_t width;
  int16_t height;
  uint16_t first;  // of its pixels, which stand in rows
};

extern const Glyph kGlyphs[kGlyphCount];
// All glyphs' pixels, two a byte, compressed by zlib, in base64.
extern const char kGlyphPixels[];
extern const size_t kGlyphPixelCount;

// The glyphs of a text in UTF-8; what the font does not have is a question mark.
std::vector<const Glyph*> GlyphsOf(absl::string_view text);

// How dark each pixel of all glyphs is, from 0 to 15.
const std::vector<uint8_t>& GlyphLevels();

// In pixels.
double WidthOf(absl::string_view text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_RASTER_FONT_H_
