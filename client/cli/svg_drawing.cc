#include "client/cli/svg_drawing.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace activation::cli {
namespace {

constexpr char kStyle[] = R"(<style>
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606a; font-size: 14px }
  .title { font-size: 21px; font-weight: 600; fill: #1f2328 }
  .formula { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: 14px }
  .legend { fill: #1f2328 }
  .paper { fill: #ffffff; stroke: #d0d7de }
  .grid { stroke: #d8dee4; stroke-width: 1; opacity: 0.7 }
  .axis { stroke: #8c959f; stroke-width: 1.5 }
  .curve { fill: none; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round }
  .dashed { stroke-dasharray: 9 7 }
  .c0 { stroke: #0969da } .c1 { stroke: #d1570a } .c2 { stroke: #1a7f37 }
  .c3 { stroke: #8250df } .c4 { stroke: #bf3989 } .c5 { stroke: #0a7f86 }
  .f0 { fill: #0969da } .f1 { fill: #d1570a } .f2 { fill: #1a7f37 }
  .f3 { fill: #8250df } .f4 { fill: #bf3989 } .f5 { fill: #0a7f86 }
  .faint { fill: #d8dee4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title, .legend { fill: #f0f6fc }
    .paper { fill: #0d1117; stroke: #30363d }
    .grid { stroke: #30363d }
    .axis { stroke: #768390 }
    .c0 { stroke: #58a6ff } .c1 { stroke: #ffa657 } .c2 { stroke: #56d364 }
    .c3 { stroke: #bc8cff } .c4 { stroke: #ff7bac } .c5 { stroke: #39c5cf }
    .f0 { fill: #58a6ff } .f1 { fill: #ffa657 } .f2 { fill: #56d364 }
    .f3 { fill: #bc8cff } .f4 { fill: #ff7bac } .f5 { fill: #39c5cf }
    .faint { fill: #30363d }
  }
</style>
)";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

const char* AttributeOf(Anchor anchor) {
  switch (anchor) {
    case Anchor::kMiddle:
      return " text-anchor=\"middle\"";
    case Anchor::kEnd:
      return " text-anchor=\"end\"";
    case Anchor::kStart:
      break;
  }
  return "";
}

}  // namespace

SvgDrawing::SvgDrawing(double width, double height, absl::string_view title) {
  absl::StrAppend(&svg_, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ",
                  height, "\" width=\"", width, "\" height=\"", height, "\" role=\"img\">\n",
                  "<title>", Escaped(title), "</title>\n", kStyle,
                  "<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"", width - 1, "\" height=\"",
                  height - 1, "\" rx=\"10\"/>\n");
}

void SvgDrawing::Line(absl::string_view style, Position from, Position to) {
  absl::StrAppend(&svg_, "<line class=\"", style, "\" x1=\"", Fixed(from.x), "\" y1=\"",
                  Fixed(from.y), "\" x2=\"", Fixed(to.x), "\" y2=\"", Fixed(to.y), "\"/>\n");
}

void SvgDrawing::Path(absl::string_view style, const std::vector<std::vector<Position>>& strokes) {
  absl::StrAppend(&svg_, "<path class=\"", style, "\" d=\"");
  for (const std::vector<Position>& stroke : strokes) {
    char step = 'M';
    for (const Position& point : stroke) {
      absl::StrAppend(&svg_, std::string(1, step), Fixed(point.x), " ", Fixed(point.y));
      step = 'L';
    }
  }
  absl::StrAppend(&svg_, "\"/>\n");
}

void SvgDrawing::Box(absl::string_view style, Position corner, double width, double height) {
  absl::StrAppend(&svg_, "<rect class=\"", style, "\" x=\"", Fixed(corner.x), "\" y=\"",
                  Fixed(corner.y), "\" width=\"", Fixed(width), "\" height=\"", Fixed(height),
                  "\"/>\n");
}

void SvgDrawing::Text(absl::string_view style, Anchor anchor, Position at, absl::string_view text) {
  const std::string style_attribute = style.empty() ? "" : absl::StrCat(" class=\"", style, "\"");
  absl::StrAppend(&svg_, "<text", style_attribute, AttributeOf(anchor), " x=\"", Fixed(at.x),
                  "\" y=\"", Fixed(at.y), "\">", Escaped(text), "</text>\n");
}

}  // namespace activation::cli
