// How much of the measured time a thread had work to do: it ran, or it waited for a
// processor that others had. Used by that thread alone; its share may be read once it has
// ended.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_BUSY_METER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_BUSY_METER_H_

#include <time.h>

#include <chrono>
#include <cstdint>
#include <fstream>

namespace activation::cli {

class BusyMeter {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  explicit BusyMeter(Nanoseconds begin) : begin_(begin) {}

  // It is `now`; from the first such moment past the begin on the thread is watched.
  void At(Nanoseconds now) {
    if (watching_ || now < begin_) return;
    watching_ = true;
    begin_ = now;
    worked_before_ = ThreadTime();
  }

  // It was watched until `now`, which is past; the first such moment counts.
  void End(Nanoseconds now) {
    if (!watching_ || now <= begin_) return;
    watching_ = false;
    begin_ = Nanoseconds::max();
    share_ = std::chrono::duration<double>(ThreadTime() - worked_before_) / (now - begin_);
  }

  // 0 where nothing was watched.
  double share() const { return share_; }

 private:
  // Time on a processor and, where the kernel counts it, waiting for one.
  static Nanoseconds ThreadTime() {
    std::ifstream file("/proc/thread-self/schedstat");
    int64_t ran = 0, waited = 0;
    if (file >> ran >> waited && ran > 0) return Nanoseconds(ran + waited);
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
  }

  Nanoseconds begin_;
  Nanoseconds worked_before_{0};
  bool watching_ = false;
  double share_ = 0;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_BUSY_METER_H_
