// Kernels of row-wise functions of f32 in the FAST tier: in floats, but for sums, by the CPU's
// steps and in its order (cpu/fast_row_kernels.cc). A block takes a tile of rows together.
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/held_rows-inl.h"
#include "src/backends/cuda/kernels/row_in_double-inl.h"

namespace activation::cuda {
namespace {

template <class F, Direction kDirection>
class FloatRowTile {
  static constexpr bool kGradient = kDirection == Direction::kGradient;
  static constexpr unsigned kMostRows = MostRowsOfBlock(kDirection);
  using Double = RowInDouble<F, kDirection>;

 public:
  // As many as the registers for what is held and added up leave.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
  // There nvcc 13.0 spills what it does not elsewhere.
  static constexpr int kBlocks = 2;
#else
  static constexpr int kBlocks = kGradient && F::kTermsHaveExp ? 2 : 3;
#endif

  struct Shared {
    union {
      RowPlaces<F, kGradient, kMostRows> places;
      SplitRows<F, kGradient> split;
      typename Double::Shared in_double;
    };
    Verdict verdicts[kMostRows];
    uint64_t first;  // of its rows
  };

  static ACT_PART void Block(const GroupView&, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const uint64_t each = RowsOfTile(kDirection, job.extent, job.inner);
    const uint64_t first = tile.index * each;
    const uint64_t beyond = job.outer * job.inner - first;
    const RowsOfJob rows = {job, first, static_cast<unsigned>(each < beyond ? each : beyond)};
    // For after all rows, so that no register keeps it meanwhile.
    OneThread([&] { shared.first = first; });
    if (!kGradient || job.dy != nullptr) {
      if (!RunInFloats(rows, shared)) return;
    } else {
      LeaveAll(shared);
    }
#pragma unroll 1
    for (unsigned r = 0; r < rows.count; ++r) {
      if (shared.verdicts[r] == Verdict::kDoNot) {
        Double::Evaluate(typename Double::Input(job, shared.first + r), shared.in_double);
      }
    }
  }

 private:
  static ACT_FN void LeaveAll(Shared& shared) {
    EachThread([&](unsigned thread) {
      if (thread < kMostRows) shared.verdicts[thread] = Verdict::kDoNot;
    });
  }

  // Whether any row is left.
  static ACT_PART bool RunInFloats(const RowsOfJob& rows, Shared& shared) {
    const DeviceJob& job = rows.job;
    const bool is_aligned = IsAligned(job.x, alignof(float)) &&
                            IsAligned(job.out, alignof(float)) &&
                            (!kGradient || IsAligned(job.dy, alignof(float)));
    if (!is_aligned) return RunAnyhow(rows, shared);
    if (job.inner > 1) return RunAcross(rows, shared);
    if (job.extent > kRowSumElements) return RunSplit(rows, shared);
    return RunAlong(rows, shared);
  }

  template <Sharing kSharing, unsigned kHeld>
  static ACT_PART bool Run(const RowsOfJob& rows, Shared& shared) {
    constexpr unsigned kRows = RowsOfGroup(kDirection, kSharing == Sharing::kAcross, kHeld);
    using Shape = RowsShape<kSharing, kHeld, kRows>;
    return HeldRows<F, kDirection, Shape>(rows, shared.places, nullptr, shared.verdicts).Run();
  }

  template <Sharing kSharing, unsigned kHeld>
  static ACT_PART bool RunOneOfGroup(const RowsOfJob& rows, Shared& shared, Verdict* verdicts) {
    using Shape = RowsShape<kSharing, kHeld, 1>;
    return HeldRows<F, kDirection, Shape>(rows, shared.places, nullptr, verdicts).Run();
  }

  static ACT_PART bool RunAlong(const RowsOfJob& rows, Shared& shared) {
    switch (HeldOf(rows.job.extent)) {
      case 1:
        return Run<Sharing::kAlong, 1>(rows, shared);
      case 2:
        return Run<Sharing::kAlong, 2>(rows, shared);
      case 4:
        return Run<Sharing::kAlong, 4>(rows, shared);
      case 8:
        return Run<Sharing::kAlong, 8>(rows, shared);
      case 16:
        return Run<Sharing::kAlong, 16>(rows, shared);
      default:
        return Run<Sharing::kAlong, kMostHeld>(rows, shared);
    }
  }

  static ACT_PART bool RunAcross(const RowsOfJob& rows, Shared& shared) {
    switch (HeldOf(rows.job.extent)) {
      case 1:
        return Run<Sharing::kAcross, 1>(rows, shared);
      case 2:
        return Run<Sharing::kAcross, 2>(rows, shared);
      case 4:
        return Run<Sharing::kAcross, 4>(rows, shared);
      case 8:
        return Run<Sharing::kAcross, 8>(rows, shared);
      default:
        return RunOneOfGroup<Sharing::kLongAcross, kHeldAcross>(rows, shared, shared.verdicts);
    }
  }

  static ACT_PART bool RunSplit(const RowsOfJob& rows, Shared& shared) {
    using Shape = RowsShape<Sharing::kSplit, kMostHeld, 1>;
    return HeldRows<F, kDirection, Shape>(rows, shared.split.places, &shared.split.lost[0][0],
                                          shared.verdicts)
        .Run();
  }

  // Of any length, some rows at a time.
  static ACT_PART bool RunAnyhow(const RowsOfJob& rows, Shared& shared) {
    bool are_left = false;
#pragma unroll 1
    for (unsigned done = 0; done < rows.count; done += kRowGroups) {
      const unsigned left = rows.count - done;
      const RowsOfJob some = {rows.job, rows.first + done, left < kRowGroups ? left : kRowGroups};
      are_left |=
          RunOneOfGroup<Sharing::kAnyhow, kHeldAnyhow>(some, shared, shared.verdicts + done);
    }
    return are_left;
  }
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
