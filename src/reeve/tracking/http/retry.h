#pragma once

#include <functional>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"

namespace reeve::tracking {

/// When a call to a server is tried again. The wait before try n is backoff * 2^(n-1) and a random
/// part of `jitter`, so that many clients of a server that comes back do not come at once
/// (exponential backoff with jitter, Metcalfe and Boggs 1976).
struct RetryOptions {
  /// Tries after the first; 0 for none.
  int most = 0;
  /// In seconds.
  double backoff = 0.5;
  double jitter = 0.5;
  /// No wait is longer, in seconds. A server that asks for a longer one (Retry-After) is given up.
  double longest = 60;
  /// Try again also when the server has never answered: an address may be wrong, but a server may
  /// also be on its way up.
  bool at_first_contact = false;
  /// Ends waits; not owned, has to outlive the client.
  const Cancellation* cancellation = &Cancellation::Never();
  /// Waits that many seconds and returns whether to go on; empty: sleeps until it is cancelled.
  std::function<bool(double seconds)> wait = {};
};

/// From MLFLOW_HTTP_REQUEST_MAX_RETRIES, _BACKOFF_FACTOR and _BACKOFF_JITTER; without them four
/// tries, half a second, half a second. Fails with kInvalidArgument, naming the variable.
Result<RetryOptions> RetryOptionsFromEnvironment();

/// Seconds before try `tried` + 1, where `share` in [0, 1) is the random part and `retry_after`
/// what the server asked for (0: nothing). Negative when it asked for more than is granted.
double WaitBefore(int tried, double share, double retry_after, const RetryOptions& options);

/// Waits as the options say. Returns false when there is no next try.
bool WaitForNext(int tried, double retry_after, const RetryOptions& options);

}  // namespace reeve::tracking
