// Coefficients that are wrong in later bits do not pass: of each polynomial and each table of
// the formulas some are altered, and a result leaves the bound that their grade promises. And the
// bound that the rounding test of EXACT rests on is measured.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "src/functions/error_bound.h"
#include "tests/accuracy/exact_reference.h"
#include "tests/accuracy/mutable_formulas.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

constexpr double kQuickBound = kErrorUnits * 0x1p-52;

constexpr Direction kDirections[] = {Direction::kForward, Direction::kGradient};

// Floats at which every formula is tried: of all sizes, and many where functions bend.
std::vector<double> Inputs() {
  std::vector<double> inputs;
  for (int i = -110; i <= 110; ++i) inputs.push_back(static_cast<float>(0.1337 * i + 0.01));
  for (int i = 1; i < 24; ++i) {
    for (const double sign : {-1.0, 1.0}) {
      inputs.push_back(sign * std::ldexp(1.37, -i));
      inputs.push_back(static_cast<float>(sign * (14 + 3.7 * i)));
    }
  }
  return inputs;
}

// What results should be, computed once.
class Truths {
 public:
  Truths() : inputs_(Inputs()) {
    for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
      const Expression formula(Catalogue()[id]);
      ExactReference reference(formula, *ResolveParams(id, {}));
      for (const double x : inputs_) {
        reference.Take(x);
        for (const Direction direction : kDirections) {
          truths_[static_cast<size_t>(direction)].push_back(reference.At(direction));
        }
      }
    }
  }

  const std::vector<double>& inputs() const { return inputs_; }
  const BigFloat& At(FunctionId id, Direction direction, size_t input) const {
    return truths_[static_cast<size_t>(direction)][id * inputs_.size() + input];
  }

 private:
  const std::vector<double> inputs_;
  std::vector<BigFloat> truths_[2];
};

const Truths& AllTruths() {
  static const Truths truths;
  return truths;
}

// How many times what its grade promises a result is off.
double Excess(Grade grade, Direction direction, const FormulaResult& result,
              const BigFloat& truth) {
  const long double value = mpfr_get_ld(truth.get(), MPFR_RNDN);
  // Results that are subnormal, none or no numbers have other tests.
  const double size = std::fabs(static_cast<double>(value));
  if (!(size > 1e-36 && size < 1e36)) return 0;
  const BigFloat error = (truth - BigFloat(result.high)) - BigFloat(result.low);
  const auto distance = std::fabs(static_cast<double>(mpfr_get_ld(error.get(), MPFR_RNDN)));
  switch (grade) {
    case Grade::kFast:
      return std::ldexp(distance, -GapExponent(FormatOf(DType::kF32), value)) /
             (direction == Direction::kForward ? 2 : 4);
    case Grade::kQuick:
      return distance / size / kQuickBound;
    case Grade::kCareful:
      return std::ldexp(distance, -GapExponent(FormatOf(DType::kF64), value));
    case Grade::kCertain:
      break;
  }
  return distance / size / 0x1p-92;
}

// Whether a result of the grade Quick is one as a float, and need not be nearer to the truth: its
// formula ends there.
bool IsOneAsFloat(FunctionId id, Direction direction, double x) {
  return Catalogue()[id].name == std::string_view("erf") && direction == Direction::kForward &&
         std::fabs(x) > 3.93;
}

// Of a function that has a formula in the grade: FAST leaves some to EXACT.
double ExcessOf(FunctionId id, Grade grade, Direction direction) {
  const Truths& truths = AllTruths();
  const Params params = *ResolveParams(id, {});
  double most = 0;
  for (size_t i = 0; i < truths.inputs().size(); ++i) {
    const double x = truths.inputs()[i];
    const FormulaResult result = EvaluateFormula(id, grade, direction, x, params);
    if (grade == Grade::kQuick && IsOneAsFloat(id, direction, x)) {
      if (static_cast<float>(result.high) != std::copysign(1.0F, x)) return HUGE_VAL;
    } else {
      most = std::fmax(most, Excess(grade, direction, result, truths.At(id, direction, i)));
    }
  }
  return most;
}

