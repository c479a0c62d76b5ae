// Compares a block of results with the correctly rounded ones. Equal bits cost
// next to nothing; of the others the error is first estimated from the rounded
// reference, and only those that may be the largest are measured by the true
// value.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_JUDGE_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_JUDGE_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "tests/accuracy/atlas/tally.h"
#include "tests/accuracy/atlas/task.h"

namespace activation::atlas {

// `count` finite inputs, a peer's results and the correctly rounded ones, all of
// the task's dtype.
struct JudgedBlock {
  const void* x;
  const void* results;
  const void* expected;
  size_t count;
};

// As Reference::TrueValues.
using TrueValues = std::function<void(const double* x, double* out, size_t count)>;

// Judges the results of one peer in one task, block by block. Thread-compatible.
class Judge {
 public:
  Judge(const Task& task, TrueValues truth);

  // Adds a block to the tally and returns the block's own. The largest errors of
  // the tally are exact; those of a block without any of them are taken from some
  // thousands of its results, should more be candidates.
  Tally Add(const JudgedBlock& block);

  const Tally& tally() const { return tally_; }

 private:
  // A result that is not the expected number, neither of them NaN.
  struct Suspect {
    size_t index;
    double least;  // its error is between these
    double most;
  };

  template <DType kDType>
  Tally Measure(const JudgedBlock& block);
  // Counts the differences, and notes what may be the largest.
  template <DType kDType>
  Tally CountAll(const JudgedBlock& block);
  // Takes neighbours for suspects: each, or where a greater error is known some.
  void SuspectNeighbours();
  // Counts the difference at `index` and notes it as a suspect.
  template <DType kDType>
  void Count(const JudgedBlock& block, size_t index, Tally& tally);
  // The largest error of suspects, where one above `known` is certainly found.
  template <DType kDType>
  Worst FindWorst(const JudgedBlock& block, const std::vector<Suspect>& suspects,
                  double known) const;

  const Task task_;
  const FreeInputs free_;
  const bool none_is_free_;
  const TrueValues truth_;
  Tally tally_;
  std::vector<uint32_t> neighbours_;  // indices of what is wrong by one place
  std::vector<Suspect> suspects_;
  std::vector<Suspect> normal_suspects_;  // those of them that are normal numbers
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_JUDGE_H_
