// Calls that may take long: handed to another thread, and taken back.

#include <string>
#include <utility>

#include "reeve/server/transport/session.h"

namespace reeve::server {

bool Session::TakesLong(const Request& request) const {
  const auto& takes_long = match_.route->takes_long;
  return context_.shared.max_long_calls > 0 && takes_long && takes_long(request);
}

void Session::FillOverload() {
  context_.observer.OnRefused("overload");
  FillRefusal({429, "overloaded", "more requests than can be answered in time; try again later", "",
               "Retry-After", std::to_string(context_.limits.retry_after_seconds)});
}

bool Session::HandOver() {
  auto& calls = context_.shared.long_calls;
  if (calls.fetch_add(1, std::memory_order_relaxed) >= context_.shared.max_long_calls) {
    calls.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  long_call_ = std::make_unique<LongCall>(LongCall{context_.thread.request, {}});
  state_ = State::kWork;
  return true;
}

void Session::Work() {
  if (match_.route->open) {
    long_call_->body = Open(long_call_->request, long_call_->response);
  } else {
    Call(long_call_->request, long_call_->response);
  }
}

void Session::Worked() {
  context_.thread.response = std::move(long_call_->response);
  state_ = State::kHead;
  if (match_.route->open) {
    const bool awaited = long_call_->awaited;
    std::unique_ptr<BodyStream> body = std::move(long_call_->body);
    DropLongCall();
    BeginStream(std::move(body), awaited);
  } else {
    Answer();
    DropRequest();
  }
  Advance();
}

void Session::DropLongCall() {
  if (long_call_ != nullptr) context_.shared.long_calls.fetch_sub(1, std::memory_order_relaxed);
  long_call_.reset();
}

}  // namespace reeve::server