// A function, one way, in a grade.
struct Formula {
  FunctionId id;
  Grade grade;
  Direction direction;

  double Excess() const { return ExcessOf(id, grade, direction); }
};

bool HasFormula(FunctionId id, Grade grade, Direction direction) {
  static const std::set<std::string> kNoFastForward = {"tanhshrink", "squareplus"};
  static const std::set<std::string> kNoFastGradient = {"tanhshrink", "squareplus", "softsign"};
  const auto& without = direction == Direction::kForward ? kNoFastForward : kNoFastGradient;
  return grade != Grade::kFast || without.count(Catalogue()[id].name) == 0;
}

std::vector<Formula> AllFormulas() {
  std::vector<Formula> formulas;
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    for (const Grade grade : kAllGrades) {
      for (const Direction direction : kDirections) {
        if (HasFormula(id, grade, direction)) formulas.push_back({id, grade, direction});
      }
    }
  }
  return formulas;
}

// The greatest difference between the double and the slow lane, relative to it, of results of
// evaluate(grade, input) that are not below `least`.
template <class Evaluate>
double GreatestQuickError(const std::vector<double>& inputs, double least, Evaluate evaluate) {
  double most = 0;
  for (const double input : inputs) {
    const FormulaResult quick = evaluate(Grade::kQuick, input);
    const FormulaResult certain = evaluate(Grade::kCertain, input);
    const double size = std::fabs(certain.high);
    if (!(size > least && size < 0x1p128)) continue;
    const double difference = (quick.high - certain.high) + (quick.low - certain.low);
    most = std::fmax(most, std::fabs(difference) / size);
  }
  return most;
}

// The same of all gated functions, in what the rounding test allows of it.
double ExcessOfGates() {
  double most = 0;
  for (FunctionId id = *FindFunction("glu"); id < Catalogue().size(); ++id) {
    for (const GateResult which : kGateResults) {
      const double error = GreatestQuickError(
          AllTruths().inputs(), 0x1p-382,
          [&](Grade grade, double b) { return EvaluateGate(PlaceInKind(id), grade, which, b); });
      most = std::fmax(most, error / (kGateErrorUnits * 0x1p-52));
    }
  }
  return most;
}

TEST(MutationTest, FormulasAsWrittenKeepTheirPromises) {
  EXPECT_LE(ExcessOfGates(), 1);
  for (const Formula& formula : AllFormulas()) {
    EXPECT_LE(formula.Excess(), 1)
        << Catalogue()[formula.id].name << " grade " << static_cast<int>(formula.grade)
        << " direction " << static_cast<int>(formula.direction);
  }
}

// The grade is part of the name; tables in segments are those of floats. By how much coefficients
// of a grade are altered: far below a unit of a float but for those of floats.
struct Alteration {
  const char* part_of_name;
  Grade grade;
  double relative;
};
constexpr Alteration kAlterations[] = {
    {"Segments", Grade::kFast, 0x1p-18},
    {"Fast", Grade::kFast, 0x1p-18},
    {"Quick", Grade::kQuick, 0x1p-28},
    {"Exp2Table", Grade::kQuick, 0x1p-38},
    {"Careful", Grade::kCareful, 0x1p-44},
    {"Certain", Grade::kCertain, 0x1p-80},
    {"LogTable", Grade::kQuick, 0x1p-28},
    // Of these half of a double's bits is used.
    {"InverseTable", Grade::kQuick, 0x1p-18},
};

const Alteration& AlterationOf(const std::string& name) {
  return *std::find_if(std::begin(kAlterations), std::end(kAlterations), [&](const Alteration& a) {
    return name.find(a.part_of_name) != std::string::npos;
  });
}

