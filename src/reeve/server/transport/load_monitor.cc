#include "reeve/server/transport/load_monitor.h"

namespace reeve::server {

bool LoadMonitor::Admit(Time now) {
  if (!probing_) {
    if (now - last_done_ > kPause) busy_since_ = now;
    if (now - busy_since_ < options_.max_wait / 20) return true;
    probing_ = probe_wanted_ = true;
    turn_ = previous_turn_ = calm_ = now;
    admitted_ = previous_admitted_ = seen_ = 0;
  }
  ++seen_;
  // Refusing makes the line short at once: that is no sign that the load is gone. Only when nothing
  // had to be refused for a while is it.
  if (overloaded_ && now - refused_ > options_.overload_after) overloaded_ = false;
  if (!overloaded_ && now - calm_ > options_.overload_after) {
    overloaded_ = true;
    refused_ = now;
  }
  if (overloaded_ && now - previous_turn_ > options_.max_wait &&
      admitted_ + previous_admitted_ >= kDepth) {
    refused_ = now;
    return false;
  }
  ++admitted_;
  return true;
}

bool LoadMonitor::TakeProbe() {
  const bool wanted = probe_wanted_;
  probe_wanted_ = false;
  return wanted;
}

void LoadMonitor::OnProbe(Time now) {
  // Nothing was ready but the probe: the line is empty, and the loop is about to sleep.
  if (seen_ == 0) {
    probing_ = false;
    busy_since_ = last_done_ = now;
    return;
  }
  if (now - turn_ < options_.max_wait / 4) calm_ = now;
  previous_turn_ = turn_;
  turn_ = now;
  previous_admitted_ = admitted_;
  admitted_ = seen_ = 0;
  last_done_ = now;
  probe_wanted_ = true;
}

}  // namespace reeve::server
