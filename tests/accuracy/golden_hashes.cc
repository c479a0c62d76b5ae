#include "tests/accuracy/golden_hashes.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/bit_hash.h"
#include "tests/accuracy/golden_tensors.h"
#include "tests/accuracy/sweep_inputs.h"

namespace activation::accuracy {
namespace {

Params DefaultParams(FunctionId function) {
  const FunctionInfo& info = Catalogue()[function];
  Params params;
  for (size_t i = 0; i < ParamCount(info); ++i) {
    params.values[i] = info.params[i].default_value;
  }
  return params;
}

std::string Hexadecimal(uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016" PRIx64, hash);
  return text;
}

// absl::StrCat is in a library.
std::string Text(absl::string_view name) { return std::string(name); }

bool IsElementwise(FunctionId function) { return Catalogue()[function].kind == Kind::kElementwise; }

// Of a sweep of an elementwise function.
uint64_t HashOfSweep(const KernelSet& kernels, Evaluation evaluation) {
  SweepOptions options;
  options.dtype = evaluation.dtype;
  options.samples = evaluation.dtype == DType::kF64 ? 1000 : uint64_t{1} << 16;
  options.with_dy = true;
  SweepInputs inputs(options);
  std::vector<std::byte> out(kSweepBlock * SizeOf(options.dtype));
  std::vector<uint64_t> bits(kSweepBlock);
  uint64_t hash = 0;
  for (uint64_t first = 0; first < InputCount(options); first += kSweepBlock) {
    inputs.Fill(first, std::min<uint64_t>(kSweepBlock, InputCount(options) - first));
    evaluation.count = inputs.count();
    evaluation.x = inputs.x();
    if (evaluation.direction == Direction::kGradient) evaluation.dy = inputs.dy();
    evaluation.out = out.data();
    EvaluateStretch(kernels, evaluation, 0, evaluation.count);
    CopyBits(options.dtype, out.data(), evaluation.count, bits.data());
    hash += HashBits(inputs.mixed(), bits.data(), evaluation.count);
  }
  return hash;
}

// Hashes of all tiers and directions of evaluation.dtype, by their names, and of special values.
nlohmann::json HashesOfDType(const KernelSet& kernels, Evaluation evaluation) {
  nlohmann::json hashes;
  uint64_t special = 0;
  const std::string dtype = Text(Name(evaluation.dtype));
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      evaluation.tier = tier;
      evaluation.direction = direction;
      special += HashOfSpecials(kernels, evaluation);
      // Only f32 has a FAST tier of its own (evaluate.cc), and an emulator takes its time.
      if (tier == Tier::kFast && evaluation.dtype != DType::kF32) continue;
      const uint64_t hash = IsElementwise(evaluation.function) ? HashOfSweep(kernels, evaluation)
                                                               : HashOfTensors(kernels, evaluation);
      hashes[dtype + " " + Text(Name(tier)) + " " + Text(Name(direction))] = Hexadecimal(hash);
    }
  }
  hashes[dtype + " special"] = Hexadecimal(special);
  return hashes;
}

// Whether a call may ask for gradients by parameters.
bool HasParameterGradients(FunctionId function) {
  const auto& params = Catalogue()[function].params;
  return std::any_of(params.begin(), params.end(),
                     [](const ParamInfo& param) { return param.differentiable; });
}

}  // namespace

nlohmann::json GoldenHashes(const KernelSet& kernels, FunctionId function) {
  nlohmann::json hashes;
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = DefaultParams(function);
  for (const DType dtype : kAllDTypes) {
    evaluation.dtype = dtype;
    hashes.update(HashesOfDType(kernels, evaluation));
    if (IsElementwise(function) && HasParameterGradients(function)) {
      hashes[Text(Name(dtype)) + " parameters"] =
          Hexadecimal(HashOfParameterGradients(kernels, evaluation));
    }
  }
  return hashes;
}

nlohmann::json AllGoldenHashes(const KernelSet& kernels) {
  nlohmann::json all;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    all[Catalogue()[id].name] = GoldenHashes(kernels, id);
  }
  return all;
}

}  // namespace activation::accuracy
