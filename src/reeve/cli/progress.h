#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace reeve::cli {

/// A bar on standard error: only on a terminal, only after two seconds, cleared at the end.
/// Thread-safe.
class Progress {
 public:
  explicit Progress(bool enabled);
  ~Progress();
  void Update(std::int64_t done, std::int64_t total);

 private:
  std::mutex mutex_;
  bool enabled_;
  bool drawn_ = false;
  double started_;
};

}  // namespace reeve::cli
