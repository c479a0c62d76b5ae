#include "src/backends/cuda/arena.h"

#include "src/backends/cuda/job_table.h"

namespace activation::cuda {
namespace {

// What one evaluation without scratch adds to a job table, and what a table has besides.
constexpr size_t kTableBytes = RoundToArena(sizeof(DeviceJob) + 4 * JobTable::kAlignment);

size_t TableAndScratchBytes(const Evaluation& evaluation) {
  if (!WantsSums(evaluation) && !IsLookedUp(evaluation)) return kTableBytes;
  const JobTable alone(absl::MakeConstSpan(&evaluation, 1));
  return RoundToArena(alone.bytes().size()) + RoundToArena(alone.scratch_bytes());
}

// Bytes in the arena of a tensor that lies there.
size_t Rounded(size_t bytes, Memory memory) {
  return memory == Memory::kDevice ? 0 : RoundToArena(bytes);
}

// Hands out places one after the other.
class Placer {
 public:
  size_t Take(size_t bytes, Memory memory = Memory::kPageable) {
    if (bytes == 0 || memory == Memory::kDevice) return Places::kNowhere;
    const size_t place = next_;
    next_ += RoundToArena(bytes);
    return place;
  }
  size_t next() const { return next_; }

 private:
  size_t next_ = 0;
};

}  // namespace

size_t XBytes(const Evaluation& e) { return e.count * SizeOf(e.dtype); }

size_t DyBytes(const Evaluation& e) {
  return e.dy == nullptr ? 0 : ResultCount(e) * SizeOf(e.dtype);
}

size_t WeightBytes(const Evaluation& e) { return e.weight_count * SizeOf(e.dtype); }

size_t OutBytes(const Evaluation& e) { return OutputCount(e) * SizeOf(e.dtype); }

size_t ParameterGradientBytes(const Evaluation& e) {
  const bool elementwise = Catalogue()[e.function].kind == Kind::kElementwise;
  return elementwise && e.parameter_gradients != nullptr ? kMaxParams * sizeof(double) : 0;
}

size_t WeightGradientBytes(const Evaluation& e) {
  return e.weight_gradient == nullptr ? 0 : e.weight_count * sizeof(double);
}

bool WantsSums(const Evaluation& e) {
  return e.parameter_gradients != nullptr || e.weight_gradient != nullptr;
}

size_t ArenaBytes(const Evaluation& e, const Residence& residence) {
  return Rounded(XBytes(e), residence.x) + Rounded(DyBytes(e), residence.dy) +
         Rounded(WeightBytes(e), residence.weight) + Rounded(OutBytes(e), residence.out) +
         RoundToArena(ParameterGradientBytes(e)) + RoundToArena(WeightGradientBytes(e)) +
         TableAndScratchBytes(e);
}

ArenaLayout LayOut(const Pieces& batch) {
  ArenaLayout layout;
  layout.places.resize(batch.size());
  Placer placer;
  auto places = layout.places.begin();
  for (const Piece& piece : batch) {
    const Evaluation& e = piece.evaluation;
    places->out = placer.Take(OutBytes(e), piece.residence.out);
    places->parameter_gradients = placer.Take(ParameterGradientBytes(e));
    places->weight_gradient = placer.Take(WeightGradientBytes(e));
    ++places;
  }
  layout.inputs = placer.next();
  places = layout.places.begin();
  for (const Piece& piece : batch) {
    const Evaluation& e = piece.evaluation;
    places->x = placer.Take(XBytes(e), piece.residence.x);
    places->dy = placer.Take(DyBytes(e), piece.residence.dy);
    places->weight = placer.Take(WeightBytes(e), piece.residence.weight);
    ++places;
  }
  layout.table = placer.next();
  return layout;
}

}  // namespace activation::cuda
