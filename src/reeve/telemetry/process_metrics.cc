#include "reeve/telemetry/process_metrics.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <sstream>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include "reeve/base/file_system.h"

namespace reeve::telemetry {
namespace {

constexpr std::uint64_t kMostBytes = 1 << 20;

// The numbers of /proc/self/stat by their place in proc(5), from 3 on.
std::vector<std::string> StatFields() {
  const Result<std::string> stat = FileSystem::System().Read("/proc/self/stat", kMostBytes);
  if (!stat.ok()) return {};
  // The program's name stands in brackets and may hold anything.
  std::istringstream rest(stat->substr(std::min(stat->size(), stat->rfind(')') + 1)));
  std::vector<std::string> fields(3);
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::optional<double> BootTime() {
  const Result<std::string> stat = FileSystem::System().Read("/proc/stat", kMostBytes);
  if (!stat.ok()) return std::nullopt;
  const std::size_t at = stat->find("\nbtime ");
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(stat->c_str() + at + 7, nullptr);
}

std::optional<double> OpenFiles() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return std::nullopt;
  double count = 0;
  while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(folder);
  // Not the one that it takes to look.
  return count - 1;
}

void Add(std::vector<FamilySample>& families, const char* name, const char* help, double value) {
  const Kind kind = std::string_view(name).ends_with("_total") ? Kind::kCounter : Kind::kGauge;
  families.push_back(
      {.name = name, .help = help, .kind = kind, .samples = {{.labels = {}, .value = value}}});
}

}  // namespace

std::vector<FamilySample> ProcessMetrics() {
  std::vector<FamilySample> families;
  const std::vector<std::string> stat = StatFields();
  const auto field = [&](std::size_t place) { return std::strtod(stat[place].c_str(), nullptr); };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (stat.size() > 24) {
    Add(families, "process_cpu_seconds_total", "Time spent on the CPU, in user and system mode.",
        (field(14) + field(15)) / ticks);
    Add(families, "process_virtual_memory_bytes", "Size of the address space.", field(23));
    Add(families, "process_resident_memory_bytes", "Memory held.",
        field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    Add(families, "process_threads", "Threads of the process.", field(20));
    if (const auto boot = BootTime()) {
      Add(families, "process_start_time_seconds", "When the process began, since 1970.",
          *boot + field(22) / ticks);
    }
  }
  if (const auto open = OpenFiles())
    Add(families, "process_open_fds", "Open files and connections.", *open);
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    Add(families, "process_max_fds", "Most open files and connections that are allowed.",
        static_cast<double>(limit.rlim_cur));
  }
  return families;
}

}  // namespace reeve::telemetry
