#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/object_bucket.h"

namespace reeve::server {

/// Connections to one bucket: a tracking::ObjectBucket makes one call after the other, and a server
/// has many at once. As many are open as were ever in use together. Thread-safe.
class BucketPool {
 public:
  using Open = std::function<Result<std::unique_ptr<tracking::ObjectBucket>>()>;

  explicit BucketPool(Open open) : open_(std::move(open)) {}

  /// Calls `ask` with a connection that nobody else has, and returns what it gives. A connection
  /// over which something failed is not used again: the next one reads the key anew, which may have
  /// been exchanged.
  template <typename T>
  Result<T> Call(const std::function<Result<T>(tracking::ObjectBucket&)>& ask) {
    REEVE_ASSIGN_OR_RETURN(std::unique_ptr<tracking::ObjectBucket> bucket, Take());
    Result<T> result = ask(*bucket);
    if (result.ok() || result.status().code() == StatusCode::kNotFound) Give(std::move(bucket));
    return result;
  }
  /// The same for calls that give nothing.
  Status Do(const std::function<Status(tracking::ObjectBucket&)>& ask);

 private:
  Result<std::unique_ptr<tracking::ObjectBucket>> Take();
  void Give(std::unique_ptr<tracking::ObjectBucket> bucket);

  const Open open_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<tracking::ObjectBucket>> idle_;
};

}  // namespace reeve::server
