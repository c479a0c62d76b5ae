// A device made of this host's memory and a thread a stream, which fails as it is told
// to. It is strict where a real one is silent: a copy from memory that is not pinned, or
// into memory that was not allocated, is a violation. What one pins is pinned for all. A copy out
// that a loss interrupts leaves rubbish behind, as a real one may. Thread-safe.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_FAKE_DEVICE_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_FAKE_DEVICE_H_

#include <atomic>
#include <condition_variable>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "src/backends/cuda/device.h"

namespace activation::cuda {

class FakeStream;

class FakeDevice : public Device {
 public:
  enum class Call { kLoadKernels, kCopyIn, kLaunch, kCopyOut, kSynchronize, kPin, kOpenIpc };

  explicit FakeDevice(size_t memory_bytes = size_t{1} << 30, int number = 0)
      : memory_bytes_(memory_bytes), properties_{"Fake", number} {}
  ~FakeDevice() override;

  // The next `times` of these calls fail, without an effect. Synchronize fails as it does of a lost
  // device alone: before what was queued has happened, which then never does.
  void FailNext(Call call, absl::Status status, int times = 1);
  // Launches of more jobs than that find no memory.
  void LimitLaunch(size_t jobs) { most_jobs_ = jobs; }
  // Every copy takes so long, and every launch so long an element.
  void SlowDown(absl::Duration copy, absl::Duration element) {
    copy_duration_ = copy;
    element_duration_ = element;
  }
  // One launch of three takes so much longer than the others.
  void DelayEveryThirdLaunch(absl::Duration delay) { third_launch_delay_ = delay; }
  // Launches take the time that they are told, however slow this machine is, and leave their
  // outputs as they are.
  void ComputeNothing() { computes_ = false; }
  // Lost from now on, whatever is running.
  void Lose();
  // Lost in the middle of the copy out that comes after so many others.
  void LoseAtCopyOut(int copies) { copies_until_lost_ = copies; }
  // Streams stop before their next operation until Release(), or a loss.
  void Hold();
  void Release();

  // Memory of another process, by the handle that it would send.
  std::string Export(size_t bytes);
  std::byte* Exported(const std::string& handle);

  // What was done so far.
  int launches() const { return launches_; }
  size_t most_jobs_launched() const { return most_jobs_launched_; }
  uint64_t most_elements_launched() const { return most_elements_launched_; }
  // Streams that had something to do at once.
  int most_streams_busy() const { return most_streams_busy_; }
  // Whether so many launches have been queued, within a minute.
  bool WaitForLaunches(int launches);
  int copies_in() const { return copies_in_; }
  int copies_out() const { return copies_out_; }
  size_t bytes_in() const { return bytes_in_; }
  size_t bytes_out() const { return bytes_out_; }
  size_t allocated() const;
  size_t pinned_ranges() const;
  size_t opened() const { return opened_; }
  // Of the rules above; empty where there are none.
  std::vector<std::string> violations() const;

  const DeviceProperties& properties() const override { return properties_; }
  absl::Status LoadKernels() override;
  absl::StatusOr<std::byte*> Allocate(size_t bytes) override;
  absl::StatusOr<std::byte*> AllocatePinned(size_t bytes) override;
  void Free(std::byte* memory) override;
  void FreePinned(std::byte* memory) override;
  absl::Status Pin(void* memory, size_t bytes) override;
  void Unpin(void* memory) override;
  absl::StatusOr<IpcMemory> OpenIpc(absl::string_view handle) override;
  void CloseIpc(void* memory) override;
  absl::StatusOr<Stream> MakeStream() override;
  void EndStream(Stream stream) override;
  absl::Status CopyIn(std::byte* to, const void* from, size_t bytes, Stream stream) override;
  absl::Status CopyOut(void* to, const std::byte* from, size_t bytes, Stream stream) override;
  absl::Status Launch(const JobTable& jobs, const std::byte* table, std::byte* scratch,
                      Stream stream) override;
  absl::Status Synchronize(Stream stream) override;

 private:
  friend class FakeStream;

  using Ranges = std::map<const std::byte*, size_t>;  // bytes by first address

  static bool Inside(const Ranges& ranges, const void* begin, size_t bytes);
  // These to be called with the lock. After the first a stream ends what it is at and begins
  // nothing any more.
  void BecomeLost();
  absl::Status Fault(Call call);
  void Demand(bool condition, const char* rule);
  void AddPinned(const std::byte* memory, size_t bytes);
  void RemovePinned(const std::byte* memory, const char* rule);
  // By any fake device.
  static bool IsPinned(const void* begin, size_t bytes);

  // Where the device is not lost.
  void WaitForRelease();
  // A stream has something to do, or nothing any more.
  void BecomeBusy();
  void BecomeIdle() { --streams_busy_; }
  bool lost() const { return lost_; }
  void DoCopyOut(void* to, const std::byte* from, size_t bytes);

  const size_t memory_bytes_;
  const DeviceProperties properties_;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  std::condition_variable launched_;
  bool held_ = false;  // guarded by mutex_, like all up to the atomics
  Ranges device_;
  Ranges pinned_;  // by this one
  std::map<std::string, std::vector<std::byte>> exported_;
  std::map<const std::byte*, int> opens_;  // of exported memory
  std::map<Call, std::pair<absl::Status, int>> faults_;
  std::vector<std::string> violations_;
  absl::Duration copy_duration_;
  absl::Duration element_duration_;
  absl::Duration third_launch_delay_;
  bool computes_ = true;
  std::atomic<bool> lost_{false};
  std::atomic<size_t> most_jobs_{std::numeric_limits<size_t>::max()};
  std::atomic<int> copies_until_lost_{std::numeric_limits<int>::max()};
  std::atomic<int> launches_{0};
  std::atomic<size_t> most_jobs_launched_{0};
  std::atomic<uint64_t> most_elements_launched_{0};
  std::atomic<int> streams_busy_{0};
  std::atomic<int> most_streams_busy_{0};
  std::atomic<int> copies_in_{0};
  std::atomic<int> copies_out_{0};
  std::atomic<size_t> bytes_in_{0};
  std::atomic<size_t> bytes_out_{0};
  std::atomic<size_t> opened_{0};
};

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_FAKE_DEVICE_H_
