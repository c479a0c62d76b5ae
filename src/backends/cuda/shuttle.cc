#include "src/backends/cuda/shuttle.h"

#include <cstring>
#include <optional>

#include "src/backends/cuda/job_table.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation::cuda {
namespace {

// These two say whether there was anything to copy.
bool CopyToHost(std::byte* arena, size_t place, const void* from, size_t bytes, Memory memory) {
  if (place == Places::kNowhere || memory != Memory::kPageable) return false;
  std::memcpy(arena + place, from, bytes);
  return true;
}

bool CopyFromHost(void* to, const std::byte* arena, size_t place, size_t bytes, Memory memory) {
  if (place == Places::kNowhere || memory != Memory::kPageable) return false;
  std::memcpy(to, arena + place, bytes);
  return true;
}

// Calls `see` with each piece and its places.
template <class See>
void ForEach(const Pieces& batch, const ArenaLayout& layout, const See& see) {
  auto places = layout.places.begin();
  for (const Piece& piece : batch) see(piece, *places++);
}

// Observes how long `copy` takes, where it says that it copied.
template <class Copies, class Copy>
void Timed(Copies* seconds, const Copy& copy) {
  const auto begin = std::chrono::steady_clock::now();
  if (!copy()) return;
  seconds->Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Shuttle>> Shuttle::Make(Device& device, size_t bytes) {
  auto shuttle = std::unique_ptr<Shuttle>(new Shuttle(device, bytes));
  absl::Status status = shuttle->Allocate();
  if (!status.ok()) return status;
  return shuttle;
}

absl::Status Shuttle::Allocate() {
  absl::StatusOr<std::byte*> memory = device_.Allocate(bytes_);
  if (!memory.ok()) return memory.status();
  memory_ = *memory;
  absl::StatusOr<std::byte*> host = device_.AllocatePinned(bytes_);
  if (!host.ok()) return host.status();
  host_ = *host;
  absl::StatusOr<Stream> stream = device_.MakeStream();
  if (!stream.ok()) return stream.status();
  stream_ = *stream;
  return absl::OkStatus();
}

Shuttle::~Shuttle() {
  if (stream_ != nullptr) device_.EndStream(stream_);
  if (host_ != nullptr) device_.FreePinned(host_);
  if (memory_ != nullptr) device_.Free(memory_);
}

absl::Duration Shuttle::busy() const {
  const Clock::time_point begun = begun_;
  if (begun == Clock::time_point()) return absl::ZeroDuration();
  return absl::FromChrono(Clock::now() - begun);
}

absl::Status Shuttle::Run(const Pieces& batch, BackendMetrics* metrics) {
  begun_ = Clock::now();
  absl::Status status = RunBatch(batch, metrics);
  begun_ = Clock::time_point();
  return status;
}

absl::Status Shuttle::RunBatch(const Pieces& batch, BackendMetrics* metrics) {
  ArenaLayout layout;
  std::optional<JobTable> table;
  const auto lay_out = [&] {
    layout = LayOut(batch);
    table.emplace(OnDevice(batch, layout));
    const size_t end = layout.table + RoundToArena(table->bytes().size()) + table->scratch_bytes();
    return end > bytes_ ? absl::ResourceExhaustedError("a batch is larger than its shuttle")
                        : absl::OkStatus();
  };
  const absl::Status laid_out = OrOutOfMemory(lay_out, OutOfMemoryAtWork);
  if (!laid_out.ok()) return laid_out;
  const JobTable& jobs = *table;
  Timed(&metrics->copy_in_seconds, [&] { return FillHost(batch, layout, jobs); });
  absl::Status queued = Queue(batch, layout, jobs);
  // Also after an error: what was queued before it uses this memory.
  absl::Status happened = device_.Synchronize(stream_);
  if (absl::IsUnavailable(queued)) return queued;
  if (!happened.ok()) return happened;
  if (!queued.ok()) return queued;
  Timed(&metrics->copy_out_seconds, [&] { return DeliverResults(batch, layout); });
  return absl::OkStatus();
}

std::vector<Evaluation> Shuttle::OnDevice(const Pieces& batch, const ArenaLayout& layout) const {
  std::vector<Evaluation> evaluations;
  evaluations.reserve(batch.size());
  ForEach(batch, layout, [&](const Piece& piece, const Places& places) {
    Evaluation& e = evaluations.emplace_back(piece.evaluation);
    if (places.x != Places::kNowhere) e.x = memory_ + places.x;
    if (places.dy != Places::kNowhere) e.dy = memory_ + places.dy;
    if (places.weight != Places::kNowhere) e.weight = memory_ + places.weight;
    if (places.out != Places::kNowhere) e.out = memory_ + places.out;
    const bool sums = places.parameter_gradients != Places::kNowhere;
    e.parameter_gradients =
        sums ? reinterpret_cast<double*>(memory_ + places.parameter_gradients) : nullptr;
    if (places.weight_gradient != Places::kNowhere) {
      e.weight_gradient = memory_ + places.weight_gradient;
    }
  });
  return evaluations;
}

bool Shuttle::FillHost(const Pieces& batch, const ArenaLayout& layout, const JobTable& jobs) {
  bool copied = false;
  ForEach(batch, layout, [&](const Piece& piece, const Places& places) {
    const Evaluation& e = piece.evaluation;
    const Residence& residence = piece.residence;
    copied |= CopyToHost(host_, places.x, e.x, XBytes(e), residence.x);
    copied |= CopyToHost(host_, places.dy, e.dy, DyBytes(e), residence.dy);
    copied |= CopyToHost(host_, places.weight, e.weight, WeightBytes(e), residence.weight);
  });
  if (!jobs.bytes().empty()) {
    std::memcpy(host_ + layout.table, jobs.bytes().data(), jobs.bytes().size());
  }
  return copied;
}

absl::Status Shuttle::Queue(const Pieces& batch, const ArenaLayout& layout, const JobTable& jobs) {
  absl::Status status = QueueCopiesIn(batch, layout, jobs.bytes().size());
  if (!status.ok()) return status;
  std::byte* const table = memory_ + layout.table;
  std::byte* const scratch = table + RoundToArena(jobs.bytes().size());
  status = device_.Launch(jobs, table, scratch, stream_);
  if (!status.ok()) return status;
  return QueueCopiesOut(batch, layout);
}

absl::Status Shuttle::QueueCopiesIn(const Pieces& batch, const ArenaLayout& layout,
                                    size_t table_bytes) {
  // Pinned inputs leave gaps in what is staged: where there is one, the copies are single.
  absl::Status status;
  size_t begin = layout.inputs;
  const auto copy_staged = [&](size_t end) {
    if (end > begin) {
      status.Update(device_.CopyIn(memory_ + begin, host_ + begin, end - begin, stream_));
    }
  };
  const auto copy_pinned = [&](size_t place, const void* from, size_t bytes, Memory memory) {
    if (place == Places::kNowhere || memory != Memory::kPinned) return;
    copy_staged(place);
    begin = place + RoundToArena(bytes);
    status.Update(device_.CopyIn(memory_ + place, from, bytes, stream_));
  };
  ForEach(batch, layout, [&](const Piece& piece, const Places& places) {
    if (!status.ok()) return;
    const Evaluation& e = piece.evaluation;
    const Residence& residence = piece.residence;
    copy_pinned(places.x, e.x, XBytes(e), residence.x);
    copy_pinned(places.dy, e.dy, DyBytes(e), residence.dy);
    copy_pinned(places.weight, e.weight, WeightBytes(e), residence.weight);
  });
  if (status.ok()) copy_staged(layout.table + table_bytes);
  return status;
}

absl::Status Shuttle::QueueCopiesOut(const Pieces& batch, const ArenaLayout& layout) {
  absl::Status status;
  size_t begin = 0;
  const auto copy_staged = [&](size_t end) {
    if (end > begin) {
      status.Update(device_.CopyOut(host_ + begin, memory_ + begin, end - begin, stream_));
    }
  };
  ForEach(batch, layout, [&](const Piece& piece, const Places& places) {
    if (!status.ok()) return;
    const size_t place = places.out;
    if (place == Places::kNowhere || piece.residence.out != Memory::kPinned) return;
    const size_t bytes = OutBytes(piece.evaluation);
    copy_staged(place);
    begin = place + RoundToArena(bytes);
    status.Update(device_.CopyOut(piece.evaluation.out, memory_ + place, bytes, stream_));
  });
  if (status.ok()) copy_staged(layout.inputs);
  return status;
}

bool Shuttle::DeliverResults(const Pieces& batch, const ArenaLayout& layout) const {
  bool copied = false;
  ForEach(batch, layout, [&](const Piece& piece, const Places& places) {
    const Evaluation& e = piece.evaluation;
    copied |= CopyFromHost(e.out, host_, places.out, OutBytes(e), piece.residence.out);
    copied |= CopyFromHost(e.parameter_gradients, host_, places.parameter_gradients,
                           ParameterGradientBytes(e), Memory::kPageable);
    copied |= CopyFromHost(e.weight_gradient, host_, places.weight_gradient, WeightGradientBytes(e),
                           Memory::kPageable);
  });
  return copied;
}

}  // namespace activation::cuda
