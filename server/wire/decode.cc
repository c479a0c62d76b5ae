#include "server/wire/decode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.pb.h"
#include "server/wire/append.h"
#include "server/wire/item_form.h"
#include "server/wire/reader.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

// What an item asks for beside its result. It has a place in the batch only once that has
// all of its items, because until then places move.
struct Wishes {
  size_t index;
  bool parameter_gradients;
  bool statistics;
};

Wishes WishesOf(const Item& item, size_t index) {
  return {index, item.parameter_gradients, WantsStatistics(item)};
}

void Grant(absl::Span<const Wishes> wishes, Batch* batch) {
  const auto count = [&](bool Wishes::*wish) {
    return static_cast<size_t>(
        std::count_if(wishes.begin(), wishes.end(), [wish](const Wishes& w) { return w.*wish; }));
  };
  batch->parameter_gradients.resize(count(&Wishes::parameter_gradients));
  batch->statistics.resize(count(&Wishes::statistics));
  auto* gradients = batch->parameter_gradients.data();
  TensorStatistics* statistics = batch->statistics.data();
  for (const Wishes& wish : wishes) {
    Evaluation& evaluation = batch->evaluations[wish.index];
    if (wish.parameter_gradients) evaluation.parameter_gradients = (gradients++)->data();
    if (wish.statistics) evaluation.statistics = statistics++;
  }
}

// Reads a request field by field and decodes each item as it comes.
class Decoder {
 public:
  Decoder(Direction direction, Pieces pieces, const Limits& limits, SliceResolver* resolver)
      : pieces_(pieces), reader_(pieces), context_{limits, resolver} {
    batch_.direction = direction;
  }

  absl::StatusOr<Batch> Run() {
    while (!reader_.AtEnd()) {
      const absl::string_view here = reader_.here();
      const size_t left = reader_.left();
      if (form_.has_value() && form_->Fits(here) && !IsFull()) {
        AddAlike(here.data());
        continue;
      }
      uint32_t tag;
      if (!reader_.ReadTag(&tag)) return Malformed();
      if (tag != kItemsTag) {
        if (!reader_.Skip(tag)) return Malformed();
        continue;
      }
      Item item;
      const absl::Status status = AddItem(&item);
      if (!status.ok()) return status;
      if (!reader_.AtEnd()) Expect(here, left - reader_.left(), std::move(item));
    }
    if (batch_.evaluations.empty()) {
      return InvalidField("items", "is empty; at least one item is required");
    }
    Grant(wishes_, &batch_);
    batch_.shared_bytes = context_.shared_bytes;
    if (!batch_.scattered.empty()) batch_.pieces = pieces_;
    return std::move(batch_);
  }

 private:
  static constexpr uint32_t kItemsTag = BytesTag(v1::ForwardRequest::kItemsFieldNumber);
  static_assert(kItemsTag == BytesTag(v1::GradientRequest::kItemsFieldNumber));

  absl::Status Malformed() const {
    const bool forward = batch_.direction == Direction::kForward;
    return absl::InvalidArgumentError(
        absl::StrCat("the request's bytes are no valid activation.v1.",
                     forward ? "ForwardRequest" : "GradientRequest"));
  }

  bool IsFull() const {
    return batch_.evaluations.size() == static_cast<size_t>(context_.limits.max_items);
  }

  // An item at `at` that has the form of the one before it.
  void AddAlike(const char* at) {
    batch_.evaluations.push_back(batch_.evaluations.back());
    Evaluation& evaluation = batch_.evaluations.back();
    evaluation.x = at + form_->x();
    if (form_->dy().has_value()) evaluation.dy = at + *form_->dy();
    batch_.shapes.push_back(batch_.shapes.back());
    reader_.Pass(form_->size());
  }

  absl::Status AddItem(Item* item) {
    const size_t index = batch_.evaluations.size();
    const Limits& limits = context_.limits;
    if (IsFull()) {
      return InvalidField("items",
                          absl::StrCat("has more items than the ", limits.max_items, " allowed"));
    }
    if (!ReadItem(batch_.direction, limits, &reader_, item)) return Malformed();
    const Wishes wishes = WishesOf(*item, index);
    const absl::Status status = Append(item, &context_, &batch_);
    if (!status.ok()) return Within(absl::StrCat("items[", index, "]."), status);
    if (wishes.parameter_gradients || wishes.statistics) wishes_.push_back(wishes);
    return absl::OkStatus();
  }

  // Most batches have items of one activation and one size, so the next may well be as `item` is,
  // which took `size` bytes, all in `here` where it did not go on in the next piece.
  void Expect(absl::string_view here, size_t size, Item item) {
    form_ = size <= here.size() ? ItemForm::Of(here.substr(0, size), item) : std::nullopt;
    if (batch_.evaluations.size() == 1) Reserve(reader_.left() / size + 1);
    context_.before = std::move(item.activation);
  }

  // What lists take is counted against the limit on bytes only once all is read, so no more is
  // believed than costs little.
  void Reserve(size_t items) {
    constexpr size_t kBelieved = 1024;
    const size_t most =
        std::min({items + 1, static_cast<size_t>(context_.limits.max_items), kBelieved});
    batch_.evaluations.reserve(most);
    batch_.shapes.reserve(most);
  }

  const Pieces pieces_;
  Reader reader_;
  DecodeContext context_;
  std::optional<ItemForm> form_;  // of the item before, where it has one
  Batch batch_;
  std::vector<Wishes> wishes_;  // of items that have any
};

}  // namespace

size_t BytesOfItems(const Batch& batch) {
  if (batch.evaluations.capacity() <= 1) return 0;
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list.front()); };
  size_t bytes = of(batch.evaluations) + of(batch.shapes) + of(batch.outputs) +
                 of(batch.parameter_gradients) + of(batch.statistics) + of(batch.scattered);
  const size_t inlined = Extents().capacity();
  for (const Extents& shape : batch.shapes) {
    if (shape.size() > inlined) bytes += shape.size() * sizeof(int64_t);
  }
  return bytes;
}

absl::StatusOr<Batch> Decode(Direction direction, Pieces pieces, const Limits& limits,
                             SliceResolver* resolver) {
  return Decoder(direction, pieces, limits, resolver).Run();
}

absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits,
                             SliceResolver* resolver) {
  return Decode(direction, Pieces(&bytes, 1), limits, resolver);
}

absl::StatusOr<Batch> Decode(Direction direction, Item item, const ItemSource& source,
                             const Limits& limits) {
  Batch batch;
  batch.direction = direction;
  DecodeContext context{limits, source.resolver};
  const Wishes wishes = WishesOf(item, 0);
  const absl::Status status = Append(&item, &context, &batch);
  if (!status.ok()) return status;
  Grant({&wishes, 1}, &batch);
  batch.shared_bytes = context.shared_bytes;
  if (!batch.scattered.empty()) batch.pieces = source.pieces;
  return batch;
}

}  // namespace activation::wire
