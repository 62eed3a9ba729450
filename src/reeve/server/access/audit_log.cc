#include "reeve/server/access/audit_log.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "reeve/base/clock.h"
#include "reeve/base/log.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/json_writer.h"

namespace reeve::server {
namespace {

constexpr std::int64_t kTellEveryMs = 60'000;
// A name is as long as the caller likes; the log is not.
constexpr std::size_t kMostText = 512;

std::string Line(const AuditEntry& entry) {
  std::string line;
  mlflow::JsonWriter writer(line);
  const auto member = [&](std::string_view name, std::string_view text) {
    writer.Member(name, text.substr(0, kMostText));
  };
  writer.BeginObject();
  writer.Member("time", FormatIsoMilliseconds(entry.unix_ms));
  member("user", entry.user);
  member("peer", entry.peer);
  member("method", entry.method);
  member("path", entry.path);
  if (entry.subjects != nullptr) {
    for (const auto& [name, value] : *entry.subjects) member(name, value);
  }
  writer.IntegerMember("status", entry.status);
  member("request_id", entry.request_id);
  writer.EndObject();
  return line + "\n";
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::Open(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) {
    return Status::Io("audit log " + Quote(path, 200) +
                      ": cannot be opened: " + std::strerror(errno));
  }
  return std::unique_ptr<AuditLog>(new AuditLog(path, file));
}

AuditLog::~AuditLog() { ::close(file_); }

void AuditLog::Append(const AuditEntry& entry) {
  const std::string line = Line(entry);
  const std::lock_guard lock(mutex_);
  const std::string text = is_torn_ ? "\n" + line : line;
  ssize_t written = -1;
  do {
    written = ::write(file_, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(text.size())) {
    is_torn_ = false;
    return;
  }
  const int error = written < 0 ? errno : ENOSPC;
  is_torn_ = is_torn_ ? written != 1 : written > 0;
  Lose(error, entry.unix_ms);
}

void AuditLog::Lose(int error, std::int64_t unix_ms) {
  const std::uint64_t lost = lost_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (lost > 1 && unix_ms - told_ms_ < kTellEveryMs) return;
  told_ms_ = unix_ms;
  Log(LogLevel::kWarning, "audit log " + Quote(path_, 200) + ": " + std::to_string(lost) +
                              " lines could not be written: " + std::strerror(error));
}

}  // namespace reeve::server
