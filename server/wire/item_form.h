// What the items of a batch mostly have in common: all bytes but those of their tensors. An item
// of the form of the one before it says the same, and needs no reading. Its result is no longer
// than what it brings. A pure value. In the way of a request: beside Reader -> Item -> Decode.
#ifndef ACTIVATION_SERVER_WIRE_ITEM_FORM_H_
#define ACTIVATION_SERVER_WIRE_ITEM_FORM_H_

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/wire/item.h"

namespace activation::wire {

class ItemForm {
 public:
  // That of `item`, which was read from `bytes`: its tag and length in the request, and its fields.
  // The bytes must outlive the form. Nothing where more of it than the content of x and dy
  // decides what it asks for, as a place in shared memory does.
  static std::optional<ItemForm> Of(absl::string_view bytes, const Item& item);

  // Whether `bytes` begin with an item that differs from this one in the content of its tensors
  // alone. That is protobuf's own reading: what is not content is equal byte by byte.
  bool Fits(absl::string_view bytes) const {
    return bytes.size() >= bytes_.size() && Same(bytes, 0, first_.begin) &&
           Same(bytes, first_.end, second_.begin) && Same(bytes, second_.end, bytes_.size());
  }

  // Bytes of each item of this form, and where in them its tensors are.
  size_t size() const { return bytes_.size(); }
  size_t x() const { return x_; }
  std::optional<size_t> dy() const { return dy_; }

 private:
  ItemForm() = default;

  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };

  bool Same(absl::string_view bytes, size_t begin, size_t end) const {
    return bytes.substr(begin, end - begin) == bytes_.substr(begin, end - begin);
  }

  absl::string_view bytes_;
  size_t x_ = 0;
  std::optional<size_t> dy_;
  // The same two in the order of the bytes; the second is empty where there is none.
  Range first_;
  Range second_;
};

inline std::optional<ItemForm> ItemForm::Of(absl::string_view bytes, const Item& item) {
  const auto sent = [](const std::optional<TensorField>& tensor) {
    return tensor.has_value() && tensor->data.has_value();
  };
  if (!sent(item.x) || (item.dy.has_value() && !sent(item.dy))) return std::nullopt;
  if (item.weight.has_value() || item.output.has_value()) return std::nullopt;
  if (item.statistics || item.statistics_only || item.parameter_gradients) return std::nullopt;
  const auto range = [bytes](const TensorField& tensor) {
    const auto begin = static_cast<size_t>(tensor.data->first.data() - bytes.data());
    return Range{begin, begin + tensor.data->size};
  };
  ItemForm form;
  form.bytes_ = bytes;
  form.first_ = range(*item.x);
  form.x_ = form.first_.begin;
  form.second_ = {form.first_.end, form.first_.end};
  if (!item.dy.has_value()) return form;
  form.second_ = range(*item.dy);
  form.dy_ = form.second_.begin;
  if (form.second_.begin < form.first_.begin) std::swap(form.first_, form.second_);
  return form;
}

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_ITEM_FORM_H_
