// activation-prove: sweeps inputs of every function through every instruction
// set and prints how far the results are from the truth.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_join.h"
#include "tests/accuracy/golden_hashes.h"
#include "tests/accuracy/sweep.h"

namespace activation::accuracy {
namespace {

struct Choice {
  std::string function = "all";
  std::string dtype = "all";
  // A stride of 252 patterns: more than 2^24 of them are finite.
  uint64_t samples = (uint64_t{1} << 32) / 252;
  bool every_input = false;
  bool with_dy = false;
  bool json = false;
  bool hashes = false;
};

// What golden_hashes.json is to hold.
int PrintHashes() {
  nlohmann::json all;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    all[Catalogue()[id].name] = GoldenHashes(id);
  }
  std::puts(all.dump(1).c_str());
  return 0;
}

void Print(const SweepOptions& options, const SweepResult& result, bool json) {
  std::vector<std::string> targets;
  for (const TargetTally& target : result.targets) targets.push_back(target.target);
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const Tally& tally = result.At(tier, direction);
      const std::string function = Catalogue()[options.function].name;
      if (json) {
        char hash[17];
        std::snprintf(hash, sizeof(hash), "%016" PRIx64, tally.hash);
        std::puts(nlohmann::json{{"function", function},
                                 {"direction", std::string(Name(direction))},
                                 {"dtype", std::string(Name(options.dtype))},
                                 {"tier", std::string(Name(tier))},
                                 {"dy", options.with_dy ? "random" : "absent"},
                                 {"checked", tally.checked},
                                 {"misrounds", tally.misrounds},
                                 {"max_ulp", tally.max_ulp},
                                 {"worst_x", tally.worst_x},
                                 {"hash", hash},
                                 {"targets", targets},
                                 {"target_differences", result.TargetDifferences()}}
                      .dump()
                      .c_str());
      } else {
        std::printf("%-13s %-9s %-5s %-6s %11" PRIu64 " %10" PRIu64 " %9.4f %15.8g  %016" PRIx64
                    "  %" PRIu64 "\n",
                    function.c_str(), std::string(Name(direction)).c_str(),
                    std::string(Name(options.dtype)).c_str(), std::string(Name(tier)).c_str(),
                    tally.checked, tally.misrounds, tally.max_ulp, tally.worst_x, tally.hash,
                    result.TargetDifferences());
      }
      std::fflush(stdout);
    }
  }
}

int Run(const Choice& choice) {
  if (choice.hashes) return PrintHashes();
  if (!choice.json) {
    std::printf("%-13s %-9s %-5s %-6s %11s %10s %9s %15s  %-16s  %s\n", "function", "direction",
                "dtype", "tier", "checked", "misrounds", "max ULP", "worst x", "hash",
                "differing bits");
  }
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    if (choice.function != "all" && choice.function != Catalogue()[id].name) continue;
    for (const DType dtype : kAllDTypes) {
      if (choice.dtype != "all" && choice.dtype != std::string(Name(dtype))) continue;
      SweepOptions options;
      options.function = id;
      options.params = *ResolveParams(id, {});
      options.dtype = dtype;
      options.samples = choice.every_input ? uint64_t{1} << 32 : choice.samples;
      // Every f64 is judged in arbitrary precision, which takes microseconds.
      if (dtype == DType::kF64) options.samples = std::min<uint64_t>(options.samples, 20000);
      options.with_dy = choice.with_dy;
      options.threads = static_cast<int>(std::thread::hardware_concurrency());
      Print(options, Sweep(options), choice.json);
    }
  }
  return 0;
}

}  // namespace
}  // namespace activation::accuracy

int main(int argc, char** argv) {
  using namespace activation;  // NOLINT: a main function's own shorthand
  CLI::App app{
      "Sweeps inputs of the catalogue's functions through every instruction set of this machine "
      "and prints,\n"
      "for each tier and direction, how far the results are from the true values.\n\n"
      "Examples:\n"
      "  activation-prove --function=gelu --dtype=f32\n"
      "  activation-prove --function=gelu --dtype=f32 --all    every one of 2^32 inputs\n"};
  accuracy::Choice choice;
  std::vector<std::string> functions = {"all"};
  for (const FunctionInfo& info : Catalogue()) functions.emplace_back(info.name);
  app.add_option("--function", choice.function, "function, or all")
      ->check(CLI::IsMember(functions))
      ->capture_default_str();
  app.add_option("--dtype", choice.dtype, "f32, f64, f16, bf16 or all")
      ->check(CLI::IsMember({"all", "f32", "f64", "f16", "bf16"}))
      ->capture_default_str();
  app.add_option("--samples", choice.samples, "f32 inputs, spread over all exponents")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 32))
      ->capture_default_str();
  app.add_flag("--all", choice.every_input, "every f32 input instead");
  app.add_flag("--dy", choice.with_dy, "gradients with a random dy for each input instead of ones");
  app.add_flag("--json", choice.json, "one JSON object a line");
  app.add_flag("--hashes", choice.hashes,
               "print the hashes of tests/accuracy/golden_hashes.json instead");
  CLI11_PARSE(app, argc, argv);
  return accuracy::Run(choice);
}
