#include "server/pollers/idle_processors.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace activation {
namespace {

// Of a line: `cpu3 user nice system idle iowait irq softirq steal guest guest_nice`. What guests
// took is in the first two already.
constexpr int kIdle = 3, kIoWait = 4, kColumns = 8;

bool MayRunOn(const cpu_set_t& allowed, int processor) {
  return processor >= 0 && processor < CPU_SETSIZE && CPU_ISSET(processor, &allowed);
}

ProcessorTicks Now() {
  std::ifstream stat("/proc/stat");
  return ReadProcessorTicks(stat);
}

}  // namespace

ProcessorTicks ReadProcessorTicks(std::istream& stat) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof(allowed), &allowed);
  ProcessorTicks ticks;
  // The lines of processors come first, behind one of all together.
  for (std::string line; std::getline(stat, line) && absl::StartsWith(line, "cpu");) {
    std::istringstream columns(line.substr(3));
    int processor = -1;
    if (absl::StartsWith(line, "cpu ") || !(columns >> processor)) continue;
    if (!MayRunOn(allowed, processor)) continue;
    ++ticks.processors;
    uint64_t value = 0;
    for (int column = 0; column < kColumns && columns >> value; ++column) {
      ticks.all += value;
      if (column == kIdle || column == kIoWait) ticks.idle += value;
    }
  }
  return ticks;
}

void IdleProcessors::Begin() { begin_ = Now(); }

double IdleProcessors::SinceBegin() const {
  const ProcessorTicks now = Now();
  // As in a sandbox whose /proc/stat stands still.
  if (now.all <= begin_.all) return std::max(1U, std::thread::hardware_concurrency());
  // Linux's count of what was idle may go back a little.
  const uint64_t idle = std::max(now.idle, begin_.idle) - begin_.idle;
  return now.processors * static_cast<double>(idle) / static_cast<double>(now.all - begin_.all);
}

}  // namespace activation
