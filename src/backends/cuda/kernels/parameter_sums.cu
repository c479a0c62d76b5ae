// Gradients by the parameters of elementwise functions, in the CPU's order: sums of
// kSumElements elements to scratch, by a block each, then those one after another.
#include "src/backends/compensated_sum.h"
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/block-inl.h"
#include "src/backends/cuda/kernels/kernel_by_type.h"
#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {
namespace {

constexpr unsigned kSumLanes = CompensatedSum::kLanes;

// A sum's lanes, of every parameter.
struct ParameterSum {
  double high[kMaxParams][kSumLanes];
  double low[kMaxParams][kSumLanes];
};
static_assert(sizeof(ParameterSum) <= kParameterSumBytes);

ACT_FN ParameterSum* SumsOf(const GroupView& group, const DeviceJob& job) {
  return reinterpret_cast<ParameterSum*>(group.scratch + job.scratch);
}

template <class F, DType kType>
struct SumTile {
  using T = TypeOf<kType>;
  using N = Number<double>;

  struct Shared {
    double terms[kThreads];
    ParameterSum sum;
  };

  static ACT_FN void Block(const GroupView& group, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const uint64_t begin = tile.index * kSumElements;
    const uint64_t end = begin + kSumElements < job.count ? begin + kSumElements : job.count;
    EachThread([&](unsigned thread) { Clear(thread, shared.sum); });
    for (uint64_t at = begin; at < end; at += kThreads) {
      AddPart<0>(job, at, end, shared);
      AddPart<1>(job, at, end, shared);
    }
    EachThread([&](unsigned thread) {
      if (thread >= kSumLanes) return;
      ParameterSum& to = SumsOf(group, job)[tile.index];
      for (unsigned param = 0; param < kMaxParams; ++param) {
        to.high[param][thread] = shared.sum.high[param][thread];
        to.low[param][thread] = shared.sum.low[param][thread];
      }
    });
  }

 private:
  static ACT_FN void Clear(unsigned thread, ParameterSum& sum) {
    if (thread >= kSumLanes) return;
    for (unsigned param = 0; param < kMaxParams; ++param) {
      sum.high[param][thread] = 0;
      sum.low[param][thread] = 0;
    }
  }

  // Adds elements [at, at + kThreads), or up to the end: each is a term to the lane of its
  // position.
  template <unsigned kParam>
  static ACT_FN void AddPart(const DeviceJob& job, uint64_t at, uint64_t end, Shared& shared) {
    static_assert(kMaxParams == 2 && kThreads % kSumLanes == 0);
    if constexpr (F::kInfo.params[kParam].differentiable) {
      EachThread([&](unsigned thread) {
        if (at + thread < end) shared.terms[thread] = Term<kParam>(job, at + thread);
      });
      EachThread([&](unsigned thread) {
        if (thread >= kSumLanes) return;
        for (unsigned i = thread; i < kThreads && at + i < end; i += kSumLanes) {
          CompensatedSum::Accumulate(shared.terms[i], shared.sum.high[kParam][thread],
                                     shared.sum.low[kParam][thread]);
        }
      });
    }
  }

  template <unsigned kParam>
  static ACT_FN double Term(const DeviceJob& job, uint64_t i) {
    using To = Storage<kType>;
    const N x = {static_cast<double>(To::Widen(LoadElement<T>(job.x, i)))};
    const N dy = {job.dy == nullptr ? 1.0
                                    : static_cast<double>(To::Widen(LoadElement<T>(job.dy, i)))};
    const N term = F::template ParameterTerm<Careful<N>, kParam>(x, dy, job.params);
    const bool nan = x.v != x.v || term.v != term.v;
    return nan ? std::numeric_limits<double>::quiet_NaN() : term.v;
  }
};

template <class F>
constexpr bool kHasTerms = F::kInfo.params[0].differentiable || F::kInfo.params[1].differentiable;

// Of a function without differentiable parameters nothing is read.
struct NoSum {
  struct Shared {};
  static ACT_FN void Block(const GroupView& group, const Tile& tile, Shared&) {
    EachThread([&](unsigned thread) {
      if (thread == 0) SumsOf(group, *tile.job)[tile.index] = {};
    });
  }
};

template <DType kType, class... Functions>
Kernel SumsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {KernelOfBlocks<
      std::conditional_t<kHasTerms<Functions>, SumTile<Functions, kType>, NoSum>>...};
  return kKernels[place]();
}

// What a job's sums add up to, in the order of sum_order.h: of kParts times kSumsTogether sums at a
// time each lane of a part by a thread, then the parts one after another; at last the lanes. Of
// 2^28 elements that is 640 additions one after another instead of 8,192.
struct TotalTile {
  static constexpr unsigned kChains = kMaxParams * kSumLanes;
  static constexpr unsigned kParts = kThreads / kChains;

  struct Shared {
    ParameterSum parts[kParts];
    ParameterSum sum;
  };

  static ACT_FN void Block(const GroupView& group, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const ParameterSum* const sums = SumsOf(group, job);
    const uint64_t count = CeilDiv(job.count, kSumElements);
    EachThread([&](unsigned thread) { Clear(thread, shared.sum); });
    for (uint64_t begin = 0; begin < count; begin += kParts * kSumsTogether) {
      const uint64_t left = count - begin;
      EachThread([&](unsigned thread) {
        const unsigned part = thread / kChains;
        const uint64_t first = part * kSumsTogether;
        const uint64_t of_part = first >= left ? 0 : left - first;
        Clear(thread % kChains, shared.parts[part]);
        AddUp(thread % kChains, sums + begin + first,
              of_part < kSumsTogether ? of_part : kSumsTogether, shared.parts[part]);
      });
      EachThread([&](unsigned thread) {
        if (thread >= kChains) return;
        const uint64_t parts = CeilDiv(left, kSumsTogether);
        AddUp(thread, shared.parts, parts < kParts ? parts : kParts, shared.sum);
      });
    }
    EachThread([&](unsigned thread) {
      if (thread < kMaxParams) {
        job.parameter_gradients[thread] =
            CompensatedSum::Total(shared.sum.high[thread], shared.sum.low[thread]);
      }
    });
  }

 private:
  static ACT_FN void Clear(unsigned chain, ParameterSum& sum) {
    if (chain >= kChains) return;
    sum.high[chain / kSumLanes][chain % kSumLanes] = 0;
    sum.low[chain / kSumLanes][chain % kSumLanes] = 0;
  }

  // Adds one lane of `count` sums to that of `to`.
  static ACT_FN void AddUp(unsigned chain, const ParameterSum* sums, uint64_t count,
                           ParameterSum& to) {
    const unsigned param = chain / kSumLanes;
    const unsigned lane = chain % kSumLanes;
    double high = to.high[param][lane];
    double low = to.low[param][lane];
    for (uint64_t i = 0; i < count; ++i) {
      CompensatedSum::Accumulate(sums[i].high[param][lane], high, low);
      low += sums[i].low[param][lane];
    }
    to.high[param][lane] = high;
    to.low[param][lane] = low;
  }
};

}  // namespace

Kernel ParameterSums(const Code& code) {
  return KernelByType(
      code.dtype, [&]<DType kType>() { return SumsOf<kType>(code.place, ElementwiseFunctions()); });
}

Kernel ParameterTotals(const Code&) { return KernelOfBlocks<TotalTile>(); }

}  // namespace activation::cuda
