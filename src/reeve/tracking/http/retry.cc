#include "reeve/tracking/http/retry.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include <time.h>

#include "reeve/base/clock.h"
#include "reeve/base/number.h"
#include "reeve/base/random.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr double kMostRetries = 10;
constexpr double kMostSeconds = 300;

// A number of the environment from 0 to `most`; `otherwise` when there is none.
Result<double> NumberVariable(const char* name, double otherwise, double most) {
  const char* const text = std::getenv(name);
  if (text == nullptr || *text == '\0') return otherwise;
  const auto number = ParseNumber(text);
  if (number && *number >= 0 && *number <= most) return *number;
  return Status::InvalidArgument(std::string(name) + " is " + Quote(text, 60) +
                                 ", expected a number from 0 to " + FormatNumber(most));
}

// In slices, so that a request to stop is seen soon.
bool Sleep(double seconds, const Cancellation& cancellation) {
  const double until = Clock::System().MonotonicSeconds() + seconds;
  for (;;) {
    const double left = until - Clock::System().MonotonicSeconds();
    if (cancellation.requested()) return false;
    if (left <= 0) return true;
    constexpr double kSlice = 0.05;
    const timespec slice = {.tv_sec = 0,
                            .tv_nsec = static_cast<long>(std::min(left, kSlice) * 1e9)};
    (void)::nanosleep(&slice, nullptr);
  }
}

}  // namespace

Result<RetryOptions> RetryOptionsFromEnvironment() {
  constexpr const char* kMost = "MLFLOW_HTTP_REQUEST_MAX_RETRIES";
  RetryOptions options;
  REEVE_ASSIGN_OR_RETURN(const double most, NumberVariable(kMost, 4, kMostRetries));
  options.most = static_cast<int>(most);
  options.at_first_contact = std::getenv(kMost) != nullptr;
  REEVE_ASSIGN_OR_RETURN(options.backoff, NumberVariable("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR",
                                                         options.backoff, kMostSeconds));
  REEVE_ASSIGN_OR_RETURN(options.jitter, NumberVariable("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER",
                                                        options.jitter, kMostSeconds));
  return options;
}

double WaitBefore(int tried, double share, double retry_after, const RetryOptions& options) {
  if (retry_after > options.longest) return -1;
  const double own = options.backoff * std::exp2(tried) + share * options.jitter;
  return std::max(retry_after, std::min(own, options.longest));
}

bool WaitForNext(int tried, double retry_after, const RetryOptions& options) {
  if (tried >= options.most) return false;
  // Not a stream of the seed: nothing that is computed depends on it.
  const double share = Random(std::random_device()()).Uniform();
  const double seconds = WaitBefore(tried, share, retry_after, options);
  if (seconds < 0) return false;
  return options.wait ? options.wait(seconds) : Sleep(seconds, *options.cancellation);
}

}  // namespace reeve::tracking
