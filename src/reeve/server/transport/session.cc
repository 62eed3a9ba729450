#include "reeve/server/transport/session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "reeve/base/clock.h"
#include "reeve/base/log.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

// Room for a head and a small body; enough for one row.
constexpr std::size_t kFirstRead = 4 << 10;
// How much is read at a time when more is known to come.
constexpr std::size_t kRead = 64 << 10;
// Bodies up to that size are read over to keep the connection of a refused request.
constexpr std::uint64_t kDiscardable = 64 << 10;
// Bodies up to that size are not counted as memory in use.
constexpr std::size_t kUncounted = 64 << 10;
constexpr std::size_t kReserveStep = 1 << 20;
// Output beyond that is sent before more is made.
constexpr std::size_t kFlushAt = 64 << 10;
// Smaller bodies are copied behind their heads: one piece is cheaper to send than two.
constexpr std::size_t kCopyBelow = 16 << 10;
// Streams: bytes given at a time, and bytes gathered before they become a chunk.
constexpr std::size_t kPiece = 64 << 10;
constexpr std::size_t kChunk = 16 << 10;
// Buffers larger than that are given back after use.
constexpr std::size_t kKeepResponse = 1 << 20;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void Reset(Response& response) {
  response.status = 200;
  response.content_type.assign("application/json");
  response.headers.clear();
  response.body.clear();
  if (response.body.capacity() > kKeepResponse) std::string().swap(response.body);
  response.file.reset();
  response.source.reset();
}

bool IsContinue(std::string_view expect) { return ToLower(Trim(expect)) == "100-continue"; }

std::string_view ModelVersion(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "X-Model-Version") return value;
  }
  return {};
}

}  // namespace

// An answer that grows with its request.
struct Session::Stream {
  std::unique_ptr<BodyStream> body;
  Response head;
  // What the stream said and no chunk holds yet.
  std::string piece;
  // The stream let the answer begin.
  bool ready = false;
  bool head_sent = false;
  Framing framing = Framing::kChunked;
  // Its end threw.
  bool failed = false;
};

Session::Session(SessionContext& context, std::string_view peer)
    : context_(context), peer_(peer), in_(context.thread.buffers), idle_since_(Clock::now()) {
  deadline_ = idle_since_ + Seconds(context_.limits.idle_seconds);
}

Session::~Session() {
  // The client is gone. 499 as nginx made known: no answer was sent, and it was not our doing.
  if (open_) Finish(499);
}

