#include "server/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

#include "server/metric_family.h"

namespace activation {
namespace {

// Fields of /proc/self/stat from the third on; the second, the command in
// parentheses, may hold spaces and is skipped.
std::vector<double> ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t end_of_command = text.rfind(')');
  if (end_of_command == std::string::npos) return {};
  std::istringstream rest(text.substr(end_of_command + 1));
  std::string state;
  rest >> state;
  std::vector<double> fields{0};
  for (double value = 0; rest >> value;) fields.push_back(value);
  return fields;
}

double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("btime ", 0) == 0) return std::stod(line.substr(6));
  }
  return 0;
}

// Nothing where there is no descriptor left to look with.
std::optional<double> OpenFiles() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  double count = 0;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  if (error) return std::nullopt;
  // The directory itself is open while it is read.
  return count - 1;
}

}  // namespace

std::vector<prometheus::MetricFamily> CollectProcessMetrics() {
  // Places in the list above of fields 14, 15, 22, 23 and 24 of proc(5).
  constexpr size_t kUserTicks = 11, kSystemTicks = 12, kStartTicks = 19, kVirtualBytes = 20;
  constexpr size_t kResidentPages = 21;
  static const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const double boot_time = BootTime();
  std::vector<prometheus::MetricFamily> families;
  const std::vector<double> stat = ReadStat();
  if (stat.size() > kResidentPages) {
    families.push_back(Counter("process_cpu_seconds_total", "User and system processor time.",
                               (stat[kUserTicks] + stat[kSystemTicks]) / ticks));
    families.push_back(Gauge("process_start_time_seconds", "Start, in seconds since the epoch.",
                             boot_time + stat[kStartTicks] / ticks));
    families.push_back(
        Gauge("process_virtual_memory_bytes", "Virtual memory.", stat[kVirtualBytes]));
    families.push_back(Gauge("process_resident_memory_bytes", "Resident memory.",
                             stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE))));
  }
  if (const std::optional<double> open = OpenFiles()) {
    families.push_back(Gauge("process_open_fds", "Open file descriptors.", *open));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.push_back(
        Gauge("process_max_fds", "Most file descriptors.", static_cast<double>(limit.rlim_cur)));
  }
  return families;
}

}  // namespace activation
