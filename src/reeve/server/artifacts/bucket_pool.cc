#include "reeve/server/artifacts/bucket_pool.h"

#include <utility>

namespace reeve::server {

Status BucketPool::Do(const std::function<Status(tracking::ObjectBucket&)>& ask) {
  return Call<bool>([&](tracking::ObjectBucket& bucket) -> Result<bool> {
           REEVE_RETURN_IF_ERROR(ask(bucket));
           return true;
         })
      .status();
}

Result<std::unique_ptr<tracking::ObjectBucket>> BucketPool::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto bucket = std::move(idle_.back());
      idle_.pop_back();
      return bucket;
    }
  }
  return open_();
}

void BucketPool::Give(std::unique_ptr<tracking::ObjectBucket> bucket) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(bucket));
}

}  // namespace reeve::server