Session::Clock::duration Session::Seconds(double seconds) const {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

std::span<char> Session::Space(bool are_there) {
  if (state_ == State::kBody) return in_.Space(static_cast<std::size_t>(left_) - in_.size());
  if (state_ == State::kHead)
    return in_.Space(are_there && idle() ? std::max(kFirstRead, expected_) : kFirstRead);
  return in_.Space(kRead).first(kRead);
}

void Session::Received(std::size_t count) {
  in_.Commit(count);
  Advance();
}

void Session::SetDeadline() {
  if (state_ == State::kHead) {
    // Between requests the deadline is that of Finish, which knows the time already.
    if (in_.size() > 0 && !head_started_) {
      head_started_ = true;
      deadline_ = Clock::now() + Seconds(context_.limits.head_seconds);
    }
    return;
  }
  const auto& limits = context_.limits;
  const auto now = Clock::now();
  context_.thread.load.Done(now);
  const double received = static_cast<double>(bytes_in_) +
                          (state_ == State::kBody ? static_cast<double>(in_.size()) : 0);
  const auto by_rate =
      started_ + Seconds(limits.idle_seconds + received / std::max(limits.min_body_rate, 1.0));
  // While nothing is read because the client does not read either, its silence is no fault.
  deadline_ = backlogged() ? now + Seconds(limits.idle_seconds)
                           : std::min(now + Seconds(limits.idle_seconds), by_rate);
}

void Session::Ended() {
  switch (state_) {
    case State::kHead:
      if (in_.size() > 0) {
        RefuseHead(400, "malformed_request", "the connection ended within a request's head",
                   "malformed");
      }
      return Close(false);
    case State::kBody:
    case State::kChunks:
    case State::kStream:
      keep_alive_ = false;
      Refuse({400, "malformed_request", "the connection ended within the body", "malformed"});
      return Close(false);
    case State::kWork:
    case State::kSource:
    case State::kDiscard:
    case State::kClosing:
      return Close(false);
  }
}

void Session::TimedOut() {
  switch (state_) {
    case State::kHead:
      if (in_.size() == 0) return Close(false);
      RefuseHead(408, "timeout", "the request's head took too long", "timeout");
      return Advance();
    case State::kBody:
    case State::kChunks:
    case State::kStream:
      keep_alive_ = false;
      Refuse({408, "timeout", "the request's body took too long", "timeout"});
      return Advance();
    case State::kWork:
    case State::kSource:
    case State::kDiscard:
    case State::kClosing:
      return Close(false);
  }
}

void Session::Advance() {
  for (bool more = true; more;) {
    switch (state_) {
      case State::kHead:
        more = NextHead();
        break;
      case State::kBody:
        more = NextBody();
        break;
      case State::kChunks:
        more = NextChunks();
        break;
      case State::kStream:
        more = NextStream();
        break;
      case State::kWork:
        more = Want(Wants::kWork);
        break;
      case State::kSource:
        more = NextSource();
        break;
      case State::kDiscard:
        more = NextDiscard();
        break;
      case State::kClosing:
        more = Want(linger_ || in_.size() > 0 ? Wants::kLinger : Wants::kClose);
        break;
    }
  }
  if (wants_ == Wants::kInput) SetDeadline();
}

bool Session::NextHead() {
  // Pipelined requests wait until what was answered before them is on its way.
  if (waiting() >= kFlushAt || !body_out_.empty() || file_out_ != nullptr) {
    return Want(Wants::kFlush);
  }
  // RFC 9112 asks to read over empty lines in front of a request.
  while (scanned_ == 0 && in_.bytes().starts_with("\r\n")) in_.Consume(2);
  if (in_.size() == 0 || in_.bytes() == "\r") return Want(Wants::kInput);
  const HeadLimits limits{context_.limits.max_header, context_.limits.max_header_fields};
  switch (ReadHead(in_.bytes(), limits, scanned_, head_)) {
    case HeadOutcome::kNeedMore:
      // Whoever is slow with a head has no large buffer meanwhile.
      in_.Shrink(BufferStock::kSmall);
      return Want(Wants::kInput);
    case HeadOutcome::kComplete:
      Begin();
      return true;
    case HeadOutcome::kMalformed:
      RefuseHead(400, "malformed_request", "this is no well-formed HTTP/1.1 request", "malformed");
      return true;
    case HeadOutcome::kTooLarge:
      RefuseHead(431, "header_too_large",
                 "the request's line and headers are larger than " +
                     std::to_string(context_.limits.max_header) + " bytes or more than " +
                     std::to_string(context_.limits.max_header_fields) + " fields",
                 "header_too_large");
      return true;
    case HeadOutcome::kUnknownCoding:
      RefuseHead(501, "unknown_transfer_coding",
                 "the only Transfer-Encoding that is understood is \"chunked\"", "malformed");
      return true;
    case HeadOutcome::kUnknownVersion:
      RefuseHead(505, "unknown_version", "HTTP/1.1 and HTTP/1.0 are spoken here", "malformed");
      return true;
  }
  return false;
}

void Session::Begin() {
  scanned_ = 0;
  head_started_ = false;
  head_bytes_ = in_.bytes().substr(0, head_.size);
  started_ = Clock::now();
  open_ = true;
  bytes_in_ = bytes_out_ = 0;
  left_ = head_.content_length.value_or(0);
  context_.observer.OnRequestBegin();
  const auto given = HeadText(head_.request_id);
  if (RequestIds::IsSound(given)) {
    id_.assign(given);
  } else {
    context_.thread.ids.Next(id_);
  }
  if (head_.traceparent.size > 0 && !IsTraceparent(HeadText(head_.traceparent))) {
    head_.traceparent = {};
  }
  keep_alive_ = head_.keep_alive;
  const auto method = HeadText(head_.method);
  is_head_ = method == "HEAD";
  context_.router.Match(method, HeadText(head_.target), match_);
  if (!RefuseByRoute() && !RefuseByBody() && !RefuseByLoad()) Dispatch();
}

bool Session::RefuseByRoute() {
  switch (match_.kind) {
    case RouteMatch::Kind::kFound:
      break;
    case RouteMatch::Kind::kBadPath:
      Refuse({400, "bad_path", "the request's target is no well-formed path", "malformed"});
      return true;
    case RouteMatch::Kind::kNotFound:
      Refuse({404, "not_found", "there is nothing at " + Quote(match_.path)});
      return true;
    case RouteMatch::Kind::kMethodNotAllowed:
      Refuse({405, "method_not_allowed",
              Quote(match_.path) + " answers to " + std::string(match_.allow) + " only", "",
              "Allow", match_.allow});
      return true;
  }
  if (context_.authenticator == nullptr) return false;
  switch (context_.authenticator->Check(HeadText(head_.authorization), match_.route->role)) {
    case Authenticator::Verdict::kAllowed:
      return false;
    case Authenticator::Verdict::kMissing:
      Refuse({401, "unauthorized", "a token is needed: Authorization: Bearer TOKEN", "unauthorized",
              "WWW-Authenticate", "Bearer realm=\"reeve\""});
      return true;
    case Authenticator::Verdict::kUnknown:
      Refuse({401, "unauthorized", "the token is not known", "unauthorized", "WWW-Authenticate",
              "Bearer realm=\"reeve\", error=\"invalid_token\""});
      return true;
    case Authenticator::Verdict::kForbidden:
      Refuse({403, "forbidden", "the token's role does not cover this path", "unauthorized"});
      return true;
  }
  return false;
}

bool Session::RefuseByLoad() {
  const auto& limits = context_.limits;
  // Probes and metrics are cheap and tell of the overload: they are always answered.
  const bool sheds = match_.route->role == Role::kScore;
  bool admitted = !sheds || context_.thread.load.Admit(started_);
  const std::size_t body_here = in_.size() - head_.size;
  const bool waits = head_.chunked || left_ > body_here || match_.route->open != nullptr;
  if (admitted && waits) {
    auto& in_flight = context_.shared.in_flight;
    holds_slot_ = true;
    admitted = in_flight.fetch_add(1, std::memory_order_relaxed) < limits.max_in_flight;
    const bool gathered = !head_.chunked && match_.route->open == nullptr;
    if (admitted && gathered && left_ > kUncounted) {
      admitted = Reserve(static_cast<std::size_t>(left_));
    }
  }
  if (admitted) return false;
  Refuse({429, "overloaded", "more requests than can be answered in time; try again later",
          "overload", "Retry-After", std::to_string(limits.retry_after_seconds)});
  return true;
}

bool Session::RefuseByBody() {
  if (head_.expect.size > 0 && !IsContinue(HeadText(head_.expect))) {
    Refuse({417, "unknown_expectation", "the only expectation that is met is 100-continue",
            "malformed"});
    return true;
  }
  const auto coding = HeadText(head_.content_encoding);
  if (!coding.empty() && ToLower(coding) != "identity") {
    // Nothing here unpacks: a few kilobytes could become gigabytes.
    Refuse({415, "unsupported_content_encoding", "bodies are taken unpacked only", "",
            "Accept-Encoding", "identity"});
    return true;
  }
  const Route& route = *match_.route;
  std::uint64_t limit = route.max_body;
  if (limit == 0) limit = route.open ? UINT64_MAX : context_.limits.max_body;
  if (left_ <= limit) return false;
  Refuse({413, "body_too_large", "the body is larger than " + std::to_string(limit) + " bytes",
          "body_too_large"});
  return true;
}

// The input buffer is about to move: what is still needed of the head moves out of it.
void Session::KeepHead() {
  kept_head_.assign(head_bytes_);
  head_bytes_ = kept_head_;
  in_.Consume(head_.size);
  context_.router.Match(HeadText(head_.method), HeadText(head_.target), match_);
}

void Session::Dispatch() {
  const std::string_view bytes = in_.bytes().substr(head_.size);
  const bool streamed = match_.route->open != nullptr;
  if (!streamed && !head_.chunked && left_ <= bytes.size()) {
    const auto length = static_cast<std::size_t>(left_);
    bytes_in_ = length;
    held_ = head_.size + length;
    return Handle(bytes.substr(0, length));
  }
  const bool awaited =
      head_.expect.size > 0 && bytes.empty() && !head_.is_1_0 && (head_.chunked || left_ > 0);
  KeepHead();
  chunks_.Reset();
  if (streamed) return OpenStream(awaited);
  state_ = head_.chunked ? State::kChunks : State::kBody;
  if (awaited) out_.append(kContinue);
}

bool Session::NextBody() {
  const auto length = static_cast<std::size_t>(left_);
  if (in_.size() < length) return Want(Wants::kInput);
  bytes_in_ = length;
  held_ = length;
  state_ = State::kHead;
  Handle(in_.bytes().substr(0, length));
  return true;
}

bool Session::NextChunks() {
  const std::uint64_t limit =
      match_.route->max_body > 0 ? match_.route->max_body : context_.limits.max_body;
  for (;;) {
    std::size_t used = 0;
    std::string_view data;
    const auto outcome = chunks_.Next(in_.bytes(), used, data);
    if (outcome == ChunkDecoder::Outcome::kData) {
      bytes_in_ += data.size();
      if (bytes_in_ > limit) {
        Refuse({413, "body_too_large",
                "the body is larger than " + std::to_string(limit) + " bytes", "body_too_large"});
        return true;
      }
      const std::size_t size = chunked_body_.size() + data.size();
      if (size > kUncounted && size > reserved_ && !Reserve(std::max(kReserveStep, size))) {
        Refuse({429, "overloaded", "more requests than can be answered in time; try again later",
                "overload", "Retry-After", std::to_string(context_.limits.retry_after_seconds)});
        return true;
      }
      chunked_body_.append(data);
    }
    in_.Consume(used);
    if (outcome == ChunkDecoder::Outcome::kNeedMore) return Want(Wants::kInput);
    if (outcome == ChunkDecoder::Outcome::kMalformed) {
      Refuse({400, "malformed_request", "the chunks of the body are malformed", "malformed"});
      return true;
    }
    if (outcome == ChunkDecoder::Outcome::kEnd) break;
  }
  chunked_body_.reserve(chunked_body_.size() + Request::kBodyPadding);
  state_ = State::kHead;
  Handle(chunked_body_);
  return true;
}

bool Session::NextDiscard() {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in_.size()));
  in_.Consume(count);
  left_ -= count;
  if (left_ > 0) return Want(Wants::kInput);
  state_ = State::kHead;
  return true;
}

