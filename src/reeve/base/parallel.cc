#include "reeve/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

namespace reeve {

int DefaultThreads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Status ParallelFor(int threads, std::int64_t count,
                   const std::function<Status(std::int64_t)>& task) {
  const int workers = static_cast<int>(std::min<std::int64_t>(std::max(threads, 1), count));
  if (workers <= 1) {
    for (std::int64_t i = 0; i < count; ++i) REEVE_RETURN_IF_ERROR(task(i));
    return Status::Ok();
  }
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::int64_t failed_index = count;
  Status failure;
  const auto work = [&] {
    for (std::int64_t i; !failed.load() && (i = next.fetch_add(1)) < count;) {
      Status status = task(i);
      if (status.ok()) continue;
      failed.store(true);
      const std::lock_guard lock(mutex);
      if (i < failed_index) {
        failed_index = i;
        failure = std::move(status);
      }
    }
  };
  std::vector<std::jthread> pool;
  try {
    for (int i = 1; i < workers; ++i) pool.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those there are do the work.
  }
  work();
  pool.clear();  // joins
  return failure;
}

}  // namespace reeve
