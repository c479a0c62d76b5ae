#include "client/cli/tensor_text.h"

#include "absl/strings/str_cat.h"
#include "client/cli/number_text.h"

namespace activation::cli {
namespace {

// Elements shown at each end of an abbreviated axis.
constexpr int64_t kEdge = 3;
constexpr size_t kLineWidth = 76;

class BracketWriter {
 public:
  BracketWriter(const Tensor& tensor, bool abbreviate)
      : tensor_(tensor), abbreviate_(abbreviate), size_(SizeOf(tensor.dtype)) {}

  std::string Text() {
    if (tensor_.shape.empty()) return Element(0) + "\n";
    // However many empty rows there may be.
    if (tensor_.elements() == 0) return "[]\n";
    Axis(0, 0, tensor_.elements());
    return text_ + "\n";
  }

 private:
  std::string Element(int64_t index) const {
    return ElementText(tensor_.dtype, tensor_.bytes.data() + static_cast<size_t>(index) * size_);
  }

  // The part of the tensor along `axis` that begins at element `begin`.
  void Axis(size_t axis, int64_t begin, int64_t elements) {
    const int64_t extent = tensor_.shape[axis];
    const int64_t step = extent == 0 ? 0 : elements / extent;
    const bool innermost = axis + 1 == tensor_.shape.size();
    text_ += '[';
    line_ += axis + 1;
    for (int64_t i = 0; i < extent; ++i) {
      if (i > 0) Separate(axis, innermost);
      if (abbreviate_ && extent > 2 * kEdge && i == kEdge) {
        Put("...");
        i = extent - kEdge - 1;
      } else if (innermost) {
        Put(Element(begin + i));
      } else {
        Axis(axis + 1, begin + i * step, step);
      }
    }
    text_ += ']';
  }

  void Put(const std::string& word) {
    text_ += word;
    line_ += word.size();
  }

  void Separate(size_t axis, bool innermost) {
    text_ += ',';
    if (innermost && line_ < kLineWidth) {
      text_ += ' ';
      line_ += 2;
    } else {
      text_ += absl::StrCat("\n", std::string(axis + 1, ' '));
      line_ = axis + 1;
    }
  }

  const Tensor& tensor_;
  const bool abbreviate_;
  const size_t size_;
  std::string text_;
  size_t line_ = 0;
};

}  // namespace

std::string OnePerLine(const Tensor& tensor) {
  std::string text;
  const size_t size = SizeOf(tensor.dtype);
  for (size_t at = 0; at < tensor.bytes.size(); at += size) {
    text += ElementText(tensor.dtype, tensor.bytes.data() + at);
    text += '\n';
  }
  return text;
}

std::string Bracketed(const Tensor& tensor, int64_t most_elements) {
  return BracketWriter(tensor, tensor.elements() > most_elements).Text();
}

std::string JsonArray(const Tensor& tensor) {
  std::string text = "[";
  const size_t size = SizeOf(tensor.dtype);
  for (size_t at = 0; at < tensor.bytes.size(); at += size) {
    if (at > 0) text += ',';
    text += ElementJson(tensor.dtype, tensor.bytes.data() + at);
  }
  return text + "]";
}

}  // namespace activation::cli