void Session::FillRequest(std::string_view body) {
  Request& request = context_.thread.request;
  request.method = HeadText(head_.method);
  request.path = match_.path;
  request.query = match_.query;
  request.headers.clear();
  for (const auto& field : head_.fields) {
    request.headers.emplace_back(HeadText(field.name), HeadText(field.value));
  }
  request.path_params.assign(match_.params.begin(), match_.params.end());
  request.body = body;
  request.request_id = id_;
  request.traceparent = HeadText(head_.traceparent);
  request.peer = peer_;
}

void Session::Handle(std::string_view body) {
  FillRequest(body);
  const Request& request = context_.thread.request;
  if (TakesLong(request)) {
    if (HandOver()) return;
    FillOverload();
  } else {
    Call(request, context_.thread.response);
  }
  Answer();
  DropRequest();
}

// Once it is answered for good: the log still reads its head.
void Session::DropRequest() {
  if (source_ != nullptr) return;
  // Bodies of one kind differ a little.
  const std::uint64_t size = (head_.size + bytes_in_) / 8 * 9;
  expected_ =
      size > BufferStock::kSmall ? std::min<std::uint64_t>(size, BufferStock::kMostKept) : 0;
  in_.Consume(std::exchange(held_, 0));
  if (in_.size() == 0) in_.Shrink(BufferStock::kSmall);
  chunked_body_.clear();
  if (chunked_body_.capacity() > kUncounted) std::string().swap(chunked_body_);
}

