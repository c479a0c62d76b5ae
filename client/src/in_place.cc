#include "client/src/in_place.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/src/item_tensors.h"

namespace activation::client {
namespace {

// As the server words it; by what it says of other refusals there is a delay.
constexpr char kDraining[] = "the server is draining";

struct Bytes {
  uintptr_t begin;
  uintptr_t end;
};

class Places {
 public:
  explicit Places(const SharedRanges& shared) : shared_(shared) {}

  void Add(const void* data, size_t bytes) {
    if (!shared_.Find(data, bytes)) return;
    const auto begin = reinterpret_cast<uintptr_t>(data);
    all_.push_back({begin, begin + bytes});
  }

  bool empty() const { return all_.empty(); }

  // Batches have up to thousands of items: by order, not each with each.
  bool Overlap(Places& others) {
    Sort();
    others.Sort();
    for (size_t i = 0, j = 0; i < all_.size() && j < others.all_.size();) {
      const Bytes& a = all_[i];
      const Bytes& b = others.all_[j];
      if (a.begin < b.end && b.begin < a.end) return true;
      // What ends first may only be left behind: of those after it none begins earlier.
      a.end <= b.begin ? ++i : ++j;
    }
    return false;
  }

 private:
  // By first byte, and those that touch as one: so what ends first begins first.
  void Sort() {
    std::sort(all_.begin(), all_.end(),
              [](const Bytes& a, const Bytes& b) { return a.begin < b.begin; });
    std::vector<Bytes> joined;
    for (const Bytes& each : all_) {
      if (joined.empty() || each.begin > joined.back().end) {
        joined.push_back(each);
      } else {
        joined.back().end = std::max(joined.back().end, each.end);
      }
    }
    all_ = std::move(joined);
  }

  const SharedRanges& shared_;
  std::vector<Bytes> all_;
};

void AddResult(const ForwardItem& item, Places* results) {
  results->Add(item.y, ResultOf(item).bytes());
}

void AddResult(const GradientItem& item, Places* results) { results->Add(item.dx, item.x.bytes()); }

template <class Item>
void AddInputs(const Item& item, Places* inputs) {
  inputs->Add(item.x.data, item.x.bytes());
  inputs->Add(item.weight.data, WeightOf(item).bytes());
  if constexpr (std::is_same_v<Item, GradientItem>) {
    if (item.dy != nullptr) inputs->Add(item.dy, ResultOf(item).bytes());
  }
}

template <class Item>
bool AnyInPlace(absl::Span<const Item> items, const SharedRanges& shared) {
  Places results(shared);
  for (const Item& item : items) AddResult(item, &results);
  if (results.empty()) return false;
  Places inputs(shared);
  for (const Item& item : items) AddInputs(item, &inputs);
  return results.Overlap(inputs);
}

}  // namespace

bool IsInPlace(absl::Span<const ForwardItem> items, const SharedRanges& shared) {
  return AnyInPlace(items, shared);
}

bool IsInPlace(absl::Span<const GradientItem> items, const SharedRanges& shared) {
  return AnyInPlace(items, shared);
}

bool WasRefused(const Outcome& outcome) {
  if (outcome.pushback.has_value()) return true;
  return absl::IsUnavailable(outcome.status) && outcome.status.message() == kDraining;
}

absl::Status MayHaveChanged(const absl::Status& status) {
  const bool tells = !absl::IsUnavailable(status) && !absl::IsCancelled(status) &&
                     !absl::IsDeadlineExceeded(status) && !absl::IsUnknown(status) &&
                     !absl::IsInternal(status);
  if (tells) return status;
  return {status.code(),
          absl::StrCat(status.message(),
                       "; the result takes the place of an input: x may have been changed, so the "
                       "call was not tried again")};
}

}  // namespace activation::client
