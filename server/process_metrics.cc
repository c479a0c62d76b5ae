#include "server/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace activation {
namespace {

using prometheus::MetricType;

void Add(const char* name, const char* help, MetricType type, double value,
         std::vector<prometheus::MetricFamily>* families) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  families->push_back({name, help, type, {metric}});
}

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

double OpenFiles() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  double count = 0;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
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
    Add("process_cpu_seconds_total", "User and system processor time.", MetricType::Counter,
        (stat[kUserTicks] + stat[kSystemTicks]) / ticks, &families);
    Add("process_start_time_seconds", "Start, in seconds since the epoch.", MetricType::Gauge,
        boot_time + stat[kStartTicks] / ticks, &families);
    Add("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge, stat[kVirtualBytes],
        &families);
    Add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
        stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE)), &families);
  }
  Add("process_open_fds", "Open file descriptors.", MetricType::Gauge, OpenFiles(), &families);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    Add("process_max_fds", "Most file descriptors.", MetricType::Gauge,
        static_cast<double>(limit.rlim_cur), &families);
  }
  return families;
}

}  // namespace activation
