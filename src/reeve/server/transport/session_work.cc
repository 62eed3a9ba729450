// Calls that may take long: handed to another thread, and taken back.

#include <exception>
#include <string>
#include <utility>

#include "reeve/base/log.h"
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
  if (source_ != nullptr) {
    MakePiece();
  } else if (stream_ != nullptr) {
    CallEnd();
  } else if (match_.route->open) {
    long_call_->body = Open(long_call_->request, long_call_->response);
  } else {
    Call(long_call_->request, long_call_->response);
  }
}

void Session::Worked() {
  if (source_ != nullptr) {
    TakePiece();
  } else if (stream_ != nullptr) {
    AnswerEnd();
  } else {
    TakeAnswer();
  }
  Advance();
}

void Session::TakeAnswer() {
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
    DropLongCall();
  }
}

void Session::DropLongCall() {
  if (long_call_ != nullptr) context_.shared.long_calls.fetch_sub(1, std::memory_order_relaxed);
  long_call_.reset();
}

void Session::BeginSource(std::shared_ptr<BodySource> body) {
  const std::uint64_t length = body->length();
  const int status = context_.thread.response.status;
  source_ =
      std::make_unique<Source>(Source{.body = std::move(body), .status = status, .left = length});
  state_ = State::kSource;
}

// One piece at a time: the next is made when the last is gone.
bool Session::NextSource() {
  if (waiting() > 0) return Want(Wants::kFlush);
  if (context_.shared.max_long_calls > 0) return Want(Wants::kWork);
  MakePiece();
  TakePiece();
  return true;
}

void Session::MakePiece() const {
  try {
    source_->outcome = source_->body->Next(source_->piece);
  } catch (const std::exception& e) {
    source_->outcome = Status::Internal(e.what());
  }
}

void Session::TakePiece() {
  Source& source = *source_;
  if (source.outcome.ok() && (source.piece.empty() || source.piece.size() > source.left))
    source.outcome = Status::Internal("a piece of the answer has the wrong size");
  if (!source.outcome.ok()) {
    Log(LogLevel::kError,
        "request " + id_ + " to " + match_.route->label + ": " + source.outcome.message());
    // Its head is out: only a connection that breaks off tells that the rest will not come.
    EndSource(500);
    return Close(false);
  }
  source.left -= source.piece.size();
  bytes_out_ += source.piece.size();
  body_out_.swap(source.piece);
  source.piece.clear();
  if (source.left > 0) return;
  EndSource(source.status);
  if (!keep_alive_) Close(false);
}

void Session::EndSource(int status) {
  source_.reset();
  state_ = State::kHead;
  // What another request left there is none of this one's.
  context_.thread.response.headers.clear();
  Finish(status);
  DropRequest();
}

}  // namespace reeve::server
