// Kernels of row-wise functions of f32 in the FAST tier: in floats, but for sums, by the CPU's
// steps and in its order (cpu/fast_row_kernels.cc). A block takes a tile of short rows together,
// or a long row part by part.
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kept_rows-inl.h"
#include "src/backends/cuda/row_in_double-inl.h"

namespace activation::cuda {
namespace {

template <class F, Direction kDirection>
class FloatRowTile {
  static constexpr bool kGradient = kDirection == Direction::kGradient;
  static constexpr bool kLog = F::kForwardIsLog && !kGradient;
  using Double = RowInDouble<F, kDirection>;
  using Kept = KeptRows<F, kGradient>;

 public:
  // So that memory is asked for 32 KiB of each tensor at a time; a logarithm needs the registers.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
  // With four a register would be in memory there.
  static constexpr int kBlocks = kLog ? 2 : 3;
#else
  static constexpr int kBlocks = kLog ? 2 : 4;
#endif

  struct Shared {
    union {
      Kept floats;
      typename Double::Shared in_double;
    };
    unsigned left;  // a bit for each row that floats would not do for
  };

  static ACT_FN void Block(const GroupView&, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const uint64_t each = RowsOfTile(job.extent);
    const uint64_t first = tile.index * each;
    const uint64_t beyond = job.outer * job.inner - first;
    const auto rows = static_cast<unsigned>(each < beyond ? each : beyond);
    if (kGradient && job.dy == nullptr) {
      OneThread([&] { shared.left = ~0U; });
    } else {
      FloatRowTile(job, first, rows, shared).Run();
    }
    const unsigned left = shared.left;
#pragma unroll 1
    for (unsigned r = 0; r < rows; ++r) {
      if ((left >> r & 1) != 0) {
        Double::Evaluate(typename Double::Input(job, first + r), shared.in_double);
      }
    }
  }

 private:
  ACT_FN FloatRowTile(const DeviceJob& job, uint64_t first, unsigned rows, Shared& shared)
      : job_(job), first_(first), rows_(rows), shared_(shared), floats_(shared.floats) {}

  // What is done of each part of a row.
  enum class Step : uint8_t { kSums, kRests, kResults };

  // One loop for all, so that the code of exponentials is there once.
  ACT_FN void Run() {
    Begin();
    unsigned passes = 0;
    Step step = Step::kSums;
    while (true) {
      ++passes;
      Prepare(step);
#pragma unroll 1
      for (uint64_t begin = 0; begin < job_.extent; begin += kKeptFloats) {
        const RowsPart part = PartAt(begin);
        if (step == Step::kSums || !is_kept()) SetExponentials(part);
        if (step == Step::kSums) floats_.AddPlaces(part);
        if (step == Step::kSums) floats_.AddSums(part);
        if (kLog && step == Step::kRests) AddRests(part);
        if (step == Step::kResults) Finish(part);
      }
      if (step == Step::kResults) return;
      step = StepAfter(step, passes);
    }
  }

  // Sums come a second time, by the tops, where a first element is too far below.
  ACT_FN Step StepAfter(Step step, unsigned passes) {
    if (step == Step::kSums) {
      if (passes == 1) CheckTops();
      if (passes == 1 && floats_.again != 0) return Step::kSums;
      SetTotals();
      if (kLog && floats_.near_one != 0) return Step::kRests;
    } else {
      SetRests();
    }
    SetFactors();
    return Step::kResults;
  }

  ACT_FN void Prepare(Step step) {
    if (step == Step::kSums) ClearSums();
    if (kLog && step == Step::kRests) ClearRests();
  }

  // Whether all elements are kept from one step to the next.
  ACT_FN bool is_kept() const { return job_.extent <= kKeptFloats; }
  ACT_FN bool across() const { return job_.inner > 1; }

  ACT_FN RowsPart PartAt(uint64_t begin) const {
    const uint64_t left = job_.extent - begin;
    return {begin, static_cast<unsigned>(left < kKeptFloats ? left : kKeptFloats), rows_};
  }

