// The loop around a formula: how results are stored, how many vectors at once, prefetch,
// blocks that pass through a buffer. On relu, which costs nothing but its traffic, and on
// sigmoid. The loop of the kernels is kernel_cached or kernel_streamed.
#include <array>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmarks/trials/loop_trials.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/cache_control.h"
#include "src/backends/cpu/kernel_loop-inl.h"
#include "tests/benchmarks/trials/trial.h"

#ifndef ACTIVATION_LOOP_WAY
#define ACTIVATION_LOOP_WAY
namespace activation {

struct LoopWay {
  int at_once = 1;  // vectors loaded before the first is stored
  Store store = Store::kCached;
  size_t prefetch = 0;  // so many elements ahead
  size_t block = 0;     // through a buffer of so many, streamed out of it
};

inline constexpr LoopWay kCachedLoop;
inline constexpr LoopWay kCachedByTwo{.at_once = 2};
inline constexpr LoopWay kCachedByFour{.at_once = 4};
inline constexpr LoopWay kCachedPrefetching{.prefetch = 512};
inline constexpr LoopWay kStreamedLoop{.store = Store::kStreamed};
inline constexpr LoopWay kStreamedByTwo{.at_once = 2, .store = Store::kStreamed};
inline constexpr LoopWay kStreamedByFour{.at_once = 4, .store = Store::kStreamed};
inline constexpr LoopWay kStreamedPrefetching{.store = Store::kStreamed, .prefetch = 512};
inline constexpr LoopWay kStreamedPrefetchingNear{
    .at_once = 4, .store = Store::kStreamed, .prefetch = 128};
inline constexpr LoopWay kBlocksOf256{.block = 256};
inline constexpr LoopWay kBlocksOf512{.block = 512};
inline constexpr LoopWay kBlocksOf1024{.block = 1024};
inline constexpr LoopWay kBlocksOf2048{.block = 2048};
inline constexpr LoopWay kBlocksOf4096{.block = 4096};
inline constexpr LoopWay kBlocksOf1024Prefetching{.prefetch = 1024, .block = 1024};

}  // namespace activation
#endif  // ACTIVATION_LOOP_WAY

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Lanes = hn::CappedTag<float, kKernelGranule>;
using FloatNumber = Number<Lanes>;

template <class F, bool kGradient>
HWY_INLINE FloatNumber Apply(FloatNumber x, FloatNumber dy) {
  using G = Fast<FloatNumber>;
  if constexpr (kGradient) {
    return WithOneNan(x, F::template Gradient<G>(x, dy, {}));
  } else {
    return WithNanOf(x, F::template Forward<G>(x, {}));
  }
}

template <const LoopWay& kWay, class F, bool kGradient>
HWY_INLINE void Vectors(const float* x, const float* dy, float* out, size_t n) {
  const Lanes d;
  const size_t lanes = hn::Lanes(d);
  std::array<FloatNumber, kWay.at_once> y;
  for (size_t i = 0; i < n; i += kWay.at_once * lanes) {
    for (size_t k = 0; k < kWay.at_once; ++k) {
      const size_t at = i + k * lanes;
      if constexpr (kWay.prefetch != 0) {
        hwy::Prefetch(x + at + kWay.prefetch);
        if (kGradient) hwy::Prefetch(dy + at + kWay.prefetch);
      }
      const FloatNumber xi = {hn::LoadU(d, x + at)};
      y[k] = Apply<F, kGradient>(xi, kGradient ? FloatNumber{hn::LoadU(d, dy + at)} : xi);
    }
    for (size_t k = 0; k < kWay.at_once; ++k) {
      StoreVector(y[k].v, d, out + i + k * lanes, kWay.store);
    }
  }
}

