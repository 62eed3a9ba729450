#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve {

/// What kind of failure a Status reports. The command line maps these to exit codes, the server to
/// HTTP statuses; nothing else does.
enum class StatusCode {
  kOk = 0,
  /// The caller asked for something that makes no sense: an unknown flag, column, metric. Exit 2.
  kInvalidArgument,
  /// The data are at fault: malformed, nothing to learn from, contract broken. Exit 3.
  kInvalidData,
  /// A required quality or a gate was not met. Exit 4.
  kRequirementUnmet,
  /// A file, model, run or version that does not exist. Exit 1.
  kNotFound,
  /// Something exists that must not be overwritten. Exit 1.
  kAlreadyExists,
  /// Reading or writing failed: permissions, full disk, broken pipe. Exit 1.
  kIo,
  /// A store that is locked, unreachable or of an unknown kind. Exit 1.
  kUnavailable,
  /// Bytes that are not what they claim to be: a damaged bundle, a foreign file. Exit 1.
  kCorrupt,
  /// The user or the system asked to stop (SIGINT, SIGTERM). Exit 130 or 143.
  kCancelled,
  /// A mistake of ours or of a library. Exit 1.
  kInternal,
};

/// The outcome of an operation that returns no value.
///
/// A failed status has one line of message ("where: what was found, what was expected") and any
/// number of fixes, each something the reader can do or paste. Cheap to move, safe to copy.
/// Thread-compatible.
class [[nodiscard]] Status {
 public:
  /// Success.
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }
  static Status InvalidArgument(std::string message) {
    return {StatusCode::kInvalidArgument, std::move(message)};
  }
  static Status InvalidData(std::string message) {
    return {StatusCode::kInvalidData, std::move(message)};
  }
  static Status RequirementUnmet(std::string message) {
    return {StatusCode::kRequirementUnmet, std::move(message)};
  }
  static Status NotFound(std::string message) {
    return {StatusCode::kNotFound, std::move(message)};
  }
  static Status AlreadyExists(std::string message) {
    return {StatusCode::kAlreadyExists, std::move(message)};
  }
  static Status Io(std::string message) { return {StatusCode::kIo, std::move(message)}; }
  static Status Unavailable(std::string message) {
    return {StatusCode::kUnavailable, std::move(message)};
  }
  static Status Corrupt(std::string message) { return {StatusCode::kCorrupt, std::move(message)}; }
  static Status Cancelled(std::string message) {
    return {StatusCode::kCancelled, std::move(message)};
  }
  static Status Internal(std::string message) {
    return {StatusCode::kInternal, std::move(message)};
  }

  /// Adds one thing the reader can do about it; returns *this so that calls chain.
  Status&& WithFix(std::string fix) && {
    fixes_.push_back(std::move(fix));
    return std::move(*this);
  }
  /// Puts "context: " before the message, as an error travels outwards. No-op on success.
  Status&& WithContext(std::string_view context) && {
    if (!ok()) message_ = std::string(context) + ": " + message_;
    return std::move(*this);
  }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<std::string>& fixes() const { return fixes_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
  std::vector<std::string> fixes_;
};

/// "invalid_data" and the like: the `code` member of a JSON error.
std::string_view StatusCodeName(StatusCode code);

}  // namespace reeve

#define REEVE_CONCAT_INNER_(a, b) a##b
#define REEVE_CONCAT_(a, b) REEVE_CONCAT_INNER_(a, b)

/// Returns from the enclosing function (which returns Status or Result) when `expr` is not ok.
#define REEVE_RETURN_IF_ERROR(expr)                                  \
  do {                                                               \
    ::reeve::Status REEVE_CONCAT_(reeve_status_, __LINE__) = (expr); \
    if (!REEVE_CONCAT_(reeve_status_, __LINE__).ok()) {              \
      return REEVE_CONCAT_(reeve_status_, __LINE__);                 \
    }                                                                \
  } while (false)
