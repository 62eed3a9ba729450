#include "reeve/server/slow_calls.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

namespace reeve::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSlow = std::chrono::milliseconds(1);
constexpr int kRemembered = 16;

}  // namespace

void MoveWhenSlow(Route& route) {
  // Quick calls that are still to come before the next one runs where it arrives. Nothing is known
  // of the first.
  const auto left = std::make_shared<std::atomic<int>>(kRemembered);
  route.takes_long = [left](const Request&) { return left->load(std::memory_order_relaxed) > 0; };
  route.handle = [left, next = std::move(route.handle)](const Request& request,
                                                        Response& response) {
    const Clock::time_point start = Clock::now();
    next(request, response);
    if (Clock::now() - start > kSlow) {
      left->store(kRemembered, std::memory_order_relaxed);
    } else if (const int now = left->load(std::memory_order_relaxed); now > 0) {
      // Threads that do so at once count one call less: it is a guess anyway.
      left->store(now - 1, std::memory_order_relaxed);
    }
  };
}

}  // namespace reeve::server
