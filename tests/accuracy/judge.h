// Judges results against the truth, some inputs at a time. For f32 and narrower
// there are three levels, each for what the one before cannot tell: doubles with a
// bound on their error, double-doubles, arbitrary precision. f64 is judged in
// arbitrary precision. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_JUDGE_H_
#define ACTIVATION_TESTS_ACCURACY_JUDGE_H_

#include <map>
#include <memory>
#include <utility>

#include "tests/accuracy/block_judge.h"
#include "tests/accuracy/block_reference.h"
#include "tests/accuracy/bounded_reference.h"
#include "tests/accuracy/bounded_settle.h"
#include "tests/accuracy/exact_reference.h"
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
  ExactTruth(const Expression& formula, const Params& params) : reference_(formula, params) {}

  void Take(const JudgedInputs& inputs);
  BigFloat At(Direction direction, size_t i);
  // Looks for the first misround of the tally among these results.
  void FindFirstMisround(const Format& format, Direction direction, const double* results,
                         Tally& tally);

 private:
  double DyAt(size_t i) const { return inputs_.dy == nullptr ? 1 : inputs_.dy[i]; }

  ExactReference reference_;
  JudgedInputs inputs_{};
  // By input and direction.
  std::map<std::pair<size_t, Direction>, BigFloat> known_;
};

class NarrowJudge : public Judge {
 public:
  NarrowJudge(const SweepOptions& options, const Expression& formula);

  void Take(const JudgedInputs& inputs) override;
  void Count(Direction direction, const double* results, Tally& tally) override;

 private:
  // By doubles alone: whether they settle all that the tally asks for.
  bool CountQuickly(Direction direction, const double* results, Tally& tally);
  // By what comes after doubles.
  void CountCarefully(Direction direction, const double* results, Tally& tally);
  const DoubleDoubles& Truth(Direction direction);
  bool IsMisround(Direction direction, size_t i, double result);

  const Format format_;
  BoundedReference bounded_;
  BlockReference reference_;
  ExactTruth exact_;
  JudgedInputs inputs_{};
  // What was computed for these inputs:
  double nearest_ = 0;  // |x| of the one nearest to zero
  bool has_bounded_gradient_ = false;
  bool has_double_doubles_ = false;
  BoundedDoubles bounded_gradient_{};  // times dy
  DoubleDoubles gradient_{};           // times dy
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
