#include "tests/backends/cuda/fake_device.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <new>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/backends/cuda/run_table.h"

namespace activation::cuda {
namespace {

constexpr std::align_val_t kAlignment{256};

absl::Status Lost() { return absl::UnavailableError("the fake device is lost"); }

std::byte* New(size_t bytes) { return static_cast<std::byte*>(::operator new(bytes, kAlignment)); }

void Delete(const std::byte* memory) {
  ::operator delete(const_cast<std::byte*>(memory), kAlignment);
}

// By all fake devices.
std::mutex all_pinned_mutex;
std::map<const std::byte*, size_t> all_pinned;  // bytes by first address

// Of all jobs together.
int64_t ElementsOf(const JobTable& jobs) {
  uint64_t sum = 0;
  for (const Group& group : jobs.groups()) {
    const GroupView view = ViewOf(group, jobs.bytes().data(), nullptr);
    for (uint32_t i = 0; i < view.job_count; ++i) sum += view.jobs[i].count;
  }
  return static_cast<int64_t>(sum);
}

}  // namespace

// Operations in order, on a thread.
class FakeStream {
 public:
  explicit FakeStream(FakeDevice& device) : device_(device), thread_([this] { Work(); }) {}
  ~FakeStream() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void Add(std::function<void()> operation) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (operations_.empty()) device_.BecomeBusy();
      operations_.push_back(std::move(operation));
    }
    changed_.notify_all();
  }

  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return operations_.empty(); });
  }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ending_ || !operations_.empty(); });
      if (operations_.empty()) return;
      lock.unlock();
      device_.WaitForRelease();
      if (!device_.lost()) operations_.front()();
      lock.lock();
      operations_.pop_front();
      if (operations_.empty()) device_.BecomeIdle();
      changed_.notify_all();
    }
  }

  FakeDevice& device_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> operations_;  // the first is running
  bool ending_ = false;
  std::thread thread_;
};

FakeDevice::~FakeDevice() {
  for (const auto& [memory, bytes] : device_) {
    if (std::none_of(exported_.begin(), exported_.end(),
                     [m = memory](const auto& e) { return e.second.data() == m; })) {
      Delete(memory);
    }
  }
  const std::lock_guard<std::mutex> lock(all_pinned_mutex);
  for (const auto& [memory, bytes] : pinned_) all_pinned.erase(memory);
}

void FakeDevice::AddPinned(const std::byte* memory, size_t bytes) {
  const std::lock_guard<std::mutex> lock(all_pinned_mutex);
  all_pinned[memory] = bytes;  // its own is last: with that it is pinned
  pinned_[memory] = bytes;
}

void FakeDevice::RemovePinned(const std::byte* memory, const char* rule) {
  const std::lock_guard<std::mutex> lock(all_pinned_mutex);
  Demand(pinned_.erase(memory) == 1, rule);
  all_pinned.erase(memory);
}

bool FakeDevice::IsPinned(const void* begin, size_t bytes) {
  const std::lock_guard<std::mutex> lock(all_pinned_mutex);
  return Inside(all_pinned, begin, bytes);
}

void FakeDevice::FailNext(Call call, absl::Status status, int times) {
  const std::lock_guard<std::mutex> lock(mutex_);
  faults_[call] = {std::move(status), times};
}

void FakeDevice::Lose() {
  const std::lock_guard<std::mutex> lock(mutex_);
  BecomeLost();
}

void FakeDevice::BecomeLost() {
  lost_ = true;
  released_.notify_all();
}

void FakeDevice::Hold() {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_ = true;
}

void FakeDevice::Release() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = false;
  }
  released_.notify_all();
}

void FakeDevice::WaitForRelease() {
  std::unique_lock<std::mutex> lock(mutex_);
  released_.wait(lock, [this] { return !held_ || lost_; });
}

void FakeDevice::BecomeBusy() {
  const int busy = ++streams_busy_;
  int most = most_streams_busy_;
  while (busy > most && !most_streams_busy_.compare_exchange_weak(most, busy)) {
  }
}

bool FakeDevice::WaitForLaunches(int launches) {
  std::unique_lock<std::mutex> lock(mutex_);
  return launched_.wait_for(lock, std::chrono::minutes(1),
                            [this, launches] { return launches_ >= launches; });
}

absl::Status FakeDevice::LoadKernels() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Fault(Call::kLoadKernels);
}

std::string FakeDevice::Export(size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string handle = absl::StrCat("device ", properties_.number, " memory ", exported_.size());
  handle.resize(kIpcHandleBytes, '.');
  exported_[handle].resize(bytes);
  return handle;
}

std::byte* FakeDevice::Exported(const std::string& handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return exported_.at(handle).data();
}

size_t FakeDevice::allocated() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t sum = 0;
  for (const auto& [memory, bytes] : device_) sum += bytes;
  return sum;
}

size_t FakeDevice::pinned_ranges() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return pinned_.size();
}

std::vector<std::string> FakeDevice::violations() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return violations_;
}

bool FakeDevice::Inside(const Ranges& ranges, const void* begin, size_t bytes) {
  const auto* const first = static_cast<const std::byte*>(begin);
  const auto after = ranges.upper_bound(first);
  if (after == ranges.begin()) return false;
  const auto& [start, size] = *std::prev(after);
  const auto lead = static_cast<size_t>(first - start);
  return lead <= size && bytes <= size - lead;
}

absl::Status FakeDevice::Fault(Call call) {
  if (lost_) return Lost();
  const auto found = faults_.find(call);
  if (found == faults_.end() || found->second.second == 0) return absl::OkStatus();
  --found->second.second;
  if (absl::IsUnavailable(found->second.first)) BecomeLost();
  return found->second.first;
}

void FakeDevice::Demand(bool condition, const char* rule) {
  if (!condition) violations_.emplace_back(rule);
}

