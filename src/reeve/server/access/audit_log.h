#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::server {

/// What is told of one call. Views live until Append returns.
struct AuditEntry {
  std::int64_t unix_ms = 0;
  /// The caller's name; empty: none was known.
  std::string_view user;
  /// Address and port of the other end.
  std::string_view peer;
  std::string_view method;
  /// Without the query.
  std::string_view path;
  /// What it was about: {"run", "8d2c…"}.
  const std::vector<std::pair<std::string_view, std::string>>* subjects = nullptr;
  int status = 0;
  std::string_view request_id;
};

/// One line of JSON for each call that changes something or that is refused to its caller, appended
/// to a file. A line is handed to the system whole, before its call is answered; lines of several
/// processes do not mix. Thread-safe.
class AuditLog {
 public:
  /// Makes the file, readable by its owner and group only, when it is not there. Fails with kIo.
  static Result<std::unique_ptr<AuditLog>> Open(const std::string& path);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// A line that cannot be written (a full disk) is counted and told on standard error, at most
  /// once a minute; the service goes on.
  void Append(const AuditEntry& entry);
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  AuditLog(std::string path, int file) : path_(std::move(path)), file_(file) {}
  void Lose(int error, std::int64_t unix_ms);

  const std::string path_;
  const int file_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> lost_{0};
  std::int64_t told_ms_ = 0;
  /// A line was cut off in the middle: the next one begins a line of its own.
  bool is_torn_ = false;
};

}  // namespace reeve::server
