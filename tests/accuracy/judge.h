// Judges results against the truth, some inputs at a time: for f32 and narrower
// by the quick reference where that can tell and by arbitrary precision where it
// cannot, for f64 by arbitrary precision. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_JUDGE_H_
#define ACTIVATION_TESTS_ACCURACY_JUDGE_H_

#include <map>
#include <memory>

#include "tests/accuracy/block_judge.h"
#include "tests/accuracy/block_reference.h"
#include "tests/accuracy/expression.h"
#include "tests/accuracy/sweep.h"

namespace activation::accuracy {

// Inputs as doubles, at most kBlockLanes of them; arrays hold that many.
struct JudgedInputs {
  const double* x;
  const double* dy;  // nullptr for ones
  size_t count;
};

class Judge {
 public:
  virtual ~Judge() = default;

  // The inputs that the next results belong to; the arrays must outlive those.
  virtual void Take(const JudgedInputs& inputs) = 0;
  // Adds the errors of their results, in an array of kBlockLanes.
  virtual void Count(Direction direction, const double* results, Tally& tally) = 0;
};

// `formula` must outlive the judge.
std::unique_ptr<Judge> MakeJudge(const SweepOptions& options, const Expression& formula);

// The true values in arbitrary precision, each computed when asked for.
class ExactTruth {
 public:
  ExactTruth(const Expression& formula, const Params& params)
      : formula_(formula), params_(params) {}

  void Take(const JudgedInputs& inputs);
  BigFloat At(Direction direction, size_t i);

 private:
  const Expression& formula_;
  const Params params_;
  JudgedInputs inputs_{};
  std::map<size_t, Value<BigFloat>> known_;
};

class NarrowJudge : public Judge {
 public:
  NarrowJudge(const SweepOptions& options, const Expression& formula);

  void Take(const JudgedInputs& inputs) override;
  void Count(Direction direction, const double* results, Tally& tally) override;

 private:
  const DoubleDoubles& Truth(Direction direction) const;
  bool IsMisround(Direction direction, size_t i, double result);

  const Format format_;
  BlockReference reference_;
  ExactTruth exact_;
  JudgedInputs inputs_{};
  DoubleDoubles gradient_{};  // times dy
  BlockErrors errors_{};
};

class WideJudge : public Judge {
 public:
  WideJudge(const SweepOptions& options, const Expression& formula);

  void Take(const JudgedInputs& inputs) override;
  void Count(Direction direction, const double* results, Tally& tally) override;

 private:
  const Format format_;
  ExactTruth exact_;
  JudgedInputs inputs_{};
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_JUDGE_H_
