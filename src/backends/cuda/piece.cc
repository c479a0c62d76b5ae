#include "src/backends/cuda/piece.h"

#include <algorithm>

#include "src/backends/cuda/arena.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/half_tables.h"

namespace activation::cuda {
namespace {

// What a tensor is cut into: pieces are whole numbers of these.
struct Unit {
  size_t elements;     // of x
  size_t granularity;  // pieces but the last are a multiple of it, so that they are aligned
};

// x, dy, weight and out.
constexpr size_t kMostTensors = 4;

bool IsFlat(const Evaluation& evaluation) {
  const Kind kind = Catalogue()[evaluation.function].kind;
  return kind == Kind::kElementwise || (kind == Kind::kPerChannel && evaluation.weight_count == 1);
}

// A row-wise, gated or per-channel function works inside one [extent, inner] of a tensor.
Unit UnitOf(const Evaluation& evaluation) {
  if (IsFlat(evaluation)) return {1, 4096};
  return {evaluation.layout.extent * evaluation.layout.inner, 1};
}

const void* Advance(const void* from, size_t bytes) {
  return from == nullptr ? nullptr : static_cast<const std::byte*>(from) + bytes;
}

void* Advance(void* from, size_t bytes) {
  return from == nullptr ? nullptr : static_cast<std::byte*>(from) + bytes;
}

// Units [begin, begin + count).
Evaluation Part(const Evaluation& whole, const Unit& unit, size_t begin, size_t count) {
  const size_t size = SizeOf(whole.dtype);
  const size_t before = begin * unit.elements;
  const size_t results_before =
      before == 0 ? 0 : ResultCount(whole) * begin / (whole.count / unit.elements);
  Evaluation part = whole;
  part.count = count * unit.elements;
  if (IsFlat(whole)) {
    part.layout = Layout{1, 1, part.count};
  } else {
    part.layout.outer = count;
  }
  part.x = Advance(whole.x, before * size);
  part.dy = Advance(whole.dy, results_before * size);
  const bool forward = whole.direction == Direction::kForward;
  part.out = Advance(whole.out, (forward ? results_before : before) * size);
  return part;
}

}  // namespace

Residence FindResidence(const MemoryMap& map, const Evaluation& evaluation) {
  const auto find = [&map](const void* tensor, size_t bytes) {
    const Memory memory = map.Find(tensor);
    return memory == Memory::kPinned && bytes < kLeastPinnedBytes ? Memory::kPageable : memory;
  };
  return {find(evaluation.x, XBytes(evaluation)), find(evaluation.dy, DyBytes(evaluation)),
          find(evaluation.weight, WeightBytes(evaluation)),
          find(evaluation.out, OutBytes(evaluation))};
}

TouchedBytes BytesTouched(const Evaluation& evaluation, const Residence& residence) {
  TouchedBytes touched;
  const auto add = [&touched](Memory memory, size_t bytes, size_t* pinned) {
    switch (memory) {
      case Memory::kPageable:
        touched.staged += bytes;
        return;
      case Memory::kPinned:
        *pinned += bytes;
        return;
      case Memory::kDevice:
        touched.resident += bytes;
    }
  };
  add(residence.x, XBytes(evaluation), &touched.pinned_in);
  add(residence.dy, DyBytes(evaluation), &touched.pinned_in);
  add(residence.weight, WeightBytes(evaluation), &touched.pinned_in);
  add(residence.out, OutBytes(evaluation), &touched.pinned_out);
  return touched;
}

std::vector<Evaluation> PartsWithin(const Evaluation& evaluation, const Residence& residence,
                                    size_t most) {
  const size_t whole_bytes = ArenaBytes(evaluation, residence);
  const Unit unit = UnitOf(evaluation);
  if (whole_bytes <= most || WantsSums(evaluation) || unit.elements == 0) return {evaluation};
  const size_t units = evaluation.count / unit.elements;
  // What a piece takes grows by the unit, from what even an empty one takes, and is rounded up
  // where each of its tensors ends.
  size_t least = ArenaBytes(Part(evaluation, unit, 0, 0), residence);
  constexpr size_t kRounding = kMostTensors * kArenaAlignment;
  if (least + kRounding >= most) return {evaluation};
  // Its table, which a piece that is long enough has as well.
  if (IsLookedUp(evaluation) && least + kRounding + kMostLookupTableBytes < most)
    least += kMostLookupTableBytes;
  auto count =
      static_cast<size_t>(static_cast<double>(most - least - kRounding) /
                          static_cast<double>(whole_bytes - least) * static_cast<double>(units));
  count = count / unit.granularity * unit.granularity;
  if (count == 0) return {evaluation};
  std::vector<Evaluation> parts;
  for (size_t begin = 0; begin < units; begin += count) {
    parts.push_back(Part(evaluation, unit, begin, std::min(count, units - begin)));
  }
  return parts;
}

}  // namespace activation::cuda
