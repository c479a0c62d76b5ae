// activation-compare: f32 kernels beside those of other libraries in one process, in
// turns. Prints a line of JSON for each function, direction and peer that has it, for
// scripts/compare_table.py to lay out: nanoseconds an element of the peer and of both
// tiers. What the results differ in is not compared here.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "src/functions/catalogue.h"
#include "tests/benchmarks/compare/peer.h"

namespace activation {
namespace {

struct Options {
  int threads = 1;
  size_t elements = size_t{16} << 10;
  int rounds = 2000;
  std::string only_peer;
  std::string only_function;
};

Options ParseOptions(int argc, char** argv) {
  Options options;
  CLI::App app("Times kernels beside those of other libraries.");
  app.add_option("--threads", options.threads, "threads of each contender, 0 for all")
      ->capture_default_str();
  app.add_option("--elements", options.elements, "elements of a tensor, a multiple of 1,024")
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "turns of each contender")->capture_default_str();
  app.add_option("--peer", options.only_peer, "only the peer of this name, 'oneDNN'");
  app.add_option("--function", options.only_function, "only the function of this name");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  if (options.threads == 0) {
    options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  return options;
}

// Lengths of rows that row-wise functions are timed with: what a row costs beside its
// elements shows in short ones.
constexpr size_t kRowLengths[] = {64, 256, 1024};

// How far apart tensors are. A library must not lose by where they happen to lie: of each
// contender the best place counts.
constexpr size_t kPagesBetween[] = {0, 1, 2, 3, 5};

class Comparison {
 public:
  explicit Comparison(Options options)
      : options_(std::move(options)), peers_(LinkedPeers(options_.threads)) {
    std::erase_if(peers_,
                  [&](const auto& peer) { return peer->name().find(options_.only_peer) != 0; });
    for (const size_t pages : kPagesBetween) {
      places_.emplace_back(DType::kF32, options_.elements, pages);
    }
  }

  void Run() {
    for (FunctionId function = 0; function < Catalogue().size(); ++function) {
      const std::string& only = options_.only_function;
      if (!only.empty() && only != Catalogue()[function].name) continue;
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        if (Catalogue()[function].kind != Kind::kRowWise) {
          CompareFunction(function, direction);
          continue;
        }
        for (const size_t length : kRowLengths) {
          for (Tensors& tensors : places_) tensors.set_row_length(length);
          CompareFunction(function, direction);
        }
      }
    }
  }

 private:
  // Nanoseconds an element of FAST, of EXACT and of each of `who` at one place.
  std::vector<double> Time(FunctionId function, Direction direction, const std::vector<Peer*>& who,
                           Tensors& tensors) const {
    std::vector<Work> contenders;
    for (const Tier tier : {Tier::kFast, Tier::kExact}) {
      contenders.push_back(
          WorkOf(tensors.EvaluationOf(function, direction, tier), options_.threads));
    }
    for (Peer* peer : who) {
      contenders.push_back(peer->Prepare(Catalogue()[function].name, direction, tensors));
    }
    std::vector<double> times =
        Race(contenders, options_.rounds / static_cast<int>(places_.size()), options_.threads);
    for (double& time : times) time *= 1e9 / static_cast<double>(tensors.count());
    return times;
  }

  void CompareFunction(FunctionId function, Direction direction) {
    std::vector<Peer*> who;
    for (const auto& peer : peers_) {
      if (peer->Prepare(Catalogue()[function].name, direction, places_[0]) != nullptr) {
        who.push_back(peer.get());
      }
    }
    if (who.empty()) return;
    std::vector<double> least(who.size() + 2, std::numeric_limits<double>::infinity());
    for (Tensors& tensors : places_) {
      const std::vector<double> ns = Time(function, direction, who, tensors);
      std::transform(ns.begin(), ns.end(), least.begin(), least.begin(),
                     [](double a, double b) { return std::min(a, b); });
    }
    for (size_t i = 0; i < who.size(); ++i) Print(function, direction, *who[i], least, i + 2);
  }

  void Print(FunctionId function, Direction direction, const Peer& peer,
             const std::vector<double>& ns, size_t place) const {
    nlohmann::ordered_json record = {{"peer", peer.name()},
                                     {"threads", options_.threads},
                                     {"elements", options_.elements},
                                     {"function", Catalogue()[function].name},
                                     {"direction", std::string(Name(direction))},
                                     {"peer_ns", ns[place]},
                                     {"fast_ns", ns[0]},
                                     {"exact_ns", ns[1]}};
    if (Catalogue()[function].kind == Kind::kRowWise) record["row"] = places_[0].row_length();
    std::printf("%s\n", record.dump().c_str());
    std::fflush(stdout);
  }

  const Options options_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Tensors> places_;
};

// OpenMP reads its number of threads when the program is loaded, so it is loaded again.
void LoadWithThreads(int threads, char** argv) {
  const std::string wanted = std::to_string(threads);
  const char* set = std::getenv("OMP_NUM_THREADS");
  if (set != nullptr && set == wanted) return;
  setenv("OMP_NUM_THREADS", wanted.c_str(), 1);
  execv("/proc/self/exe", argv);
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  const activation::Options options = activation::ParseOptions(argc, argv);
  activation::LoadWithThreads(options.threads, argv);
  activation::Comparison(options).Run();
  return 0;
}
