#include "reeve/cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "reeve/base/clock.h"

namespace reeve::cli {
namespace {

constexpr double kSilentSeconds = 2;
constexpr int kBarWidth = 30;

}  // namespace

Progress::Progress(bool enabled)
    : enabled_(enabled && ::isatty(STDERR_FILENO) == 1),
      started_(Clock::System().MonotonicSeconds()) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::Update(std::int64_t done, std::int64_t total) {
  const std::lock_guard lock(mutex_);
  if (!enabled_ || total <= 0 || Clock::System().MonotonicSeconds() - started_ < kSilentSeconds)
    return;
  const int filled = static_cast<int>(std::min<std::int64_t>(kBarWidth, done * kBarWidth / total));
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(kBarWidth - filled), '.');
  std::fprintf(stderr, "\r[%s] %lld of %lld fits", bar.c_str(), static_cast<long long>(done),
               static_cast<long long>(total));
  drawn_ = true;
}

}  // namespace reeve::cli
