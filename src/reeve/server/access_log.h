#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::server {

/// What is told of one request. Views live until Append returns.
struct AccessEntry {
  /// Milliseconds since 1970, when its head was complete.
  std::int64_t unix_ms = 0;
  std::string_view request_id;
  std::string_view peer;
  std::string_view method;
  /// Without the query: its values may be personal.
  std::string_view path;
  /// The route's label, "other" for none.
  std::string_view route;
  int status = 0;
  /// Bytes of the body that came and of the body that went.
  std::uint64_t bytes_in = 0, bytes_out = 0;
  /// From the complete head to the answer.
  double seconds = 0;
  /// X-Model-Version of the answer; empty: none.
  std::string_view model_version;
  /// As sent, well-formed; empty: none.
  std::string_view traceparent;
};

struct AccessLogOptions {
  enum class Format { kOff, kJson, kText };
  Format format = Format::kJson;
  /// Appended to; empty: stderr.
  std::string path = {};
  /// Labels of routes that are not told of.
  std::vector<std::string> skip_routes = {
      "/livez", "/readyz", "/ping", "/health", "/v2/health/live", "/v2/health/ready", "/metrics"};
  /// Bytes that may wait to be written, per thread; what comes beyond is dropped and counted.
  std::size_t buffer_bytes = 4u << 20;
  /// How long a line may wait.
  int flush_ms = 200;
};

/// One line per request, written behind the answers by a thread of its own.
class AccessLog {
 public:
  /// Where one thread appends: a lock that only the writer ever shares, no system call.
  class Lane {
   public:
    virtual ~Lane() = default;
    virtual void Append(const AccessEntry& entry) = 0;
  };

  /// Fails with kIo when the file cannot be opened.
  static Result<std::unique_ptr<AccessLog>> Open(const AccessLogOptions& options);
  /// Writes what is left.
  virtual ~AccessLog() = default;

  /// A lane for one thread; owned by the log. Null when the format is kOff. Thread-safe.
  virtual Lane* NewLane() = 0;
  /// Returns when everything appended so far was handed to the system. Thread-safe.
  virtual void Flush() = 0;
  /// Lines lost to full buffers and failed writes. Thread-safe.
  virtual std::uint64_t dropped() const = 0;
};

/// One line for `entry`, with its line feed, appended to `out`. REQUIRES: format is not kOff.
void AppendAccessLine(const AccessEntry& entry, AccessLogOptions::Format format, std::string& out);

}  // namespace reeve::server
