#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/diagnose/report.h"
#include "client/cli/terminal.h"

namespace activation::cli::diagnose {
namespace {

constexpr int kBarCells = 32;
constexpr int kCellsOfTwo = 4;  // of the scale of gains

constexpr double kRare = 1e-4;

// All only where it is so: 99.9999 % is not 100, nor is a rare one none.
std::string ShareText(double share) {
  if (share == 0) return "-";
  if (share == 1) return "100 %";
  if (share < kRare) return "<0.01 %";
  if (share > 1 - kRare) return ">99.99 %";
  return absl::StrFormat("%.2f %%", 100 * share);
}

// Of so many digits. Only what is zero says so: what is small is not. A NaN has no sign.
std::string FigureText(double value, int digits = 4) {
  if (value == 0) return "0";
  if (std::isnan(value)) return "nan";
  return absl::StrFormat("%.*g", digits, value);
}

std::string LeftText(const FunctionFigures& of, int layers) {
  return FigureText(diagnosis::GradientLeft(of.figures, layers), 2);
}

struct Column {
  const char* name;
  std::string (*text)(const FunctionFigures& of);
};

const Column kColumns[] = {
    {"mean", [](const FunctionFigures& of) { return FigureText(of.figures.mean); }},
    {"centred", [](const FunctionFigures& of) { return std::string(of.centred() ? "yes" : "no"); }},
    {"variance", [](const FunctionFigures& of) { return FigureText(of.figures.variance); }},
    {"zeros", [](const FunctionFigures& of) { return ShareText(of.figures.zeros); }},
    {"dead", [](const FunctionFigures& of) { return ShareText(of.figures.dead); }},
    {"saturated", [](const FunctionFigures& of) { return ShareText(of.figures.saturated); }},
    {"gain", [](const FunctionFigures& of) { return FigureText(of.figures.gradient_gain); }},
    {"left 10", [](const FunctionFigures& of) { return LeftText(of, 10); }},
    {"left 50", [](const FunctionFigures& of) { return LeftText(of, 50); }},
    {"init",
     [](const FunctionFigures& of) { return FigureText(diagnosis::ForwardGain(of.figures)); }},
    {"not finite", [](const FunctionFigures& of) { return ShareText(of.figures.non_finite); }},
    {"ns", [](const FunctionFigures& of) { return absl::StrFormat("%.2f", of.forward_ns); }},
    {"ns f'", [](const FunctionFigures& of) { return absl::StrFormat("%.2f", of.gradient_ns); }},
};

size_t NameWidth(const Diagnosis& diagnosis) {
  size_t width = 8;
  for (const FunctionFigures& of : diagnosis.functions) width = std::max(width, of.function.size());
  return width;
}

std::string Repeated(const char* cell, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += cell;
  return text;
}

// The dead, the saturated that are not dead, those that learn, and what is not finite at the
// end. Whatever there is has a cell.
std::string ShareBar(const diagnosis::Figures& figures, bool colour) {
  const auto cells = [](double share) {
    return share <= 0 ? 0 : std::max(1, static_cast<int>(std::lround(share * kBarCells)));
  };
  const int dead = std::min(kBarCells, cells(figures.dead));
  const int saturated = std::min(kBarCells - dead, cells(figures.saturated - figures.dead));
  const int not_finite = std::min(kBarCells - dead - saturated, cells(figures.non_finite));
  const int learning = kBarCells - dead - saturated - not_finite;
  return absl::StrCat(Styled(Repeated("░", dead), "31", colour),
                      Styled(Repeated("▒", saturated), "33", colour),
                      Styled(Repeated("█", learning), "32", colour),
                      Styled(Repeated("×", not_finite), "35", colour));
}

std::string GainScale(double gain) {
  const int middle = kGainReach * kCellsOfTwo;
  const double place = gain > 0 ? std::log2(gain) * kCellsOfTwo : -1e9;
  // There is none where no element has a gain.
  const int dot =
      std::isnan(gain)
          ? -1
          : static_cast<int>(std::lround(std::clamp<double>(place, -middle, middle))) + middle;
  std::string text;
  for (int cell = 0; cell <= 2 * middle; ++cell) {
    text += cell == dot ? "●" : cell == middle ? "│" : "·";
  }
  return text;
}

}  // namespace

std::string TitleOf(const Diagnosis& diagnosis) {
  const Subject& subject = diagnosis.subject;
  std::string title = subject.name;
  if (subject.x.has_value()) {
    absl::StrAppend(&title, ", ", subject.x->elements(), " elements in ", NameOf(subject.x->dtype));
  }
  if (!subject.server.empty()) absl::StrAppend(&title, ", by ", subject.server);
  return title;
}

std::string ReportText(const Diagnosis& diagnosis) {
  const size_t name_width = NameWidth(diagnosis);
  std::vector<std::string> lines(diagnosis.functions.size() + 1);
  lines[0] = absl::StrFormat("%-*s", name_width, "function");
  for (size_t i = 0; i < diagnosis.functions.size(); ++i) {
    lines[i + 1] = absl::StrFormat("%-*s", name_width, diagnosis.functions[i].function);
  }
  for (const Column& column : kColumns) {
    std::vector<std::string> cells = {column.name};
    for (const FunctionFigures& of : diagnosis.functions) cells.push_back(column.text(of));
    size_t width = 0;
    for (const std::string& cell : cells) width = std::max(width, cell.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppendFormat(&lines[i], "  %*s", width, cells[i]);
    }
  }
  std::string text = absl::StrCat(
      TitleOf(diagnosis), diagnosis.stopped_early ? "; stopped before the end\n\n" : "\n\n");
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

std::string ReportBars(const Diagnosis& diagnosis, bool colour) {
  const size_t name_width = NameWidth(diagnosis);
  std::string text =
      absl::StrFormat("%-*s  %s dead %s saturated %s learning %s not finite\n", name_width, "",
                      Styled("░", "31", colour), Styled("▒", "33", colour),
                      Styled("█", "32", colour), Styled("×", "35", colour));
  // Above the ends and the middle of the scale.
  absl::StrAppend(&text, std::string(name_width + 2 + kBarCells + 3, ' '), "1/16  gain      1",
                  std::string(15, ' '), "16\n");
  for (const FunctionFigures& of : diagnosis.functions) {
    absl::StrAppendFormat(&text, "%-*s  %s   %s\n", name_width, of.function,
                          ShareBar(of.figures, colour), GainScale(of.figures.gradient_gain));
  }
  return text;
}

}  // namespace activation::cli::diagnose
