#include "reeve/server/access/failed_logins.h"

#include <algorithm>
#include <cmath>

namespace reeve::server {

std::string_view AddressOf(std::string_view peer) {
  if (peer.starts_with('[')) return peer.substr(0, peer.find(']') + 1);
  return peer.substr(0, peer.find(':'));
}

int FailedLogins::Wait(std::string_view peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(std::string(AddressOf(peer)));
  if (found == by_address_.end() || found->second.count < limits_.most) return 0;
  const double left = found->second.since + limits_.seconds - clock_.MonotonicSeconds();
  return left <= 0 ? 0 : static_cast<int>(std::ceil(left));
}

void FailedLogins::Add(std::string_view peer) {
  const double now = clock_.MonotonicSeconds();
  const auto is_over = [&](const Failures& failures) {
    return now >= failures.since + limits_.seconds;
  };
  const std::lock_guard lock(mutex_);
  if (by_address_.size() >= limits_.most_addresses) {
    std::erase_if(by_address_, [&](const auto& entry) { return is_over(entry.second); });
    // Failures from that many addresses at once: none of them is told apart by a count.
    if (by_address_.size() >= limits_.most_addresses) by_address_.clear();
  }
  Failures& failures = by_address_[std::string(AddressOf(peer))];
  if (failures.count == 0 || is_over(failures)) failures = {.since = now, .count = 0};
  ++failures.count;
}

}  // namespace reeve::server
