// activation-atlas: sweeps other people's activation functions and writes, as
// JSON lines, how far their results are from the correctly rounded ones.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/accuracy/atlas/peers.h"
#include "tests/accuracy/atlas/records.h"
#include "tests/accuracy/atlas/sweep.h"
#include "tests/accuracy/atlas/worker_peer.h"

namespace activation::atlas {
namespace {

struct Choice {
  std::string python;
  std::string workers = ACTIVATION_ATLAS_WORKERS;
  std::vector<std::string> peers;
  std::string subject;
  std::string direction;
  std::string dtype;
  int log_samples = 32;
  std::string state;
  bool own = false;
};

// Scripts of workers/ and their modes.
constexpr const char* kWorkers[] = {"torch_worker.py default", "torch_worker.py wide",
                                    "onnxruntime_worker.py default", "jax_worker.py default"};

std::vector<std::unique_ptr<Peer>> PeersOf(const Choice& choice) {
  std::vector<std::unique_ptr<Peer>> peers;
  if (choice.own) {
    if (auto own = MakeOwnPeer(); own != nullptr) peers.push_back(std::move(own));
    return peers;
  }
  peers = LinkedPeers();
  if (choice.python.empty()) return peers;
  for (const char* worker : kWorkers) {
    std::vector<std::string> command = absl::StrSplit(worker, ' ');
    command[0] = absl::StrCat(choice.workers, "/", command[0]);
    command.insert(command.begin(), {choice.python, "-B"});
    auto peer = StartWorker(command);
    if (peer.ok()) {
      peers.push_back(*std::move(peer));
    } else {
      std::fprintf(stderr, "activation-atlas: without %s: %s\n", worker,
                   peer.status().ToString().c_str());
    }
  }
  return peers;
}

bool IsChosen(const std::string& choice, absl::string_view name) {
  return choice.empty() || choice == name;
}

// Peers are chosen as "SLEEF" or "SLEEF u10".
bool IsChosen(const std::vector<std::string>& choice, const PeerInfo& peer) {
  return choice.empty() || absl::c_linear_search(choice, peer.library) ||
         absl::c_linear_search(choice, absl::StrCat(peer.library, " ", peer.mode));
}

std::vector<Task> TasksOf(const Choice& choice) {
  std::vector<Task> tasks;
  for (const DType dtype : kAtlasDTypes) {
    for (const Case& subject : AllCases()) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        if (IsChosen(choice.subject, subject.name) && IsChosen(choice.dtype, Name(dtype)) &&
            IsChosen(choice.direction, Name(direction))) {
          tasks.push_back({&subject, direction, dtype});
        }
      }
    }
  }
  return tasks;
}

absl::Status RunTask(const Task& task, uint64_t samples,
                     const std::vector<std::unique_ptr<Peer>>& peers, Records& records) {
  const Inputs inputs(task.dtype, samples);
  std::vector<const Peer*> who;
  std::vector<Contender> contenders;
  for (const auto& peer : peers) {
    if (records.Has(peer->info(), task, inputs)) continue;
    auto function = peer->Find(task);
    if (function == nullptr) continue;
    who.push_back(peer.get());
    contenders.push_back({std::move(function), {}, absl::OkStatus()});
  }
  if (who.empty()) return absl::OkStatus();
  const auto begin = std::chrono::steady_clock::now();
  Sweep(task, inputs, absl::MakeSpan(contenders));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::fprintf(stderr, "%-32s %zu peers %7.1f s:", NameOf(task).c_str(), who.size(), took.count());
  for (size_t i = 0; i < who.size(); ++i) {
    const PeerInfo& info = who[i]->info();
    std::fprintf(stderr, " %s %s %.1f", info.library.c_str(), info.mode.c_str(),
                 contenders[i].findings.seconds);
    if (!contenders[i].status.ok()) {
      std::fprintf(stderr, " (%s)", contenders[i].status.ToString().c_str());
      continue;
    }
    absl::Status status = records.Append(info, task, inputs, contenders[i]);
    if (!status.ok()) return status;
  }
  std::fputc('\n', stderr);
  return absl::OkStatus();
}

absl::Status Run(const Choice& choice) {
  Records records;
  if (!choice.state.empty()) {
    if (absl::Status status = records.Open(choice.state); !status.ok()) return status;
  }
  std::vector<std::unique_ptr<Peer>> peers;
  for (auto& peer : PeersOf(choice)) {
    if (IsChosen(choice.peers, peer->info())) peers.push_back(std::move(peer));
  }
  if (peers.empty()) return absl::NotFoundError("no such peer on this machine");
  for (const Task& task : TasksOf(choice)) {
    absl::Status status = RunTask(task, uint64_t{1} << choice.log_samples, peers, records);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

constexpr char kHelp[] =
    "Sweeps other libraries' activation functions and writes, one JSON object a line, how far "
    "their\nresults are from the correctly rounded ones. One thread.\n";

void AddOptions(CLI::App& app, Choice& choice) {
  app.add_option("--python", choice.python,
                 "interpreter of an environment with torch, onnxruntime or jax; without it only "
                 "libraries linked in");
  app.add_option("--workers", choice.workers, "folder of the scripts for it")
      ->capture_default_str();
  app.add_option("--peer", choice.peers,
                 "only this library, or this library in one mode as in \"SLEEF u10\"; repeatable");
  app.add_option("--function", choice.subject, "only this function");
  app.add_option("--direction", choice.direction, "only forward or gradient");
  app.add_option("--dtype", choice.dtype, "only f32, f16 or bf16");
  app.add_option("--log-samples", choice.log_samples,
                 "f32 inputs: 2 to this power, spread evenly over all bit patterns; 32 is all")
      ->check(CLI::Range(12, 32))
      ->capture_default_str();
  app.add_option("--state", choice.state,
                 "file that the results are added to; what is in it is not measured again");
  app.add_flag("--own", choice.own,
               "our own kernels of another instruction set instead of other libraries");
}

}  // namespace
}  // namespace activation::atlas

int main(int argc, char** argv) {
  // OpenMP reads this when the program is loaded, so it is loaded again.
  if (std::getenv("OMP_NUM_THREADS") == nullptr) {
    setenv("OMP_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);
  }
  CLI::App app{activation::atlas::kHelp};
  activation::atlas::Choice choice;
  activation::atlas::AddOptions(app, choice);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = activation::atlas::Run(choice);
  if (status.ok()) return 0;
  std::fprintf(stderr, "activation-atlas: %s\n", std::string(status.message()).c_str());
  return 1;
}
