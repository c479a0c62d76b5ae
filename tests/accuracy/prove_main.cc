// activation-prove: sweeps inputs of every elementwise function through every instruction
// set and prints how far the results are from the truth. Functions of the other kinds are
// kinds_test's: rows_test.cc, gated_test.cc, prelu_test.cc.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/accuracy/golden_hashes.h"
#include "tests/accuracy/prove_report.h"
#include "tests/accuracy/prove_state.h"

namespace activation::accuracy {
namespace {

struct Choice {
  std::string function = "all";
  std::string dtype = "all";
  std::string tier = "both";
  std::string direction = "both";
  // A stride of 252 patterns: more than 2^24 of them are finite.
  std::string samples = absl::StrCat(kEveryInput / 252);
  uint64_t chunk = uint64_t{1} << 28;
  std::string state;
  bool every_input = false;
  bool every_target = false;
  bool with_dy = false;
  bool profile = false;
  bool json = false;
  bool hashes = false;
};

// Of a long sweep, the scalar target computes one block in so many: on every input
// it would take more time than all the rest.
constexpr uint64_t kScalarStride = 64;
constexpr uint64_t kLongSweep = uint64_t{1} << 25;

// "1000000" or "2^28"; 0 where it is neither or too many.
uint64_t ParseSamples(const std::string& text) {
  char* end = nullptr;
  const bool power = text.rfind("2^", 0) == 0;
  const uint64_t number = std::strtoull(text.c_str() + (power ? 2 : 0), &end, 10);
  if (*end != '\0' || end == text.c_str()) return 0;
  const uint64_t samples = !power ? number : number <= 32 ? uint64_t{1} << number : 0;
  return samples <= kEveryInput ? samples : 0;
}

// What golden_hashes.json is to hold.
int PrintHashes() {
  std::puts(AllGoldenHashes(BestKernels()).dump(1).c_str());
  return 0;
}

SweepOptions OptionsOf(const Choice& choice, FunctionId id, DType dtype) {
  SweepOptions options;
  options.function = id;
  options.params = *ResolveParams(id, {});
  options.dtype = dtype;
  options.samples = choice.every_input ? kEveryInput : ParseSamples(choice.samples);
  // Every f64 is judged in arbitrary precision, which takes microseconds.
  if (dtype == DType::kF64) options.samples = std::min<uint64_t>(options.samples, 20000);
  options.with_dy = choice.with_dy;
  options.tier = ParseTier(choice.tier);
  if (choice.direction != "both") {
    options.direction = choice.direction == "forward" ? Direction::kForward : Direction::kGradient;
  }
  const bool is_long = InputCount(options) >= kLongSweep;
  if (is_long && !choice.every_target) options.scalar_stride = kScalarStride;
  options.share_kernels = is_long;
  options.profile = choice.profile;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return options;
}

std::vector<SweepOptions> SweepsOf(const Choice& choice) {
  std::vector<SweepOptions> sweeps;
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    if (choice.function != "all" && choice.function != Catalogue()[id].name) continue;
    for (const DType dtype : kAllDTypes) {
      if (choice.dtype != "all" && choice.dtype != std::string(Name(dtype))) continue;
      sweeps.push_back(OptionsOf(choice, id, dtype));
    }
  }
  return sweeps;
}

// The first of them by name, as the table marks none.
absl::Status StatusOf(std::vector<std::string> broken) {
  constexpr size_t kMostNamed = 12;
  if (broken.empty()) return absl::OkStatus();
  const size_t left = broken.size() - std::min(broken.size(), kMostNamed);
  broken.resize(broken.size() - left);
  const std::string rest = left == 0 ? "" : absl::StrCat("; and ", left, " more");
  return absl::DataLossError(
      absl::StrCat("worse than promised: ", absl::StrJoin(broken, "; "), rest));
}

// One sweep, chunk by chunk, each from the state or now.
absl::Status RunChunks(SweepOptions options, uint64_t chunk, ProveState& state, Progress& progress,
                       SweepResult& whole) {
  const uint64_t inputs = InputCount(options);
  options.progress = [&](uint64_t done) {
    progress.Add(absl::StrCat(Catalogue()[options.function].name, " ", Name(options.dtype)), done);
  };
  options.before = &whole;
  for (uint64_t first = 0; first < inputs; first += chunk) {
    const uint64_t count = std::min(chunk, inputs - first);
    if (const auto known = state.Find(options, first, count)) {
      progress.Skip(count);
      whole.Add(*known);
      continue;
    }
    const SweepResult part = SweepPart(options, first, count);
    if (absl::Status status = state.Append(options, first, count, part); !status.ok()) {
      return status;
    }
    whole.Add(part);
  }
  return absl::OkStatus();
}

absl::Status Run(const Choice& choice) {
  ProveState state;
  if (!choice.state.empty()) {
    if (absl::Status status = state.Open(choice.state); !status.ok()) return status;
  }
  std::vector<SweepOptions> sweeps = SweepsOf(choice);
  uint64_t inputs = 0;
  for (const SweepOptions& options : sweeps) inputs += InputCount(options);
  Progress progress(inputs);
  if (!choice.json) PrintTableHead();
  std::vector<std::string> broken;
  for (SweepOptions& options : sweeps) {
    SweepResult result;
    absl::Status status = RunChunks(options, choice.chunk, state, progress, result);
    progress.Clear();
    if (!status.ok()) return status;
    choice.json ? PrintJson(options, result) : PrintTable(options, result);
    for (std::string& each : BrokenPromises(options, result)) broken.push_back(std::move(each));
  }
  return StatusOf(std::move(broken));
}

constexpr char kHelp[] =
    "Sweeps inputs of every elementwise function through every instruction set of this machine "
    "and prints,\n"
    "for each tier and direction, how far the results are from the true values. The others,\n"
    "row-wise, gated and per-channel, have a test, kinds_test.\n\n"
    "Examples:\n"
    "  activation-prove --function=gelu --dtype=f32\n"
    "  activation-prove --function=gelu --dtype=f32 --all    every one of 2^32 inputs\n"
    "  activation-prove --dtype=f32 --dy --samples=2^28      random pairs of x and dy\n"
    "  activation-prove --dtype=f32 --all --state=proof.jsonl --json\n"
    "The last one can be stopped at any time: the same command goes on where it was.\n"
    "Exit code 1 where a result is worse than its tier promises (EXACT: the nearest number, f64\n"
    "within 1 ULP; FAST f32: 2 ULP forward, 4 in the gradient) or instruction sets differ: the "
    "last\n"
    "line says which. Below a row that must have no misrounds and has some is the one whose x is\n"
    "nearest to zero. 'worst x' is an input of the greatest error, which a misround need not "
    "have:\n"
    "a tie that is broken the wrong way is 0.5 ULP off, as right results may be. 'slow lane' "
    "counts the\n"
    "f32 results that EXACT computed again in two words, as one of double left their rounding "
    "open.\n";

void AddOptions(CLI::App& app, Choice& choice) {
  // Of an option given twice the last counts.
  app.option_defaults()->take_last();
  std::vector<std::string> functions = {"all"};
  for (const FunctionInfo& info : ElementwiseFunctions()) functions.emplace_back(info.name);
  const auto add = [&app](const char* name, std::string& value, const char* text,
                          const std::vector<std::string>& values) {
    app.add_option(name, value, text)->check(CLI::IsMember(values))->capture_default_str();
  };
  add("--function", choice.function, "function, or all", functions);
  add("--dtype", choice.dtype, "f32, f64, f16, bf16 or all", {"all", "f32", "f64", "f16", "bf16"});
  add("--tier", choice.tier, "exact, fast or both", {"both", "exact", "fast"});
  add("--direction", choice.direction, "forward, gradient or both",
      {"both", "forward", "gradient"});
  app.add_option("--samples", choice.samples, "f32 inputs, spread over all exponents; N or 2^N")
      ->check([](const std::string& text) {
        return ParseSamples(text) > 0 ? "" : "a number from 1 to 2^32, or 2^N";
      })
      ->capture_default_str();
  app.add_flag("--all", choice.every_input,
               "every f32 input instead; with --dy every pair of x and dy of the 16-bit types");
  app.add_flag("--every-target", choice.every_target,
               "the scalar target on every input of sweeps of 2^25 and more, too, not on one block "
               "of 4,096 in 64");
  app.add_flag("--dy,--with-dy", choice.with_dy,
               "gradients with a random dy for each input instead of ones");
  app.add_option("--state", choice.state,
                 "file of finished parts, which are not done again. It belongs to one build: "
                 "remove it when kernels change")
      ->type_name("FILE");
  app.add_option("--chunk", choice.chunk, "inputs in such a part")
      ->check(CLI::Range(uint64_t{1} << 12, kEveryInput))
      ->capture_default_str();
  app.add_flag("--profile", choice.profile,
               "with --json: also the greatest error in each of 400 ranges of x in [-20, 20)");
  app.add_flag("--json", choice.json, "one JSON object a line");
  app.add_flag("--hashes", choice.hashes,
               "print the hashes of tests/accuracy/golden_hashes.json instead");
}

}  // namespace
}  // namespace activation::accuracy

int main(int argc, char** argv) {
  using namespace activation;  // NOLINT: a main function's own shorthand
  CLI::App app{accuracy::kHelp};
  accuracy::Choice choice;
  accuracy::AddOptions(app, choice);
  CLI11_PARSE(app, argc, argv);
  if (choice.hashes) return accuracy::PrintHashes();
  const absl::Status status = accuracy::Run(choice);
  if (status.ok()) return 0;
  std::fprintf(stderr, "activation-prove: %s\n", std::string(status.message()).c_str());
  return 1;
}