// Maybe on another thread: reads what stays as it is until the call is over.
void Session::Call(const Request& request, Response& response) const {
  Reset(response);
  try {
    match_.route->handle(request, response);
  } catch (const std::exception& e) {
    FillFailure(e, response);
  }
}

// The same, for what opens a stream.
std::unique_ptr<BodyStream> Session::Open(const Request& request, Response& response) const {
  Reset(response);
  try {
    return match_.route->open(request, response);
  } catch (const std::exception& e) {
    FillFailure(e, response);
    return nullptr;
  }
}

void Session::FillFailure(const std::exception& failure, Response& response) const {
  Log(LogLevel::kError, "request " + id_ + " to " + match_.route->label + ": " + failure.what());
  Reset(response);
  response.status = 500;
  response.body = (*match_.error_body)(500, "internal", "the request failed on the server");
}

void Session::OpenStream(bool awaited) {
  FillRequest({});
  const Request& request = context_.thread.request;
  if (!TakesLong(request)) return BeginStream(Open(request, context_.thread.response), awaited);
  if (HandOver()) {
    long_call_->awaited = awaited;
    return;
  }
  FillOverload();
  AnswerEarly();
}

void Session::BeginStream(std::unique_ptr<BodyStream> body, bool awaited) {
  if (body == nullptr) return AnswerEarly();
  stream_ = std::make_unique<Stream>();
  stream_->body = std::move(body);
  stream_->head = context_.thread.response;
  stream_->framing = head_.is_1_0 ? Framing::kUntilClose : Framing::kChunked;
  state_ = State::kStream;
  if (awaited) out_.append(kContinue);
}