absl::StatusOr<std::byte*> FakeDevice::Allocate(size_t bytes) {
  const size_t held = allocated();
  if (lost_) return Lost();
  if (bytes > memory_bytes_ - std::min(held, memory_bytes_)) {
    return absl::ResourceExhaustedError("the fake device has no memory left");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  std::byte* const memory = New(bytes);
  device_[memory] = bytes;
  return memory;
}

absl::StatusOr<std::byte*> FakeDevice::AllocatePinned(size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (lost_) return Lost();
  std::byte* const memory = New(bytes);
  AddPinned(memory, bytes);
  return memory;
}

void FakeDevice::Free(std::byte* memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Demand(device_.erase(memory) == 1, "only allocated memory is freed");
  Delete(memory);
}

void FakeDevice::FreePinned(std::byte* memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  RemovePinned(memory, "only allocated pinned memory is freed");
  Delete(memory);
}

absl::Status FakeDevice::Pin(void* memory, size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::Status status = Fault(Call::kPin);
  if (status.ok()) AddPinned(static_cast<std::byte*>(memory), bytes);
  return status;
}

void FakeDevice::Unpin(void* memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  RemovePinned(static_cast<std::byte*>(memory), "only pinned memory is unpinned");
}

absl::StatusOr<IpcMemory> FakeDevice::OpenIpc(absl::string_view handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = Fault(Call::kOpenIpc);
  if (!status.ok()) return status;
  const auto found = exported_.find(std::string(handle));
  if (found == exported_.end()) {
    // Any fake one's handle begins so (Export).
    return absl::InvalidArgumentError(absl::StartsWith(handle, "device ")
                                          ? absl::StrCat("is memory of CUDA ", handle.substr(0, 8))
                                          : "no such memory");
  }
  std::vector<std::byte>& memory = found->second;
  device_[memory.data()] = memory.size();
  ++opens_[memory.data()];
  ++opened_;
  return IpcMemory{memory.data(), memory.size()};
}

void FakeDevice::CloseIpc(void* memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto* const opened = static_cast<std::byte*>(memory);
  const bool is_open = opens_[opened] > 0;
  Demand(is_open, "only opened memory is closed");
  if (is_open && --opens_[opened] == 0) device_.erase(opened);
  --opened_;
}

absl::StatusOr<Stream> FakeDevice::MakeStream() {
  if (lost_) return Lost();
  return static_cast<Stream>(new FakeStream(*this));
}

void FakeDevice::EndStream(Stream stream) { delete static_cast<FakeStream*>(stream); }

absl::Status FakeDevice::CopyIn(std::byte* to, const void* from, size_t bytes, Stream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::Status status = Fault(Call::kCopyIn);
  if (!status.ok()) return status;
  Demand(Inside(device_, to, bytes), "a copy in ends inside the device's memory");
  Demand(IsPinned(from, bytes), "a copy in begins in pinned memory");
  bytes_in_ += bytes;
  ++copies_in_;
  static_cast<FakeStream*>(stream)->Add([=, duration = copy_duration_] {
    absl::SleepFor(duration);
    std::memcpy(to, from, bytes);
  });
  return absl::OkStatus();
}

absl::Status FakeDevice::CopyOut(void* to, const std::byte* from, size_t bytes, Stream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::Status status = Fault(Call::kCopyOut);
  if (!status.ok()) return status;
  Demand(Inside(device_, from, bytes), "a copy out begins inside the device's memory");
  Demand(IsPinned(to, bytes), "a copy out ends in pinned memory");
  bytes_out_ += bytes;
  ++copies_out_;
  static_cast<FakeStream*>(stream)->Add([=, this, duration = copy_duration_] {
    absl::SleepFor(duration);
    DoCopyOut(to, from, bytes);
  });
  return absl::OkStatus();
}

void FakeDevice::DoCopyOut(void* to, const std::byte* from, size_t bytes) {
  if (copies_until_lost_.fetch_sub(1) > 0) {
    std::memcpy(to, from, bytes);
  } else {
    std::memset(to, 0xA5, bytes / 2);
    Lose();
  }
}

absl::Status FakeDevice::Launch(const JobTable& jobs, const std::byte* table, std::byte* scratch,
                                Stream stream) {
  size_t count = 0;
  for (const Group& group : jobs.groups()) count += group.job_count;
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::Status status = Fault(Call::kLaunch);
  if (!status.ok()) return status;
  if (count > most_jobs_) return absl::ResourceExhaustedError("no memory for so large a launch");
  Demand(Inside(device_, table, jobs.bytes().size()), "a table lies in the device's memory");
  Demand(Inside(device_, scratch, jobs.scratch_bytes()), "scratch lies in the device's memory");
  ++launches_;
  launched_.notify_all();
  most_jobs_launched_ = std::max<size_t>(most_jobs_launched_, count);
  const int64_t elements = ElementsOf(jobs);
  most_elements_launched_ =
      std::max<uint64_t>(most_elements_launched_, static_cast<uint64_t>(elements));
  absl::Duration duration = element_duration_ * elements;
  if (launches_ % 3 == 0) duration += third_launch_delay_;
  static_cast<FakeStream*>(stream)->Add([=, computes = computes_] {
    absl::SleepFor(duration);
    if (computes) RunTable(jobs, table, scratch);
  });
  return absl::OkStatus();
}

absl::Status FakeDevice::Synchronize(Stream stream) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const absl::Status status = Fault(Call::kSynchronize);
    Demand(status.ok() || absl::IsUnavailable(status), "nothing but a loss ends a wait");
  }
  static_cast<FakeStream*>(stream)->Wait();
  return lost_ ? Lost() : absl::OkStatus();
}

}  // namespace activation::cuda
