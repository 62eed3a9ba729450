#include "reeve/server/access_log.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "reeve/base/clock.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

void AppendInteger(std::uint64_t value, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// Microseconds are what a clock is good for: 0.000123.
void AppendSeconds(double seconds, std::string& out) {
  const auto micros = static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e6 + 0.5);
  AppendInteger(micros / 1'000'000, out);
  out.push_back('.');
  char digits[8];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, 1'000'000 + micros % 1'000'000).ptr;
  out.append(digits + 1, end);
}

// Whatever a client sent, a line stays one line of ASCII-safe JSON text.
void AppendEscaped(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  const bool is_utf8 = IsUtf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_utf8)) {
      out.append("\\u00").push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
}

void AppendMember(std::string_view name, std::string_view value, std::string& out) {
  out.append(",\"").append(name).append("\":\"");
  AppendEscaped(value, out);
  out.push_back('"');
}

void AppendJson(const AccessEntry& entry, std::string& out) {
  out.append("{\"time\":\"").append(FormatIsoMilliseconds(entry.unix_ms)).push_back('"');
  AppendMember("request_id", entry.request_id, out);
  AppendMember("peer", entry.peer, out);
  AppendMember("method", entry.method, out);
  AppendMember("path", entry.path, out);
  AppendMember("route", entry.route, out);
  out.append(",\"status\":");
  AppendInteger(static_cast<std::uint64_t>(entry.status), out);
  out.append(",\"bytes_in\":");
  AppendInteger(entry.bytes_in, out);
  out.append(",\"bytes_out\":");
  AppendInteger(entry.bytes_out, out);
  out.append(",\"seconds\":");
  AppendSeconds(entry.seconds, out);
  if (!entry.model_version.empty()) AppendMember("model_version", entry.model_version, out);
  if (entry.traceparent.size() >= 52) {
    AppendMember("trace_id", entry.traceparent.substr(3, 32), out);
    AppendMember("span_id", entry.traceparent.substr(36, 16), out);
  }
  out.append("}\n");
}

void AppendText(const AccessEntry& entry, std::string& out) {
  out.append(FormatIsoMilliseconds(entry.unix_ms)).push_back(' ');
  out.append(entry.peer).append(" \"");
  AppendEscaped(entry.method, out);
  out.push_back(' ');
  AppendEscaped(entry.path, out);
  out.append("\" ");
  AppendInteger(static_cast<std::uint64_t>(entry.status), out);
  out.append(" in=");
  AppendInteger(entry.bytes_in, out);
  out.append(" out=");
  AppendInteger(entry.bytes_out, out);
  out.push_back(' ');
  AppendSeconds(entry.seconds, out);
  out.append("s id=");
  AppendEscaped(entry.request_id, out);
  if (!entry.model_version.empty()) {
    out.append(" model_version=");
    AppendEscaped(entry.model_version, out);
  }
  if (!entry.traceparent.empty()) out.append(" traceparent=").append(entry.traceparent);
  out.push_back('\n');
}

// One thread's lines on their way to the writer.
class BufferedLane final : public AccessLog::Lane {
 public:
  BufferedLane(const AccessLogOptions& options, std::atomic<std::uint64_t>& dropped)
      : options_(options), dropped_(dropped) {}

  void Append(const AccessEntry& entry) override {
    const auto& skip = options_.skip_routes;
    if (std::find(skip.begin(), skip.end(), entry.route) != skip.end()) return;
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= options_.buffer_bytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    AppendAccessLine(entry, options_.format, lines_);
  }

  // Gives what is waiting in exchange for an empty buffer.
  void Take(std::string& lines) {
    lines.clear();
    const std::lock_guard lock(mutex_);
    lines_.swap(lines);
  }

 private:
  const AccessLogOptions& options_;
  std::atomic<std::uint64_t>& dropped_;
  std::mutex mutex_;
  std::string lines_;
};

class FileAccessLog final : public AccessLog {
 public:
  FileAccessLog(const AccessLogOptions& options, int file) : options_(options), file_(file) {
    writer_ = std::thread([this] { Write(); });
  }

  ~FileAccessLog() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    writer_.join();
    if (file_ != STDERR_FILENO) ::close(file_);
  }

  Lane* NewLane() override {
    const std::lock_guard lock(mutex_);
    return lanes_.emplace_back(std::make_unique<BufferedLane>(options_, dropped_)).get();
  }

  void Flush() override {
    std::unique_lock lock(mutex_);
    const auto asked = ++flushes_asked_;
    wake_.notify_all();
    flushed_.wait(lock, [&] { return flushes_done_ >= asked; });
  }

  std::uint64_t dropped() const override { return dropped_.load(std::memory_order_relaxed); }

 private:
  void Write() {
    std::string lines;
    std::unique_lock lock(mutex_);
    for (bool last = false; !last;) {
      wake_.wait_for(lock, std::chrono::milliseconds(options_.flush_ms),
                     [&] { return stopping_ || flushes_asked_ > flushes_done_; });
      last = stopping_;
      const auto asked = flushes_asked_;
      // Lanes are only ever added: an index stays good while the lock is away.
      for (std::size_t i = 0; i < lanes_.size(); ++i) {
        BufferedLane& lane = *lanes_[i];
        lock.unlock();
        lane.Take(lines);
        WriteAll(lines);
        lock.lock();
      }
      flushes_done_ = asked;
      flushed_.notify_all();
    }
  }

  void WriteAll(std::string_view lines) {
    while (!lines.empty()) {
      const auto written = ::write(file_, lines.data(), lines.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        // A full disk or a closed pipe must not stop the service.
        dropped_.fetch_add(static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n')),
                           std::memory_order_relaxed);
        return;
      }
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  const AccessLogOptions options_;
  const int file_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable wake_, flushed_;
  std::vector<std::unique_ptr<BufferedLane>> lanes_;
  std::uint64_t flushes_asked_ = 0, flushes_done_ = 0;
  bool stopping_ = false;
  std::thread writer_;
};

class NoAccessLog final : public AccessLog {
 public:
  Lane* NewLane() override { return nullptr; }
  void Flush() override {}
  std::uint64_t dropped() const override { return 0; }
};

}  // namespace

void AppendAccessLine(const AccessEntry& entry, AccessLogOptions::Format format, std::string& out) {
  if (format == AccessLogOptions::Format::kText) {
    AppendText(entry, out);
  } else {
    AppendJson(entry, out);
  }
}

Result<std::unique_ptr<AccessLog>> AccessLog::Open(const AccessLogOptions& options) {
  if (options.format == AccessLogOptions::Format::kOff) return std::make_unique<NoAccessLog>();
  int file = STDERR_FILENO;
  if (!options.path.empty()) {
    // Not for everybody's eyes: addresses of clients stand in it.
    file = ::open(options.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0) {
      return Status::Io("access log " + Quote(options.path, 200) +
                        ": cannot be opened: " + std::strerror(errno));
    }
  }
  return std::make_unique<FileAccessLog>(options, file);
}

}  // namespace reeve::server