  // Calls visit(walk) for each element of a thread.
  template <class Visit>
  static ACT_FN void ForEachElement(const RowsPart& part, unsigned thread, bool across,
                                    Visit visit) {
    RowsWalk walk(part, thread, across);
#pragma unroll 1
    for (unsigned i = thread; i < part.elements(); i += kThreads, walk.Advance()) visit(walk);
  }

  // Calls visit(row, its state) for each row, by a thread each.
  template <class Visit>
  ACT_FN void ForEachRow(Visit visit) {
    EachThread([&](unsigned thread) {
      if (thread < rows_) visit(thread, floats_.rows[thread]);
    });
  }

  ACT_FN uint64_t IndexOf(const RowsPart& part, const RowsWalk& walk) const {
    return floats_.rows[walk.row()].first + (part.begin + walk.i()) * job_.inner;
  }

  ACT_FN void Begin() {
    ForEachRow([&](unsigned r, RowState& row) {
      const uint64_t index = first_ + r;
      row.first = across() ? index / job_.inner * job_.extent * job_.inner + index % job_.inner
                           : index * job_.extent;
      row.near_top = Taken(LoadElement<float>(job_.x, row.first));
      row.first_dy = kGradient ? LoadElement<float>(job_.dy, row.first) : 0;
      if (r == 0) shared_.left = floats_.near_one = floats_.again = 0;
    });
  }

  static ACT_FN float Taken(float x) { return F::kOfMinusX ? -x : x; }

  // Calls put(walk, element) for each, all loads at a time where they can be.
  template <class Put>
  ACT_FN void LoadPart(const RowsPart& part, unsigned thread, const void* base, Put put) const {
    if (!IsAligned(base, alignof(float))) {
      return ForEachElement(part, thread, across(), [&](const RowsWalk& walk) {
        put(walk, LoadElement<float>(base, IndexOf(part, walk)));
      });
    }
    const auto* const from = static_cast<const float*>(base);
    float values[kFloatsOfThread] = {};
    RowsWalk walk(part, thread, across());
#pragma unroll
    for (unsigned k = 0; k < kFloatsOfThread; ++k, walk.Advance()) {
      if (thread + k * kThreads < part.elements()) values[k] = from[IndexOf(part, walk)];
    }
    walk = RowsWalk(part, thread, across());
#pragma unroll
    for (unsigned k = 0; k < kFloatsOfThread; ++k, walk.Advance()) {
      if (thread + k * kThreads < part.elements()) put(walk, values[k]);
    }
  }

  ACT_FN void SetExponentials(const RowsPart& part) {
    EachThread([&](unsigned thread) {
      if constexpr (kGradient) {
        LoadPart(part, thread, job_.dy,
                 [&](const RowsWalk& walk, float dy) { floats_.dy[walk.kept()] = dy; });
      }
      LoadPart(part, thread, job_.x, [&](const RowsWalk& walk, float x) {
        const unsigned at = walk.kept();
        floats_.x[at] = Taken(x);
        const RowExpWords<Single> e =
            RowExpInFloats(Single{Taken(x)}, floats_.rows[walk.row()].scaling);
        floats_.exps[at] = e.value.v;
        if constexpr (Kept::kLoses) floats_.lost[at] = e.lost.v;
      });
    });
  }

  ACT_FN void ClearSums() {
    ForEachRow([&](unsigned, RowState& row) {
      row.scaling = ScalingOf(Single{row.near_top});
      row.exps = 0;
      row.summary = {-std::numeric_limits<float>::infinity(), 0, 0, 0, 0, 0};
      for (float& lost : row.lost) lost = 0;
    });
  }

  ACT_FN void CheckTops() {
    ForEachRow([&](unsigned, RowState& row) {
      if (!IsTooFarBelow(row.near_top, row.summary.top, kGradient)) return;
      row.near_top = row.summary.top;
      OrShared(1, floats_.again);
    });
  }

