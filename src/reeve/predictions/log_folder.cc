#include "reeve/predictions/log_folder.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "reeve/base/clock.h"
#include "reeve/base/text.h"

namespace reeve::predictions {
namespace {

constexpr std::string_view kEnding = ".rlog";
constexpr std::int64_t kDayMs = 86'400'000;

bool IsDay(std::string_view name) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (name.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_digit = name[i] >= '0' && name[i] <= '9';
    if (kForm[i] == 'd' ? !is_digit : name[i] != '-') return false;
  }
  return true;
}

std::string DayOf(std::int64_t unix_ms) { return FormatIsoSeconds(unix_ms).substr(0, 10); }

}  // namespace

Result<std::vector<LogFileName>> ListLogFiles(FileSystem& files, const std::string& folder) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> days, files.List(folder));
  std::vector<LogFileName> found;
  for (const std::string& day : days) {
    if (!IsDay(day)) continue;
    // A day may be removed while it is looked at: the writer keeps order at any time.
    const Result<std::vector<std::string>> names = files.List(JoinPath(folder, day));
    if (!names.ok()) continue;
    for (const std::string& name : *names) {
      if (name.ends_with(kEnding)) found.push_back({JoinPath(day, name), day});
    }
  }
  return found;
}

LogFileName MakeLogFileName(std::int64_t unix_ms, int number) {
  std::string time;
  for (const char c : FormatIsoMilliseconds(unix_ms)) {
    if (c != '-' && c != ':') time += c;
  }
  char ending[32];
  std::snprintf(ending, sizeof ending, "-%04d", number);
  const std::string day = DayOf(unix_ms);
  return {JoinPath(day, time + ending + std::string(kEnding)), day};
}

Status RemoveOldFiles(FileSystem& files, const std::string& folder, const Retention& retention,
                      std::int64_t now_ms, const std::string& current) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<LogFileName> found, ListLogFiles(files, folder));
  std::vector<std::uint64_t> sizes;
  std::uint64_t total = 0;
  for (const LogFileName& file : found) {
    const Result<std::uint64_t> size = files.Size(JoinPath(folder, file.path));
    sizes.push_back(size.ok() ? *size : 0);
    total += sizes.back();
  }
  const std::string oldest = retention.days > 0 ? DayOf(now_ms - retention.days * kDayMs) : "";
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool is_old = found[i].day < oldest;
    const bool is_much = retention.bytes > 0 && total > retention.bytes;
    if (found[i].path == current || (!is_old && !is_much)) continue;
    REEVE_RETURN_IF_ERROR(files.Remove(JoinPath(folder, found[i].path)));
    total -= sizes[i];
    const std::string day = JoinPath(folder, found[i].day);
    const Result<std::vector<std::string>> left = files.List(day);
    if (left.ok() && left->empty()) REEVE_RETURN_IF_ERROR(files.Remove(day));
  }
  return Status::Ok();
}

Result<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& folder) {
  for (int writer = 1; writer <= kMostWriters; ++writer) {
    const std::string path = JoinPath(
        folder, writer == 1 ? "writer.lock" : "writer-" + std::to_string(writer) + ".lock");
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0)
      return Status::Io(Quote(path) + " cannot be created: " + std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      return std::unique_ptr<FolderLock>(new FolderLock(descriptor, writer));
    const int error = errno;
    ::close(descriptor);
    if (error != EWOULDBLOCK)
      return Status::Io(Quote(path) + " cannot be locked: " + std::strerror(error));
  }
  return Status::Unavailable("prediction log " + Quote(folder) + " is written by " +
                             std::to_string(kMostWriters) +
                             " other processes, the most there can be")
      .WithFix("give this one a folder of its own: --predictions-dir DIR");
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace reeve::predictions