// Every block is computed into a buffer in the first-level cache and streamed out of it,
// while the next block's inputs are prefetched where that is wanted.
template <const LoopWay& kWay, class F, bool kGradient>
HWY_INLINE void Blocks(const float* x, const float* dy, float* out, size_t n) {
  const Lanes d;
  HWY_ALIGN float buffer[kWay.block];
  for (size_t begin = 0; begin < n; begin += kWay.block) {
    Vectors<kCachedLoop, F, kGradient>(x + begin, kGradient ? dy + begin : dy, buffer, kWay.block);
    for (size_t i = 0; i < kWay.block; i += hn::Lanes(d)) {
      if constexpr (kWay.prefetch != 0) {
        hwy::Prefetch(x + begin + i + kWay.prefetch);
        if (kGradient) hwy::Prefetch(dy + begin + i + kWay.prefetch);
      }
      hn::Stream(hn::Load(d, buffer + i), d, out + begin + i);
    }
  }
}

template <const LoopWay& kWay, class F, bool kGradient>
void Run(const float* x, const float* dy, float* out, size_t n) {
  if constexpr (kWay.block != 0) {
    Blocks<kWay, F, kGradient>(x, dy, out, n);
  } else {
    Vectors<kWay, F, kGradient>(x, dy, out, n);
  }
  if (kWay.block != 0 || kWay.store == Store::kStreamed) hwy::FlushStream();
}

// The kernels' own loop, told where to store when it runs.
template <class F, bool kGradient, Store kStore>
void RunOwn(const float* x, const float* dy, float* out, size_t n) {
  // So that the compiler does not know it either.
  static const volatile Store chosen = kStore;
  if constexpr (kGradient) {
    Gradient<F, Fast, float>({}, x, dy, out, n, chosen);
  } else {
    Forward<F, Fast, float>({}, x, nullptr, out, n, chosen);
  }
  if (kStore == Store::kStreamed) hwy::FlushStream();
}

template <const LoopWay& kWay>
void Add(const char* name, std::vector<Trial>& trials) {
  trials.push_back(
      {std::string("loop/") + name + "/relu", Run<kWay, Relu, false>, Run<kWay, Relu, true>});
  trials.push_back({std::string("loop/") + name + "/sigmoid", Run<kWay, Sigmoid, false>,
                    Run<kWay, Sigmoid, true>});
}

template <Store kStore>
void AddOwn(const char* name, std::vector<Trial>& trials) {
  trials.push_back({std::string("loop/") + name + "/relu", RunOwn<Relu, false, kStore>,
                    RunOwn<Relu, true, kStore>});
  trials.push_back({std::string("loop/") + name + "/sigmoid", RunOwn<Sigmoid, false, kStore>,
                    RunOwn<Sigmoid, true, kStore>});
}

}  // namespace

void AddLoopTrials(std::vector<Trial>& trials) {
  Add<kCachedLoop>("cached", trials);
  Add<kCachedByTwo>("cached_by_2", trials);
  Add<kCachedByFour>("cached_by_4", trials);
  Add<kCachedPrefetching>("cached_prefetch", trials);
  AddOwn<Store::kCached>("kernel_cached", trials);
  Add<kStreamedLoop>("streamed", trials);
  Add<kStreamedByTwo>("streamed_by_2", trials);
  Add<kStreamedByFour>("streamed_by_4", trials);
  Add<kStreamedPrefetching>("streamed_prefetch", trials);
  Add<kStreamedPrefetchingNear>("streamed_prefetch_near", trials);
  AddOwn<Store::kStreamed>("kernel_streamed", trials);
  Add<kBlocksOf256>("block_256", trials);
  Add<kBlocksOf512>("block_512", trials);
  Add<kBlocksOf1024>("block_1024", trials);
  Add<kBlocksOf2048>("block_2048", trials);
  Add<kBlocksOf4096>("block_4096", trials);
  Add<kBlocksOf1024Prefetching>("block_1024_prefetch", trials);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(AddLoopTrials);

std::vector<Trial> LoopTrials() {
  std::vector<Trial> trials;
  HWY_DYNAMIC_DISPATCH(AddLoopTrials)(trials);
  return trials;
}

}  // namespace activation
#endif  // HWY_ONCE
