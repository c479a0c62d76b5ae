#include "client/cli/raster_font.h"

#include <zlib.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace activation::cli {
namespace {

constexpr char kFirst = ' ', kLast = '~';
// After ASCII.
constexpr size_t kPlusMinus = 95;

std::vector<uint8_t> Unpacked() {
  std::string compressed;
  absl::Base64Unescape(kGlyphPixels, &compressed);
  std::vector<uint8_t> packed(kGlyphPixelCount / 2);
  uLongf size = packed.size();
  uncompress(packed.data(), &size, reinterpret_cast<const Bytef*>(compressed.data()),
             compressed.size());
  std::vector<uint8_t> levels;
  levels.reserve(kGlyphPixelCount);
  for (const uint8_t pair : packed) {
    levels.push_back(pair >> 4);
    levels.push_back(pair & 15);
  }
  return levels;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace

std::vector<const Glyph*> GlyphsOf(absl::string_view text) {
  std::vector<const Glyph*> glyphs;
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, "±")) {
      glyphs.push_back(&kGlyphs[kPlusMinus]);
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    const bool known = c >= kFirst && c <= kLast;
    if (!known) {
      while (!text.empty() && IsContinuation(text.front())) text.remove_prefix(1);
    }
    glyphs.push_back(&kGlyphs[(known ? c : '?') - kFirst]);
  }
  return glyphs;
}

const std::vector<uint8_t>& GlyphLevels() {
  static const auto& levels = *new std::vector<uint8_t>(Unpacked());
  return levels;
}

double WidthOf(absl::string_view text) {
  int width = 0;
  for (const Glyph* glyph : GlyphsOf(text)) width += glyph->advance;
  return width / 64.0;
}

}  // namespace activation::cli