void Session::EmitPiece() {
  Stream& stream = *stream_;
  if (stream.piece.empty() || !stream.ready) return;
  if (!stream.head_sent) {
    stream.head_sent = true;
    if (stream.framing == Framing::kUntilClose || draining()) keep_alive_ = false;
    AppendAnswerHead(stream.head, Facts(stream.framing, 0), out_);
  }
  bytes_out_ += stream.piece.size();
  if (!is_head_) {
    if (stream.framing == Framing::kChunked) {
      AppendChunk(stream.piece, out_);
    } else {
      out_.append(stream.piece);
    }
  }
  stream.piece.clear();
}

void Session::FailStream() {
  // Once the head is out, only a connection that breaks off tells the client that the answer is
  // not whole.
  const bool head_sent = stream_->head_sent;
  stream_.reset();
  Response& response = context_.thread.response;
  Reset(response);
  response.status = 500;
  if (head_sent) {
    Finish(500);
    return Close(false);
  }
  response.body = (*match_.error_body)(500, "internal", "the request failed on the server");
  AnswerEarly();
}

void Session::FeedStream(std::string_view bytes) {
  bytes_in_ += bytes.size();
  try {
    stream_->body->OnBytes(bytes, stream_->piece);
  } catch (const std::exception& e) {
    Log(LogLevel::kError, "request " + id_ + " to " + match_.route->label + ": " + e.what());
    return FailStream();
  }
  if (ReadyStream() && stream_->piece.size() >= kChunk) EmitPiece();
}

// Whether the answer may begin. False also when the stream refused the request, which is answered
// then.
bool Session::ReadyStream() {
  Stream& stream = *stream_;
  if (stream.ready) return true;
  stream.ready = stream.body->Ready(stream.head);
  if (!stream.ready || stream.head.status < 400) return stream.ready;
  context_.thread.response = std::move(stream.head);
  stream_.reset();
  AnswerEarly();
  return false;
}

void Session::EndStream() {
  if (stream_->body->EndTakesLong() && context_.shared.max_long_calls > 0) {
    context_.shared.long_calls.fetch_add(1, std::memory_order_relaxed);
    long_call_ = std::make_unique<LongCall>();
    state_ = State::kWork;
    return;
  }
  CallEnd();
  AnswerEnd();
}

