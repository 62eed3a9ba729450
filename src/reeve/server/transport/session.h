#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "reeve/server/access_log.h"
#include "reeve/server/auth.h"
#include "reeve/server/http.h"
#include "reeve/server/router.h"
#include "reeve/server/transport.h"
#include "reeve/server/transport/answer_head.h"
#include "reeve/server/transport/buffer_stock.h"
#include "reeve/server/transport/chunk_decoder.h"
#include "reeve/server/transport/input_buffer.h"
#include "reeve/server/transport/load_monitor.h"
#include "reeve/server/transport/request_head.h"
#include "reeve/server/transport/request_id.h"

namespace reeve::server {

/// What all threads of a transport share.
struct SharedState {
  std::atomic<bool> draining{false};
  std::atomic<std::int64_t> in_flight{0};
  std::atomic<std::size_t> buffered{0};
  std::atomic<std::int64_t> connections{0};
  /// Calls that wait for a thread of their own or run there, and how many may; 0: there is none.
  std::atomic<std::int64_t> long_calls{0};
  std::int64_t max_long_calls = 0;
};

/// What all sessions of one thread share: they run one after the other, never at once.
struct ThreadState {
  LoadMonitor load;
  AccessLog::Lane* access_log = nullptr;
  RequestIds ids = {};
  /// Refreshed by the thread's timer.
  std::string date_line = {};
  /// Reused from request to request.
  Request request = {};
  Response response = {};
  BufferStock buffers = {};
};

/// What a session works with; outlives it.
struct SessionContext {
  const TransportLimits& limits;
  const Router& router;
  const Authenticator* authenticator;
  TransportObserver& observer;
  SharedState& shared;
  ThreadState& thread;
};

/// The server's side of HTTP on one connection, without the connection: bytes in, bytes out. It
/// does no input or output of its own, so that all of it is tested and fuzzed without sockets, and
/// plain and encrypted connections share it.
///
/// The owner reads into Space(), calls Received, then sends what output() shows and does what
/// wants() says, over and over. Used by one thread.
class Session {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Wants {
    /// Send what there is, then read.
    kInput,
    /// Send what there is, or take it away, then call Advance.
    kFlush,
    /// Send what there is, then call Work from any thread and Worked from this one.
    kWork,
    /// Send what there is, then close.
    kClose,
    /// The same, but the client is still sending: read on for a moment, or closing resets the
    /// connection and the client never sees the answer.
    kLinger,
  };

