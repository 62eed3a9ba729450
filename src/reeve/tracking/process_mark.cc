#include "reeve/tracking/process_mark.h"

#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr std::uint64_t kMaxProcBytes = 1 << 16;

// When a process was started; "" when it is not there, or ended and only waits for its parent to
// ask how. Fields 3 and 22 of /proc/PID/stat; the name in field 2 may hold blanks and parentheses.
std::string StartTicks(const std::string& pid) {
  const Result<std::string> stat =
      FileSystem::System().Read("/proc/" + pid + "/stat", kMaxProcBytes);
  if (!stat.ok()) return "";
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos) return "";
  const std::vector<std::string> fields =
      Split(Trim(std::string_view(*stat).substr(name_end + 1)), ' ');
  constexpr std::size_t kStartTime = 19;  // counted from field 3
  if (fields.size() <= kStartTime || fields[0] == "Z" || fields[0] == "X") return "";
  return fields[kStartTime];
}

// The first line of a file, without a colon in it; "" when it cannot be read.
std::string Line(const std::string& path) {
  const Result<std::string> text = FileSystem::System().Read(path, kMaxProcBytes);
  if (!text.ok()) return "";
  const std::string line(Trim(*text));
  return line.find_first_of(":\n") == std::string::npos ? line : "";
}

std::string BootId() { return Line("/proc/sys/kernel/random/boot_id"); }
std::string MachineId() { return Line("/etc/machine-id"); }

// "pid:[4026531836]" without the words: which processes' numbers we share.
std::string Namespace() {
  char target[64];
  const ssize_t size = ::readlink("/proc/self/ns/pid", target, sizeof target);
  const std::string_view text(target, size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return "";
  return std::string(text.substr(open + 1, text.size() - open - 2));
}

// Linux gives the processes outside all containers this number.
constexpr std::string_view kNoContainer = "4026531836";

}  // namespace

std::string CurrentProcessMark() {
  const std::string pid = std::to_string(::getpid());
  return pid + ":" + StartTicks(pid) + ":" + BootId() + ":" + Namespace() + ":" + MachineId();
}

bool IsAlive(const std::string& mark) {
  const std::vector<std::string> parts = Split(mark, ':');
  if (parts.size() != 5 || !ParseInteger(parts[0]) || parts[1].empty()) return true;
  if (parts[3] != Namespace()) return true;
  if (parts[2] == BootId()) return StartTicks(parts[0]) == parts[1];
  // This machine before it was started again, or another one that looks alike: containers made of
  // one image have one machine id.
  return parts[3] != kNoContainer || parts[4].empty() || parts[4] != MachineId();
}

Result<int> FailAbandonedRuns(Store& store) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<Run> runs, store.ListRunning());
  int failed = 0;
  for (const Run& run : runs) {
    const auto mark = run.tags.find(kProcessTag);
    if (mark == run.tags.end() || IsAlive(mark->second)) continue;
    // It may have finished between our two looks.
    REEVE_ASSIGN_OR_RETURN(
        const bool was_running,
        store.EndIfRunning(run.id, RunStatus::kFailed,
                           {{"reeve.note", "its process ended without finishing it"}}));
    failed += was_running ? 1 : 0;
  }
  return failed;
}

}  // namespace reeve::tracking