bool IsTable(const std::string& name) {
  return name.find("Segments") != std::string::npos || name.ends_with("Table");
}

TEST(MutationTest, AnAlteredCoefficientIsSeen) {
  for (const MutableCoefficients& coefficients : AllCoefficients()) {
    const std::string name = coefficients.name;
    const Alteration& alteration = AlterationOf(name);
    const bool is_table = IsTable(name);
    size_t seen = 0;
    const size_t tried = is_table ? coefficients.count : 2;
    for (size_t index = 0; index < tried; ++index) {
      coefficients.set(index, alteration.relative);
      double most = 0;
      for (const Formula& formula : AllFormulas()) {
        if (formula.grade == alteration.grade && most <= 1) most = formula.Excess();
      }
      if (alteration.grade == Grade::kQuick && most <= 1) most = ExcessOfGates();
      coefficients.set(index, 0);
      seen += most > 1 ? 1 : 0;
    }
    // Some segments of a table lie beyond where it is used, and some coefficient is taken for one.
    EXPECT_GE(seen, is_table ? tried * 3 / 4 : 1) << name;
  }
}

// Of every FAST formula at every input, one after the other.
std::vector<float> FastResults() {
  std::vector<float> results;
  for (const Formula& formula : AllFormulas()) {
    if (formula.grade != Grade::kFast) continue;
    const Params params = *ResolveParams(formula.id, {});
    for (const double x : AllTruths().inputs()) {
      const FormulaResult result =
          EvaluateFormula(formula.id, Grade::kFast, formula.direction, x, params);
      results.push_back(static_cast<float>(result.high));
    }
  }
  return results;
}

// A unit or two in the last place of a coefficient in floats is seen by hashes of results, as
// tests/accuracy/golden_hashes.json has them. In the other grades it is not, and no harm: the
// rounding test allows for far more.
TEST(MutationTest, TheLastBitsOfFloatsChangeResults) {
  const std::vector<float> as_written = FastResults();
  for (const MutableCoefficients& coefficients : AllCoefficients()) {
    const std::string name = coefficients.name;
    if (AlterationOf(name).grade != Grade::kFast) continue;
    // Of a polynomial the terms that count most.
    const size_t tried = IsTable(name) ? coefficients.count : 2;
    size_t seen = 0;
    for (size_t index = 0; index < tried; ++index) {
      coefficients.set(index, 0x1p-22);
      const std::vector<float> altered = FastResults();
      coefficients.set(index, 0);
      seen += std::memcmp(altered.data(), as_written.data(), altered.size() * sizeof(float)) != 0;
    }
    EXPECT_GE(seen, IsTable(name) ? tried * 3 / 4 : 1) << name;
  }
}

// Floats of every exponent, and as many around zero; and where of all floats errors are greatest.
std::vector<double> ManyInputs() {
  std::mt19937_64 random(6);
  std::normal_distribution<double> usual(0, 6);
  std::vector<double> inputs = {-13.285323143005371, 13.285323143005371};
  while (inputs.size() < 20000) {
    const auto any = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (std::isfinite(any)) inputs.push_back(any);
    inputs.push_back(static_cast<float>(usual(random)));
  }
  return inputs;
}

// The defaults and, of functions with parameters, some others of all sizes.
std::vector<Params> ParameterSets(FunctionId id) {
  const FunctionInfo& info = Catalogue()[id];
  std::vector<Params> sets = {*ResolveParams(id, {})};
  std::mt19937_64 random(id);
  std::normal_distribution<double> usual(0, 3);
  std::uniform_real_distribution<double> exponent(-18, 18);
  for (int set = 0; set < 12 && ParamCount(info) > 0; ++set) {
    Params params;
    for (size_t i = 0; i < ParamCount(info); ++i) {
      const double value = usual(random) * (set % 2 == 0 ? 1 : std::exp2(exponent(random)));
      const double sized = info.params[i].minimum >= 0 ? std::fabs(value) : value;
      params.values[i] = std::clamp(sized, info.params[i].minimum, info.params[i].maximum);
    }
    if (info.ordered_params) std::sort(params.values.begin(), params.values.end());
    sets.push_back(params);
  }
  return sets;
}

