#include "reeve/server/transport/outbox.h"

namespace reeve::server {

void Outbox::Add(Sender& sender, std::size_t bytes, Clock::time_point now) {
  if (waiting_.empty()) oldest_ = now;
  waiting_.push_back(&sender);
  bytes_ += bytes;
  if (bytes_ >= kMostBytes || now - oldest_ >= kLongWait) return Send();
  if (in_line_) return;
  in_line_ = true;
  net::post(io_, [this] {
    in_line_ = false;
    if (waiting_.size() == 1) skips_ = kSkips;
    Send();
  });
}

void Outbox::Send() {
  for (Sender* const sender : waiting_) batch_.push_back(sender->Waiting());
  batch_sender_.Send(batch_);
  for (std::size_t i = 0; i < waiting_.size(); ++i) waiting_[i]->Sent(batch_[i].result);
  batch_.clear();
  waiting_.clear();
  bytes_ = 0;
}

}  // namespace reeve::server
