#include "tests/accuracy/atlas/worker_peer.h"

#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/worker_process.h"

namespace activation::atlas {
namespace {

using nlohmann::json;

// x, and behind it the output.
constexpr size_t kRegion = kMaxBlock * sizeof(float);

class WorkerFunction : public PeerFunction {
 public:
  WorkerFunction(WorkerProcess& process, const Task& task, std::string call)
      : process_(process), task_(task), call_(std::move(call)) {}

  std::string call() const override { return call_; }

  absl::Status Evaluate(const void* x, void* out, size_t count) override {
    const size_t bytes = count * SizeOf(task_.dtype);
    std::memcpy(process_.shared(), x, bytes);
    const auto answer = process_.Ask(absl::StrCat(NameOf(task_), " ", count));
    if (!answer.ok()) return answer.status();
    if (*answer != "ok") return absl::UnavailableError(*answer);
    std::memcpy(out, process_.shared() + kRegion, bytes);
    return absl::OkStatus();
  }

 private:
  WorkerProcess& process_;
  const Task task_;
  const std::string call_;
};

class WorkerPeer : public Peer {
 public:
  // Throws json::exception where `hello` is not as it should be.
  WorkerPeer(std::unique_ptr<WorkerProcess> process, const json& hello)
      : process_(std::move(process)),
        info_{hello.at("library"), hello.at("version"), hello.at("mode"), hello.at("options")},
        calls_(hello.at("functions")) {}

  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    const auto call = calls_.find(NameOf(task));
    if (call == calls_.end()) return nullptr;
    return std::make_unique<WorkerFunction>(*process_, task, call->second);
  }

 private:
  const std::unique_ptr<WorkerProcess> process_;
  const PeerInfo info_;
  const std::map<std::string, std::string> calls_;  // by NameOf(task)
};

}  // namespace

absl::StatusOr<std::unique_ptr<Peer>> StartWorker(const std::vector<std::string>& command) try {
  auto process = WorkerProcess::Start(command, 2 * kRegion);
  if (!process.ok()) return process.status();
  const auto hello = (*process)->ReadLine();
  if (!hello.ok()) return hello.status();
  return std::make_unique<WorkerPeer>(*std::move(process), json::parse(*hello));
} catch (const json::exception& error) {
  return absl::UnavailableError(absl::StrCat("a worker's first line: ", error.what()));
}

}  // namespace activation::atlas