// What the test allows anywhere, just below a power of two, and a quarter more than is found.
constexpr double kQuickRoom = 1 / (2 * 1.25);

TEST(RoundingBoundTest, QuickFormulasStayWithinIt) {
  const std::vector<double> all = ManyInputs();
  double greatest = 0;
  for (const Direction direction : kDirections) {
    for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
      std::vector<double> inputs;
      std::copy_if(all.begin(), all.end(), std::back_inserter(inputs),
                   [&](double x) { return !IsOneAsFloat(id, direction, x); });
      double most = 0;
      for (const Params& params : ParameterSets(id)) {
        // Times the greatest dy it may be a float.
        const double least = direction == Direction::kForward ? 0x1p-150 : 0x1p-278;
        const double error = GreatestQuickError(inputs, least, [&](Grade grade, double x) {
          return EvaluateFormula(id, grade, direction, x, params);
        });
        EXPECT_LT(error, kQuickBound * kQuickRoom)
            << Catalogue()[id].name << " with " << params.values[0] << ", " << params.values[1];
        most = std::fmax(most, error);
      }
      greatest = std::fmax(greatest, most);
      std::printf("%-14s %-8s 2^%.1f of the result, %.4f of the bound\n", Catalogue()[id].name,
                  std::string(Name(direction)).c_str(), std::log2(most), most / kQuickBound);
    }
  }
  RecordProperty("share_of_bound", std::to_string(greatest / kQuickBound));
}

// Floats down to where even the greatest product of two floats decays, many of those where it
// nearly does, as the argument of an exponential is largest there, and of such the ones with the
// greatest errors.
std::vector<double> GateInputs() {
  std::mt19937_64 random(8);
  std::vector<double> inputs = {-14.988404273986816, -15.116641044616699, -15.334590911865234,
                                -15.43250846862793, -15.0149937};
  for (const double end : {288.0, 24.0, 15.47}) {
    std::uniform_real_distribution<double> all(-end, end);
    std::uniform_real_distribution<double> last(-end, -0.9 * end);
    for (int i = 0; i < 20000; ++i) {
      inputs.push_back(static_cast<float>(i % 2 == 0 ? all(random) : last(random)));
    }
  }
  return inputs;
}

TEST(RoundingBoundTest, QuickGatesStayWithinTheirs) {
  constexpr double kBound = kGateErrorUnits * 0x1p-52;
  const std::vector<double> inputs = GateInputs();
  for (FunctionId id = *FindFunction("glu"); id < Catalogue().size(); ++id) {
    for (const GateResult which : kGateResults) {
      const auto evaluate = [&](Grade grade, double b) {
        return EvaluateGate(PlaceInKind(id), grade, which, b);
      };
      // Times the greatest product it may be a normal float.
      const double normal = GreatestQuickError(inputs, 0x1p-382, evaluate);
      EXPECT_LT(normal, kBound * kQuickRoom) << Catalogue()[id].name;
      // Of subnormal ones all of the bound is allowed anywhere.
      const double any = GreatestQuickError(inputs, 0x1p-406, evaluate);
      EXPECT_LT(any, kBound * 2 * kQuickRoom) << Catalogue()[id].name;
      constexpr const char* kNames[] = {"forward", "by a", "by b"};
      std::printf("%-14s %-8s 2^%.1f of the result, %.4f of the bound, %.4f if subnormal\n",
                  Catalogue()[id].name, kNames[static_cast<int>(which)], std::log2(normal),
                  normal / kBound, any / kBound);
    }
  }
}

}  // namespace
}  // namespace activation::accuracy