  Session(SessionContext& context, std::string_view peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Where the next bytes go. `are_there`: they will be read at once, so that there may be room for
  /// as large a request as the last one; a connection that waits for one does without.
  std::span<char> Space(bool are_there = false);
  /// True when it pays to ask for that.
  bool expects_much() const { return idle() && expected_ > 0; }
  /// `count` bytes were put there.
  void Received(std::size_t count);
  /// The client sends nothing more; it may still read.
  void Ended();
  /// The deadline passed.
  void TimedOut();
  /// Goes on with what was received.
  void Advance();
  /// Runs the handler at hand. Another thread may, while this one leaves the session alone.
  void Work();
  /// It is done: goes on with its answer.
  void Worked();

  Wants wants() const { return wants_; }

  /// What is to be sent: `head`, then `body`, then a stretch of a file.
  struct Output {
    std::string_view head, body;
    /// Open for reading as long as the stretch is not sent.
    int file = -1;
    std::uint64_t file_offset = 0, file_length = 0;
    /// Of what lies in memory.
    std::size_t in_memory() const { return head.size() + body.size(); }
    std::uint64_t size() const { return in_memory() + file_length; }
  };
  Output output() const {
    Output output{std::string_view(out_).substr(std::min(sent_, out_.size())),
                  sent_ <= out_.size() ? std::string_view(body_out_)
                                       : std::string_view(body_out_).substr(sent_ - out_.size())};
    if (file_out_ != nullptr) {
      output.file = file_out_->descriptor();
      output.file_offset = file_out_->offset() + file_sent_;
      output.file_length = file_out_->length() - file_sent_;
    }
    return output;
  }
  /// The first `count` bytes of it were sent.
  void Sent(std::size_t count);
  /// Moves the output behind what `queue` holds, to be sent beside further work; TakenSent says
  /// when that happened.
  void Take(std::string& queue);
  void TakenSent(std::size_t count) { taken_ -= count; }
  /// Gives back what an idle connection does not need. Not while Space() is in use.
  void Trim();
  /// True when there is much to give back.
  bool holds_much() const;

  /// True while an answer grows beside the body it answers: input is read though output waits.
  bool streams() const { return state_ == State::kStream; }
  /// True when so much of such an answer waits that nothing more is to be read.
  bool backlogged() const { return waiting() > context_.limits.stream_backlog; }
  /// True when nothing was received of a next request.
  bool idle() const { return state_ == State::kHead && in_.size() == 0; }
  /// When TimedOut is due, as long as input is awaited.
  Clock::time_point deadline() const { return deadline_; }
  /// When the last answer was made, or the connection.
  Clock::time_point idle_since() const { return idle_since_; }
  /// True between requests, when no longer went by from the last one's head to its answer.
  bool answered_within(Clock::duration limit) const {
    return state_ == State::kHead && idle_since_ - started_ <= limit;
  }

 private:
  enum class State {
    /// Between requests or within a head.
    kHead,
    /// A body of known length is gathered in the input buffer.
    kBody,
    /// A chunked body is gathered.
    kChunks,
    /// A body goes to a BodyStream as it comes.
    kStream,
    /// A handler, or the end of a stream, runs on another thread.
    kWork,
    /// An answer is made piece by piece, each on another thread.
    kSource,
    /// The body of a refused request is read over.
    kDiscard,
    kClosing,
  };
  struct Stream;
  struct LongCall {
    Request request;
    Response response;
    /// Of a route whose bodies stream: what it opened.
    std::unique_ptr<BodyStream> body = nullptr;
    /// Its client waits for a word before it sends the body.
    bool awaited = false;
  };
  /// An answer that is made piece by piece.
  struct Source {
    std::shared_ptr<BodySource> body;
    int status = 200;
    std::uint64_t left = 0;
    /// The next piece, or why there is none.
    std::string piece = {};
    Status outcome = Status::Ok();
  };
  struct Refusal {
    int status;
    std::string_view code;
    std::string_view message;
    /// The observer's reason; empty: counted as an answer only.
    std::string_view reason = {};
    std::string_view header = {};
    std::string_view header_value = {};
  };

  // Each goes on as far as it can; false when something is wanted.
  bool NextHead();
  bool NextBody();
  bool NextChunks();
  bool NextStream();
  bool NextSource();
  bool NextDiscard();
  bool Want(Wants wants) {
    wants_ = wants;
    return false;
  }

  void Begin();
  // True when the request was refused.
  bool RefuseByRoute();
  bool RefuseByLoad();
  bool RefuseByBody();
  void Dispatch();
  void KeepHead();
  void FillRequest(std::string_view body);
  void Handle(std::string_view body);
  bool TakesLong(const Request& request) const;
  // False: there are too many such calls.
  bool HandOver();
  void FillOverload();
  void TakeAnswer();
  void DropLongCall();
  void BeginSource(std::shared_ptr<BodySource> body);
  void MakePiece() const;
  void TakePiece();
  void EndSource(int status);
  void Call(const Request& request, Response& response) const;
  std::unique_ptr<BodyStream> Open(const Request& request, Response& response) const;
  void FillFailure(const std::exception& failure, Response& response) const;
  // The request at hand was answered: its bytes may go.
  void DropRequest();
  void OpenStream(bool awaited);
  // Null: the thread's response refuses the request.
  void BeginStream(std::unique_ptr<BodyStream> body, bool awaited);
  void FeedStream(std::string_view bytes);
  bool ReadyStream();
  void EndStream();
  // In two halves: the first maybe on another thread.
  void CallEnd() const;
  void AnswerEnd();
  void EmitPiece();
  void FailStream();

  // Answers before the body was read: reads over it when it is small, else closes.
  void Refuse(const Refusal& refusal);
  void FillRefusal(const Refusal& refusal);
  void AnswerEarly();
  // Answers what is no request, and closes.
  void RefuseHead(int status, std::string_view code, std::string_view message,
                  std::string_view reason);
  void Answer();
  void Finish(int status);
  void Close(bool linger);
  bool Reserve(std::size_t bytes);
  void ReleaseAll();
  void SetDeadline();
  bool draining() const { return context_.shared.draining.load(std::memory_order_relaxed); }
  AnswerFacts Facts(Framing framing, std::uint64_t length) const;
  std::string_view HeadText(HeadPiece piece) const { return piece.In(head_bytes_); }
  std::size_t waiting() const { return out_.size() + body_out_.size() - sent_ + taken_; }
  Clock::duration Seconds(double seconds) const;

  SessionContext& context_;
  const std::string peer_;
  InputBuffer in_;
  // Output: out_, then body_out_ (a large body, not copied) or file_out_; the first sent_ bytes of
  // the former and file_sent_ bytes of the latter are gone. Nothing is put behind either of the two
  // before it is sent.
  std::string out_, body_out_;
  std::size_t sent_ = 0, taken_ = 0;
  std::shared_ptr<const FileBody> file_out_;
  std::uint64_t file_sent_ = 0;

  State state_ = State::kHead;
  Wants wants_ = Wants::kInput;
  bool linger_ = false;
  Clock::time_point deadline_, idle_since_;

  // The request at hand.
  RequestHead head_;
  std::size_t scanned_ = 0;
  // Where the head lies: in in_, or in kept_head_ once more had to be read.
  std::string_view head_bytes_;
  std::string kept_head_;
  RouteMatch match_;
  std::string id_;
  Clock::time_point started_;
  bool head_started_ = false, open_ = false, keep_alive_ = false, is_head_ = false;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
  // Bytes of the body that are still to come.
  std::uint64_t left_ = 0;
  ChunkDecoder chunks_;
  std::string chunked_body_;
  // What the request at hand takes of the input; what the next one is expected to take, when the
  // last one was large.
  std::size_t held_ = 0, expected_ = 0;
  std::unique_ptr<LongCall> long_call_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Source> source_;
  bool holds_slot_ = false;
  std::size_t reserved_ = 0;
};

}  // namespace reeve::server
