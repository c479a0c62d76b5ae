#include "server/wire/assemble.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

// Shorter pieces than this on average are gathered: an evaluation costs as much as copying
// a piece, and a peer that sends single bytes must not make us keep hundreds for each.
constexpr size_t kLeastPieceBytes = 2048;

// How many pieces a payload came in, counted no further than `most` and one.
size_t CountPieces(Pieces pieces, const Payload& payload, size_t most) {
  size_t count = 1;
  for (size_t seen = payload.first.size(), i = payload.next; seen < payload.size && count <= most;
       ++i, ++count) {
    seen += pieces[i].size();
  }
  return count;
}

// The most pieces in which, but for its ends, a payload is read where it lies.
size_t MostPieces(const Payload& payload) { return payload.size / kLeastPieceBytes + 2; }

bool IsCoarse(Pieces pieces, const Payload& payload) {
  const size_t most = MostPieces(payload);
  return CountPieces(pieces, payload, most) <= most;
}

bool IsCut(const Batch& batch, const ScatteredItem& item) {
  const Evaluation& evaluation = batch.evaluations[item.index];
  return Catalogue()[evaluation.function].kind == Kind::kElementwise &&
         evaluation.parameter_gradients == nullptr && evaluation.statistics == nullptr &&
         IsCoarse(batch.pieces, item.x) &&
         (!item.dy.has_value() || IsCoarse(batch.pieces, *item.dy));
}

// About how many evaluations more an item becomes: where a piece ends between elements, another
// begins.
size_t EvaluationsBeyondOne(const Batch& batch, const ScatteredItem& item) {
  if (!IsCut(batch, item)) return 0;
  const auto cuts = [&batch](const Payload& payload) {
    return CountPieces(batch.pieces, payload, MostPieces(payload)) - 1;
  };
  return cuts(item.x) + (item.dy.has_value() ? cuts(*item.dy) : 0);
}

size_t BytesToGather(const std::optional<Payload>& payload) {
  return payload.has_value() && !payload->whole() ? payload->size : 0;
}

size_t BytesToGather(const ScatteredItem& item) {
  return BytesToGather(item.x) + BytesToGather(item.dy) + BytesToGather(item.weight);
}

// Gathers the payload at `at`, and says where the next one may go.
uint8_t* Gather(Pieces pieces, const std::optional<Payload>& payload, const void** tensor,
                uint8_t* at) {
  const size_t size = BytesToGather(payload);
  if (size == 0) return at;
  PieceCursor(pieces, *payload).Copy(size, at);
  *tensor = at;
  return at + size;
}

// Gathers the item's tensors at `at`, and says where the next item's may go.
uint8_t* GatherItem(const ScatteredItem& item, Batch* batch, uint8_t* at) {
  Evaluation& evaluation = batch->evaluations[item.index];
  batch->copied_bytes += BytesToGather(item);
  at = Gather(batch->pieces, item.x, &evaluation.x, at);
  at = Gather(batch->pieces, item.dy, &evaluation.dy, at);
  return Gather(batch->pieces, item.weight, &evaluation.weight, at);
}

// Cuts one item's evaluation.
class Cutter {
 public:
  Cutter(const ScatteredItem& item, const Evaluation& evaluation, Batch* batch)
      : batch_(batch),
        next_(evaluation),
        left_(evaluation.count),
        element_(SizeOf(evaluation.dtype)),
        x_(batch->pieces, item.x) {
    if (item.dy.has_value()) dy_.emplace(batch->pieces, *item.dy);
  }

  void CutInto(std::vector<Evaluation>* evaluations) {
    while (left_ > 0) {
      next_.count = ElementsHere();
      next_.x = Next(&x_);
      if (dy_.has_value()) next_.dy = Next(&*dy_);
      evaluations->push_back(next_);
      next_.out = static_cast<uint8_t*>(next_.out) + next_.count * element_;
      left_ -= next_.count;
    }
  }

 private:
  // Up to where the first of the pieces at hand ends; one where that splits an element.
  size_t ElementsHere() const {
    const size_t bytes =
        dy_.has_value() ? std::min(x_.here().size(), dy_->here().size()) : x_.here().size();
    return std::max<size_t>(1, bytes / element_);
  }

  // Where the next elements of an input lie; a split one is put together.
  const void* Next(PieceCursor* input) {
    const absl::string_view here = input->here();
    const size_t size = next_.count * element_;
    if (here.size() >= size) {
      input->Pass(size);
      return here.data();
    }
    uint64_t& whole = batch_->split_elements.emplace_front();
    input->Copy(element_, &whole);
    batch_->copied_bytes += element_;
    return &whole;
  }

  Batch* const batch_;
  Evaluation next_;
  size_t left_;
  const size_t element_;  // bytes of one
  PieceCursor x_;
  std::optional<PieceCursor> dy_;
};

}  // namespace

size_t BytesToGather(const Batch& batch) {
  size_t bytes = 0;
  for (const ScatteredItem& item : batch.scattered) {
    if (!IsCut(batch, item)) bytes += BytesToGather(item);
  }
  return bytes;
}

void Assemble(Batch* batch) {
  if (batch->scattered.empty()) return;
  const auto begin = std::chrono::steady_clock::now();
  const size_t copied_of_names = batch->copied_bytes;
  uint8_t* at = nullptr;
  if (const size_t size = BytesToGather(*batch); size > 0) {
    at = batch->gathered.emplace(BufferPool::Shared().Take(size)).data();
  }
  size_t beyond = 0;
  for (const ScatteredItem& item : batch->scattered) beyond += EvaluationsBeyondOne(*batch, item);
  std::vector<Evaluation> evaluations;
  evaluations.reserve(batch->evaluations.size() + beyond);
  size_t index = 0;
  const auto take_until = [&](size_t end) {
    for (; index < end; ++index) evaluations.push_back(batch->evaluations[index]);
  };
  for (const ScatteredItem& item : batch->scattered) {
    take_until(item.index);
    if (IsCut(*batch, item)) {
      Cutter(item, batch->evaluations[item.index], batch).CutInto(&evaluations);
      ++index;
    } else {
      at = GatherItem(item, batch, at);
    }
  }
  take_until(batch->evaluations.size());
  batch->evaluations = std::move(evaluations);
  batch->scattered.clear();
  if (batch->copied_bytes == copied_of_names) return;
  batch->copying = absl::FromChrono(std::chrono::steady_clock::now() - begin);
}

}  // namespace activation::wire
