#include "reeve/tracking/process_mark.h"

#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr std::uint64_t kMaxProcBytes = 1 << 16;

// Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and parentheses.
std::string StartTicks(const std::string& pid) {
  const Result<std::string> stat =
      FileSystem::System().Read("/proc/" + pid + "/stat", kMaxProcBytes);
  if (!stat.ok()) return "";
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos) return "";
  const std::vector<std::string> fields =
      Split(Trim(std::string_view(*stat).substr(name_end + 1)), ' ');
  constexpr std::size_t kStartTime = 19;  // counted from field 3
  return fields.size() > kStartTime ? fields[kStartTime] : "";
}

std::string BootId() {
  const Result<std::string> id =
      FileSystem::System().Read("/proc/sys/kernel/random/boot_id", kMaxProcBytes);
  return id.ok() ? std::string(Trim(*id)) : "";
}

}  // namespace

std::string CurrentProcessMark() {
  const std::string pid = std::to_string(::getpid());
  return pid + ":" + StartTicks(pid) + ":" + BootId();
}

bool IsAlive(const std::string& mark) {
  const std::vector<std::string> parts = Split(mark, ':');
  if (parts.size() != 3 || !ParseInteger(parts[0])) return true;
  if (parts[2] != BootId()) {
    // Another boot of this machine, or another machine: only the first can be told, and it cannot
    // be told apart.
    return true;
  }
  return StartTicks(parts[0]) == parts[1];
}

Result<int> FailAbandonedRuns(Store& store) {
  constexpr std::int64_t kLookedAt = 1000;
  REEVE_ASSIGN_OR_RETURN(const std::vector<Run> runs, store.ListRuns("", kLookedAt));
  int failed = 0;
  for (const Run& run : runs) {
    const auto mark = run.tags.find(kProcessTag);
    if (run.status != RunStatus::kRunning || mark == run.tags.end() || IsAlive(mark->second))
      continue;
    REEVE_RETURN_IF_ERROR(
        store.SetTags(run.id, {{"reeve.note", "its process ended without finishing it"}}));
    REEVE_RETURN_IF_ERROR(store.EndRun(run.id, RunStatus::kFailed));
    ++failed;
  }
  return failed;
}

}  // namespace reeve::tracking