void Session::CallEnd() const {
  try {
    stream_->body->OnEnd(stream_->piece);
  } catch (const std::exception& e) {
    Log(LogLevel::kError, "request " + id_ + " to " + match_.route->label + ": " + e.what());
    stream_->failed = true;
  }
}

void Session::AnswerEnd() {
  state_ = State::kHead;
  if (stream_->failed) return FailStream();
  if (!ReadyStream()) {
    if (stream_ != nullptr) FailStream();  // a mistake of the stream's: it never said what to do
    return;
  }
  Response& response = context_.thread.response;
  if (!stream_->head_sent) {
    // All of it is here: then its length is known after all.
    response = std::move(stream_->head);
    response.body = std::move(stream_->piece);
    stream_.reset();
    return Answer();
  }
  EmitPiece();
  if (stream_->framing == Framing::kChunked && !is_head_) out_.append("0\r\n\r\n");
  response = std::move(stream_->head);
  stream_.reset();
  Finish(response.status);
  if (!keep_alive_) Close(false);
}

bool Session::NextStream() {
  const std::uint64_t limit = match_.route->max_body > 0 ? match_.route->max_body : UINT64_MAX;
  while (state_ == State::kStream) {
    if (!head_.chunked && left_ == 0) {
      EndStream();
      return true;
    }
    if (out_.size() - sent_ >= kFlushAt || backlogged()) return Want(Wants::kFlush);
    std::size_t used = 0;
    std::string_view data;
    auto outcome = ChunkDecoder::Outcome::kNeedMore;
    if (head_.chunked) {
      outcome = chunks_.Next(in_.bytes().substr(0, kPiece), used, data);
    } else if (in_.size() > 0) {
      used = static_cast<std::size_t>(std::min<std::uint64_t>({left_, in_.size(), kPiece}));
      data = in_.bytes().substr(0, used);
      left_ -= used;
      outcome = ChunkDecoder::Outcome::kData;
    }
    if (outcome == ChunkDecoder::Outcome::kData) {
      if (bytes_in_ + data.size() > limit) {
        Refuse({413, "body_too_large",
                "the body is larger than " + std::to_string(limit) + " bytes", "body_too_large"});
        return true;
      }
      FeedStream(data);
    }
    in_.Consume(used);
    if (outcome == ChunkDecoder::Outcome::kEnd) {
      EndStream();
      return true;
    }
    if (outcome == ChunkDecoder::Outcome::kMalformed) {
      Refuse({400, "malformed_request", "the chunks of the body are malformed", "malformed"});
      return true;
    }
    if (outcome == ChunkDecoder::Outcome::kNeedMore && in_.size() == 0) {
      EmitPiece();
      return Want(Wants::kInput);
    }
  }
  return true;
}

void Session::Refuse(const Refusal& refusal) {
  if (!refusal.reason.empty()) context_.observer.OnRefused(refusal.reason);
  Response& response = context_.thread.response;
  if (stream_ != nullptr && stream_->head_sent) {
    stream_.reset();
    Reset(response);
    Finish(refusal.status);
    return Close(false);
  }
  stream_.reset();
  FillRefusal(refusal);
  AnswerEarly();
}

void Session::FillRefusal(const Refusal& refusal) {
  Response& response = context_.thread.response;
  Reset(response);
  response.status = refusal.status;
  if (!refusal.header.empty()) response.headers.emplace_back(refusal.header, refusal.header_value);
  response.body = (*match_.error_body)(refusal.status, refusal.code, refusal.message);
}

void Session::AnswerEarly() {
  // Head bytes lie in the input until they were kept aside.
  const bool in_input = !in_.bytes().empty() && head_bytes_.data() == in_.bytes().data();
  const bool has_body = head_.chunked || left_ > 0;
  const bool skips = !head_.chunked && left_ <= kDiscardable && head_.expect.size == 0 &&
                     (state_ == State::kHead || state_ == State::kStream);
  if (has_body && !skips) keep_alive_ = false;
  state_ = State::kHead;
  Answer();
  if (in_input) in_.Consume(head_.size);
  if (state_ == State::kClosing) {
    linger_ = has_body || in_.size() > 0;
  } else if (has_body) {
    state_ = State::kDiscard;
  }
}