  ACT_FN void SetTotals() {
    ForEachRow([&](unsigned, RowState& row) {
      float lost[kRowSumPlaces][1];
      for (unsigned place = 0; place < kRowSumPlaces; ++place) lost[place][0] = row.lost[place];
      row.summary.total = static_cast<double>(TotalOfPlaces(lost, 0)) + row.exps;
      if constexpr (kLog) {
        const RowExpWords<Single> e = RowExpInFloats(Single{row.summary.top}, row.scaling);
        row.top_exp = static_cast<double>(e.value.v) + static_cast<double>(e.lost.v);
        row.summary.rest = (row.summary.total - row.top_exp) / row.top_exp;
        if (job_.extent > 1 && row.summary.rest < kLeastExcess) OrShared(1, floats_.near_one);
      }
    });
  }

  // Sums of exponentials without the only top, of rows that are hardly more than that: each place
  // over all of the row.
  ACT_FN void ClearRests() {
    ForEachPlaceOfRows([&](unsigned row, unsigned place) { floats_.sums.exps[place][row] = 0; });
  }

  ACT_FN void AddRests(const RowsPart& part) {
    ForEachPlaceOfRows([&](unsigned row, unsigned place) { floats_.AddRest(part, row, place); });
  }

  ACT_FN void SetRests() {
    ForEachRow([&](unsigned r, RowState& row) {
      if (!(row.summary.rest < kLeastExcess)) return;
      row.summary.rest = TotalOfPlaces(floats_.sums.exps, r) / row.top_exp;
    });
  }

  template <class Visit>
  ACT_FN void ForEachPlaceOfRows(Visit visit) {
    EachThread([&](unsigned thread) {
      if (thread < rows_ * kRowSumPlaces) visit(thread / kRowSumPlaces, thread % kRowSumPlaces);
    });
  }

  ACT_FN void SetFactors() {
    ForEachRow([&](unsigned r, RowState& row) {
      RowSummary& summary = row.summary;
      const N reciprocal = N{1} / N{summary.total};
      if constexpr (kLog) summary.offset = LogTotal<InQuick>(N{summary.rest}).v;
      if constexpr (kGradient) summary.offset = F::OffsetInFloats(N{summary.terms}, reciprocal).v;
      row.results = RowInFloatsOf<Single, F, kGradient>(summary, row.first_dy, reciprocal.v);
      if (!IsWithinFloats<F, kGradient>(summary, job_.extent)) OrShared(1U << r, shared_.left);
    });
  }

  ACT_FN void Finish(const RowsPart& part) {
    EachThread([&](unsigned thread) {
      ForEachElement(part, thread, across(), [&](const RowsWalk& walk) {
        if ((shared_.left >> walk.row() & 1) != 0) return;
        const RowInFloats<Single> row = floats_.rows[walk.row()].results;
        const unsigned at = walk.kept();
        const Single e = {floats_.exps[at]};
        Single y;
        if constexpr (kGradient) {
          y = F::GradientInFloats(e, Single{floats_.dy[at]}, row);
        } else {
          y = F::ForwardInFloats(Single{floats_.x[at]}, e, row);
        }
        StoreElement(y.v, job_.out, IndexOf(part, walk));
      });
    });
  }

  const DeviceJob& job_;
  const uint64_t first_;
  const unsigned rows_;
  Shared& shared_;
  Kept& floats_;
};

template <Direction kDirection, class... Functions>
Kernel RowsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {
      KernelOfBlocks<FloatRowTile<Functions, kDirection>>...};
  return kKernels[place]();
}

}  // namespace

Kernel RowsInFloats(const Code& code) {
  return code.direction == Direction::kForward
             ? RowsOf<Direction::kForward>(code.place, RowWiseFunctions())
             : RowsOf<Direction::kGradient>(code.place, RowWiseFunctions());
}

}  // namespace activation::cuda
