// The CUDA host gives the bits of the scalar host: on the CPU everywhere, and on
// the GPU where there is one.
#include "tests/functions/cuda_host.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
#include "tests/functions/any_params.h"

namespace activation {
namespace {

using cuda_host::Result;

template <class T>
using Formula = Result<T> (*)(const Params& params, T x, const T* dy);

template <class Value>
auto ResultOf(Value y) {
  return Result<decltype(Rounded(y).v)>{Rounded(y).v, High(y).v, Low(y).v};
}

template <class Function, template <class> class GradeOf, class T>
Result<T> EvaluateScalar(const Params& params, T x, const T* dy) {
  using N = scalar::Number<T>;
  using G = GradeOf<N>;
  if (dy == nullptr) {
    if constexpr (!scalar::kIsFast<G> || scalar::kHasFastForward<Function>) {
      return ResultOf(Function::template Forward<G>(N{x}, params));
    }
  } else {
    if constexpr (!scalar::kIsFast<G> || scalar::kHasFastGradient<Function>) {
      return ResultOf(Function::template Gradient<G>(N{x}, N{*dy}, params));
    }
  }
  return {};
}

template <template <class> class GradeOf, class T, class... Functions>
std::vector<Formula<T>> FormulasOf(TypeList<Functions...>) {
  return {EvaluateScalar<Functions, GradeOf, T>...};
}

// Numbers of every exponent of a float and both signs, those where functions bend, and such that
// products are in the middle between two numbers.
template <class T>
std::vector<T> Inputs(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> near(-20, 20);
  std::vector<T> inputs = {0, -T{0}, T(INFINITY), -T(INFINITY)};
  while (inputs.size() < count) {
    const uint64_t bits = random();
    float any;
    std::memcpy(&any, &bits, sizeof(any));
    if (!std::isnan(any)) inputs.push_back(any);
    inputs.push_back(static_cast<T>(near(random)));
    const auto whole = static_cast<double>(random() % 129);
    inputs.push_back(static_cast<T>((whole - 64) * (random() % 4 == 0 ? 0x1p-149 : 0.25)));
  }
  inputs.resize(count);
  return inputs;
}

bool SameNumber(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

// The first word says all where it is no finite number.
template <class T>
bool AreSame(const Result<T>& a, const Result<T>& b) {
  const bool finite = std::isfinite(b.high);
  return SameNumber(a.rounded, b.rounded) && SameNumber(a.high, b.high) &&
         (!finite || SameNumber(a.low, b.low));
}

template <class T>
struct Arguments {
  std::vector<T> x;
  std::vector<T> dy;

  explicit Arguments(size_t count) : x(Inputs<T>(count, 1)), dy(Inputs<T>(count, 2)) {
    // Not every x with the same sort of dy.
    std::shuffle(dy.begin(), dy.end(), std::mt19937_64(3));
  }
};

template <cuda_host::Grade kGrade, class T>
void ExpectTheBitsOf(Formula<T> formula, FunctionId function, const Params& params,
                     const Arguments<T>& arguments, cuda_host::Where where) {
  const size_t count = arguments.x.size();
  for (const bool gradient : {false, true}) {
    std::vector<Result<T>> out(count);
    ASSERT_EQ(
        cuda_host::Evaluate<kGrade>(where, function, params, arguments.x.data(),
                                    gradient ? arguments.dy.data() : nullptr, out.data(), count),
        "");
    size_t different = 0;
    for (size_t i = 0; i < count; ++i) {
      const T x = arguments.x[i];
      const Result<T> wanted = formula(params, x, gradient ? &arguments.dy[i] : nullptr);
      if (!AreSame(out[i], wanted) && different++ == 0) {
        ADD_FAILURE() << Catalogue()[function].name << (gradient ? " gradient" : "") << " at " << x
                      << " with parameters " << params.values[0] << " and " << params.values[1]
                      << ": " << out[i].high << " + " << out[i].low << ", not " << wanted.high
                      << " + " << wanted.low;
      }
    }
    EXPECT_EQ(different, 0U) << Catalogue()[function].name;
  }
}

template <template <class> class GradeOf, cuda_host::Grade kGrade, class T>
void ExpectTheBitsInGrade(cuda_host::Where where) {
  constexpr bool kSlow = kGrade == cuda_host::Grade::kCertain;
  const Arguments<T> many(kSlow ? 1 << 14 : 1 << 16);
  const Arguments<T> of_others(kSlow ? 1 << 12 : 1 << 13);
  const std::vector<Formula<T>> formulas = FormulasOf<GradeOf, T>(scalar::ElementwiseFunctions());
  ASSERT_EQ(formulas.size(), cuda_host::FunctionCount());
  for (FunctionId function = 0; function < formulas.size(); ++function) {
    const std::vector<Params> params = AnyParams(function);
    for (size_t set = 0; set < params.size(); ++set) {
      ExpectTheBitsOf<kGrade>(formulas[function], function, params[set],
                              set == 0 ? many : of_others, where);
    }
  }
}

void ExpectTheBitsOfTheScalarHost(cuda_host::Where where) {
  using cuda_host::Grade;
  ExpectTheBitsInGrade<scalar::Fast, Grade::kFast, float>(where);
  ExpectTheBitsInGrade<scalar::Quick, Grade::kQuick, double>(where);
  ExpectTheBitsInGrade<scalar::Careful, Grade::kCareful, double>(where);
}

TEST(CudaHostTest, GivesTheBitsOfTheScalarHostOnTheCpu) {
  ExpectTheBitsOfTheScalarHost(cuda_host::Where::kCpu);
}

TEST(CudaHostTest, GivesTheSlowLanesWordsOnTheCpu) {
  ExpectTheBitsInGrade<scalar::Certain, cuda_host::Grade::kCertain, double>(cuda_host::Where::kCpu);
}

TEST(CudaHostTest, GivesTheBitsOfTheScalarHostOnTheGpu) {
  const std::string missing = cuda_host::MissingGpu();
  // `./dev gpu` must not pass by skipping everything.
  if (std::getenv("ACTIVATION_NEED_GPU") != nullptr) {
    ASSERT_EQ(missing, "");
  }
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectTheBitsOfTheScalarHost(cuda_host::Where::kGpu);
}

}  // namespace
}  // namespace activation