void Session::RefuseHead(int status, std::string_view code, std::string_view message,
                         std::string_view reason) {
  context_.observer.OnRefused(reason);
  context_.thread.ids.Next(id_);
  head_ = RequestHead();
  head_bytes_ = {};
  match_ = RouteMatch();
  is_head_ = keep_alive_ = false;
  started_ = Clock::now();
  bytes_in_ = bytes_out_ = 0;
  Response& response = context_.thread.response;
  Reset(response);
  response.status = status;
  response.body = ServiceErrorBody(status, code, message);
  Answer();
  linger_ = true;
}

AnswerFacts Session::Facts(Framing framing, std::uint64_t length) const {
  return {framing,     length,      id_, HeadText(head_.traceparent), context_.thread.date_line,
          keep_alive_, head_.is_1_0};
}

// Sends the thread's response as the whole answer.
void Session::Answer() {
  Response& response = context_.thread.response;
  const bool has_body = response.status != 204 && response.status != 304;
  if (draining()) keep_alive_ = false;
  const auto file = std::move(response.file);
  auto source = std::move(response.source);
  const std::uint64_t length = source != nullptr ? source->length()
                               : file != nullptr ? file->length()
                                                 : response.body.size();
  AppendAnswerHead(response, Facts(Framing::kLength, length), out_);
  if (has_body && !is_head_) {
    if (source != nullptr && length > 0) return BeginSource(std::move(source));
    bytes_out_ = length;
    if (file != nullptr) {
      if (length > 0) file_out_ = file;
    } else if (response.body.size() < kCopyBelow || !body_out_.empty()) {
      out_.append(response.body);
    } else {
      body_out_.swap(response.body);
    }
  }
  Finish(response.status);
  if (!keep_alive_) Close(false);
}

void Session::Finish(int status) {
  const auto now = Clock::now();
  context_.thread.load.Done(now);
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const Route* route = match_.route;
  const std::string_view label = route == nullptr ? "other" : std::string_view(route->label);
  if (open_) {
    open_ = false;
    context_.observer.OnRequestEnd(
        {.route = label,
         .method = route == nullptr ? "other" : std::string_view(route->method),
         .status = status,
         .seconds = seconds,
         .bytes_in = bytes_in_,
         .bytes_out = bytes_out_});
  }
  if (context_.thread.access_log != nullptr) {
    AccessEntry entry;
    entry.unix_ms = reeve::Clock::System().NowMs() - static_cast<std::int64_t>(seconds * 1e3);
    entry.request_id = id_;
    entry.peer = peer_;
    entry.method = head_bytes_.empty() ? "-" : HeadText(head_.method);
    entry.path = head_bytes_.empty() ? "-" : match_.path;
    entry.route = label;
    entry.status = status;
    entry.bytes_in = bytes_in_;
    entry.bytes_out = bytes_out_;
    entry.seconds = seconds;
    if (status != 499) entry.model_version = ModelVersion(context_.thread.response);
    entry.traceparent = HeadText(head_.traceparent);
    context_.thread.access_log->Append(entry);
  }
  ReleaseAll();
  idle_since_ = now;
  deadline_ = now + Seconds(context_.limits.idle_seconds);
}

void Session::Close(bool linger) {
  state_ = State::kClosing;
  linger_ = linger;
  wants_ = linger ? Wants::kLinger : Wants::kClose;
}

bool Session::Reserve(std::size_t bytes) {
  reserved_ += bytes;
  return context_.shared.buffered.fetch_add(bytes, std::memory_order_relaxed) + bytes <=
         context_.limits.max_buffered;
}

void Session::ReleaseAll() {
  if (holds_slot_) context_.shared.in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (reserved_ > 0) context_.shared.buffered.fetch_sub(reserved_, std::memory_order_relaxed);
  DropLongCall();
  holds_slot_ = false;
  reserved_ = 0;
}

}  // namespace reeve::server
