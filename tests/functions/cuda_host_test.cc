// The CUDA host gives the bits of the scalar host: on the CPU everywhere, and on
// the GPU where there is one.
#include "tests/functions/cuda_host.h"

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

namespace activation {
namespace {

template <class T>
using Formula = T (*)(const Params& params, T x, const T* dy);

template <class Function, template <class> class GradeOf, class T>
T EvaluateScalar(const Params& params, T x, const T* dy) {
  using N = scalar::Number<T>;
  using G = GradeOf<N>;
  if (dy == nullptr) return Rounded(Function::template Forward<G>(N{x}, params)).v;
  return Rounded(Function::template Gradient<G>(N{x}, N{*dy}, params)).v;
}

template <template <class> class GradeOf, class T, class... Functions>
std::vector<Formula<T>> FormulasOf(TypeList<Functions...>) {
  return {EvaluateScalar<Functions, GradeOf, T>...};
}

// Numbers of every exponent of a float and both signs, and those where functions
// bend.
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
  }
  inputs.resize(count);
  return inputs;
}

bool SameNumber(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

template <template <class> class GradeOf, cuda_host::Grade kGrade, class T>
void ExpectTheBitsInGrade(cuda_host::Where where) {
  constexpr size_t kCount = 1 << 16;
  const std::vector<T> x = Inputs<T>(kCount, 1);
  const std::vector<T> dy = Inputs<T>(kCount, 2);
  const std::vector<Formula<T>> formulas = FormulasOf<GradeOf, T>(scalar::AllFunctions());
  ASSERT_EQ(formulas.size(), cuda_host::FunctionCount());
  for (FunctionId function = 0; function < formulas.size(); ++function) {
    const Params params = *ResolveParams(function, {});
    for (const bool gradient : {false, true}) {
      std::vector<T> out(kCount);
      const T* const dy_data = gradient ? dy.data() : nullptr;
      ASSERT_EQ(cuda_host::Evaluate<kGrade>(where, function, params, x.data(), dy_data, out.data(),
                                            kCount),
                "");
      size_t different = 0;
      for (size_t i = 0; i < kCount; ++i) {
        const T wanted = formulas[function](params, x[i], gradient ? &dy[i] : nullptr);
        if (!SameNumber(out[i], wanted) && different++ == 0) {
          ADD_FAILURE() << Catalogue()[function].name << (gradient ? " gradient" : "") << " at "
                        << x[i] << ": " << out[i] << ", not " << wanted;
        }
      }
      EXPECT_EQ(different, 0U) << Catalogue()[function].name;
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
