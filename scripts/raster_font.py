#!/usr/bin/env python3
"""Writes client/cli/raster_font_data.cc: the glyphs that PNG pictures are labelled with.

usage: raster_font.py FONT.ttf > client/cli/raster_font_data.cc

Needs Pillow. The glyphs in the repository are of DejaVu Sans 2.37 (Debian's fonts-dejavu-core),
whose licence lets everybody use and spread what is made of it: https://dejavu-fonts.github.io/License.html
"""

import base64
import sys
import zlib

from PIL import Image, ImageDraw, ImageFont

SIZE = 28
CHARACTERS = [chr(code) for code in range(32, 127)] + ["±"]

HEAD = """// The glyphs of raster_font.h. Made by scripts/raster_font.py of DejaVu Sans, whose glyphs are
// free to be used in any work (https://dejavu-fonts.github.io/License.html).
#include "client/cli/raster_font.h"

namespace activation::cli {

const char kGlyphPixels[] =
"""


def main():
    font = ImageFont.truetype(sys.argv[1], SIZE)
    ascent = font.getmetrics()[0]
    rows, pixels = [], []
    for character in CHARACTERS:
        left, top, right, bottom = font.getbbox(character)
        width, height = right - left, bottom - top
        image = Image.new("L", (max(width, 1), max(height, 1)), 0)
        ImageDraw.Draw(image).text((-left, -top), character, font=font, fill=255)
        levels = [value * 15 // 255 for value in image.getdata()] if width * height else []
        rows.append((round(font.getlength(character) * 64), left, top - ascent, width, height, len(pixels)))
        pixels += levels
    pixels += [0] * (len(pixels) % 2)
    packed = bytes(a << 4 | b for a, b in zip(pixels[::2], pixels[1::2]))
    text = base64.b64encode(zlib.compress(packed, 9)).decode()
    print(HEAD, end="")
    for begin in range(0, len(text), 90):
        end = ";" if begin + 90 >= len(text) else ""
        print(f'    "{text[begin:begin + 90]}"{end}')
    print(f"const size_t kGlyphPixelCount = {len(pixels)};\n")
    print("const Glyph kGlyphs[kGlyphCount] = {")
    for row in rows:
        print(f"    {{{', '.join(map(str, row))}}},")
    print("};\n\n}  // namespace activation::cli")


if __name__ == "__main__":
    main()
