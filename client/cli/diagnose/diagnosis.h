// What a diagnosis is about and what it found, one function a line. Plain values.
#ifndef ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSIS_H_
#define ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSIS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/tensor.h"
#include "src/diagnosis/figures.h"
#include "src/diagnosis/normal.h"

namespace activation::cli::diagnose {

// The inputs of all functions alike.
struct Subject {
  std::string name;  // "x.npy", "N(0, 1)"
  std::optional<diagnosis::Normal> normal{};
  // Absent: the distribution itself is diagnosed, and no sample of it.
  std::optional<Tensor> x{};
  std::string server{};  // whose statistics they are; "": of this process
};

// Below this share of the deviation a mean counts as zero.
inline constexpr double kCentred = 0.01;

struct FunctionFigures {
  std::string function;
  diagnosis::Figures figures;
  // Nanoseconds an element of f and of f', exactly rounded. Of one thread in this process; of a
  // server, those of whole calls.
  double forward_ns = 0;
  double gradient_ns = 0;

  // No mean is small beside a deviation that is infinite or not a number.
  bool centred() const;
};

struct Diagnosis {
  Subject subject;
  bool stopped_early = false;  // not every function was diagnosed
  std::vector<FunctionFigures> functions;
};

}  // namespace activation::cli::diagnose

#endif  // ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSIS_H_
