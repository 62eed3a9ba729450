#include <algorithm>
#include <cerrno>
#include <optional>
#include <type_traits>
#include <utility>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "reeve/server/transport/worker.h"

namespace reeve::server {

namespace {

using Time = Session::Clock::time_point;

constexpr double kLingerSeconds = 30;
constexpr double kLingerSilence = 2;
constexpr double kDrainLingerSeconds = 1;
constexpr double kShutdownSeconds = 1;
constexpr auto kTrimAfter = std::chrono::seconds(1);
// Files are sent in pieces of that size, other connections between them: read from the disk by the
// system, and through memory where the bytes have to be encrypted.
constexpr std::size_t kFilePiece = 512 << 10;
constexpr std::size_t kFileBuffer = 64 << 10;
// Reads beyond that bring more than a thousand rows or so.
constexpr std::size_t kLargeRead = 256 << 10;

template <class Stream>
class SocketConnection final : public Connection,
                               public Outbox::Sender,
                               public std::enable_shared_from_this<SocketConnection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  SocketConnection(Worker& worker, Stream stream, const std::string& peer, bool is_admin)
      : worker_(worker),
        stream_(std::move(stream)),
        session_(worker.context(is_admin), peer),
        place_(worker.Enter(this)) {}
  ~SocketConnection() override {
    if (waits_to_send_) worker_.outbox().Remove(*this);
    worker_.Leave(place_);
  }

  void Check(Time now) override {
    if (writing_ && now > write_deadline_) return Cut();
    if (!reading_) return;
    const bool idle = own_deadline_ == Time() && session_.idle() && !writing_;
    if (idle && now - session_.idle_since() > kTrimAfter && session_.holds_much()) {
      // The read that waits has the buffer: it begins again with a smaller one.
      trims_ = true;
      AsioError ignored;
      lowest().cancel(ignored);
      return;
    }
    const Time deadline = own_deadline_ != Time() ? own_deadline_ : session_.deadline();
    if (now > deadline || (idle && LetsGo(now))) {
      expired_ = true;
      AsioError ignored;
      lowest().cancel(ignored);
    }
  }

  void Cut() override {
    failed_ = true;
    AsioError ignored;
    lowest().close(ignored);
    if (wake_) wake_->cancel();
  }

  Outgoing Waiting() override { return {lowest().native_handle(), session_.output().head}; }
  void Sent(int result) override {
    waits_to_send_ = false;
    if (result > 0) session_.Sent(static_cast<std::size_t>(result));
    // What is left, also after an error, goes the slower way, which finds out what is the matter.
    if (!failed_ && session_.output().size() > 0) SendBeside(this->shared_from_this());
  }

  // `self` keeps the connection while one of its coroutines runs.
  static Task<void> Run(std::shared_ptr<SocketConnection> self) {
    co_await self->Serve(self);
    self->Cut();
  }

 private:
  Socket& lowest() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  static Session::Clock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<Session::Clock::duration>(
        std::chrono::duration<double>(seconds));
  }
  const TransportLimits& limits() const { return worker_.options().limits; }

  // Draining: an idle connection may be closed when its client has been silent for as long as new
  // requests are still taken, and nothing of a next one has arrived.
  bool LetsGo(Time now) {
    auto& shared = worker_.shared();
    if (!shared.draining.load(std::memory_order_relaxed)) return false;
    if (now - session_.idle_since() < Seconds(worker_.options().drain_accept_seconds)) return false;
    char byte = 0;
    return ::recv(lowest().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
  }

  // No co_await within a switch: g++ 12 makes coroutines of that which jump to nowhere.
  Task<void> Serve(const std::shared_ptr<SocketConnection>& self) {
    if constexpr (kTls) {
      const bool sound = co_await Handshake();
      if (!sound) co_return;
    }
    for (;;) {
      SendOrWait();
      if (session_.output().size() > 0 && !waits_to_send_) {
        if (session_.streams()) {
          SendBeside(self);
        } else {
          const bool sent = co_await SendAll();
          if (!sent) co_return;
        }
      }
      const Session::Wants wants = session_.wants();
      if (wants == Session::Wants::kFlush) {
        if (session_.backlogged()) co_await WaitForWriter();
        if (failed_) co_return;
        session_.Advance();
        worker_.Probe();
        continue;
      }
      if (wants == Session::Wants::kWork) {
        co_await WorkElsewhere(self);
        if (failed_) co_return;
        session_.Worked();
        worker_.Probe();
        continue;
      }
      if (wants != Session::Wants::kInput) {
        const bool sent = co_await SendAll();
        if (sent) co_await Farewell(wants == Session::Wants::kLinger);
        co_return;
      }
      AsioError ec;
      std::size_t count = 0;
      reading_ = true;
      if constexpr (!kTls) {
        if (session_.expects_much()) {
          co_await lowest().async_wait(Socket::wait_read, net::redirect_error(kAwait, ec));
          if (!ec && !failed_) count = TryReceive();
        }
      }
      if (!ec && !failed_ && count == 0) {
        const auto space = session_.Space();
        count = co_await stream_.async_read_some(net::buffer(space.data(), space.size()),
                                                 net::redirect_error(kAwait, ec));
      }
      reading_ = false;
      // A large body may keep this thread busy, and the end of a connection waits for its answers.
      if (waits_to_send_ || count > kLargeRead) worker_.outbox().Send();
      if (!Heard(count, ec)) co_return;
      // Behind the requests that are ready now.
      worker_.Probe();
    }
  }

  // Returns when the handler has run, also when the connection is cut meanwhile: it works with what
  // the session holds.
  Task<void> WorkElsewhere(std::shared_ptr<SocketConnection> self) {
    working_ = true;
    if (!wake_) wake_.emplace(worker_.io().get_executor());
    net::post(worker_.long_threads(), [self = std::move(self)]() mutable {
      self->session_.Work();
      net::io_context& io = self->worker_.io();
      net::post(io, [self = std::move(self)] {
        self->working_ = false;
        self->wake_->cancel();
      });
    });
    while (working_) {
      wake_->expires_at(Time::max());
      AsioError ec;
      co_await wake_->async_wait(net::redirect_error(kAwait, ec));
    }
  }

  // What a read brought. False: the client is gone.
  bool Heard(std::size_t count, const AsioError& ec) {
    const bool expired = std::exchange(expired_, false);
    const bool trims = std::exchange(trims_, false);
    if (failed_) return false;
    if (count > 0) {
      // Bytes that came just before the deadline count; a stream of too few does not put it off.
      session_.Received(count);
      if (session_.wants() == Session::Wants::kInput &&
          session_.deadline() <= Session::Clock::now())
        session_.TimedOut();
    } else if (expired) {
      session_.TimedOut();
    } else if (trims && ec == net::error::operation_aborted) {
      session_.Trim();
    } else if (ec == net::error::eof || ec == net::ssl::error::stream_truncated) {
      session_.Ended();
    } else {
      return false;
    }
    return true;
  }

  Task<bool> Handshake() {
    if constexpr (kTls) {
      AsioError ec;
      AwaitUntil(limits().head_seconds);
      co_await stream_.async_handshake(net::ssl::stream_base::server,
                                       net::redirect_error(kAwait, ec));
      reading_ = false;
      own_deadline_ = Time();
      if (ec) co_return false;
    }
    co_return true;
  }

  void AwaitUntil(double seconds) {
    own_deadline_ = Session::Clock::now() + Seconds(seconds);
    reading_ = true;
  }

  // Whether the answer, one small piece, is to leave with those of other connections while the next
  // request is awaited.
  bool SendsLater() {
    const auto output = session_.output();
    return !kTls && !writing_ && output.file_length == 0 && output.body.empty() &&
           output.head.size() >= Outbox::kLeastBytes &&
           session_.answered_within(Outbox::kLongWork) &&
           session_.wants() == Session::Wants::kInput && worker_.outbox().TakesNext();
  }

  void SendOrWait() {
    if (session_.output().size() == 0) return;
    if (SendsLater()) {
      waits_to_send_ = true;
      worker_.outbox().Add(*this, session_.output().head.size(), session_.idle_since());
      return;
    }
    TrySend();
    // Others have waited for it long enough.
    if (!session_.answered_within(Outbox::kLongWork)) worker_.outbox().Send();
  }

  // One system call for head and body, without going through the loop. What does not fit stays.
  void TrySend() {
    if constexpr (kTls) return;
    const auto output = session_.output();
    if (writing_ || output.in_memory() == 0) return;
    const int more = output.file_length > 0 ? MSG_MORE : 0;
    iovec pieces[2] = {{const_cast<char*>(output.head.data()), output.head.size()},
                       {const_cast<char*>(output.body.data()), output.body.size()}};
    ssize_t sent = 0;
    if (output.body.empty()) {
      sent = ::send(lowest().native_handle(), output.head.data(), output.head.size(),
                    MSG_NOSIGNAL | MSG_DONTWAIT | more);
    } else {
      msghdr message{};
      message.msg_iov = pieces;
      message.msg_iovlen = 2;
      sent = ::sendmsg(lowest().native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    if (sent > 0) session_.Sent(static_cast<std::size_t>(sent));
  }

  // What is there to be read, without going through the loop. 0: nothing, or the end.
  std::size_t TryReceive() {
    const auto space = session_.Space(/*are_there=*/true);
    const ssize_t got = ::recv(lowest().native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  // Sends all output, waiting for the client. False: it is gone.
  Task<bool> SendAll() {
    while (writing_) co_await WaitForWriter();
    if (failed_) co_return false;
    while (session_.output().size() > 0) {
      const auto output = session_.output();
      if (output.in_memory() == 0) {
        writing_ = true;
        const std::size_t count = co_await SendFilePiece(output);
        writing_ = false;
        if (count == 0 || failed_) co_return false;
        session_.Sent(count);
        continue;
      }
      const std::array<net::const_buffer, 2> pieces{
          net::const_buffer(output.head.data(), output.head.size()),
          net::const_buffer(output.body.data(), output.body.size())};
      AsioError ec;
      writing_ = true;
      ExtendWriting();
      const std::size_t count =
          co_await stream_.async_write_some(pieces, net::redirect_error(kAwait, ec));
      writing_ = false;
      if (ec || failed_) co_return false;
      session_.Sent(count);
    }
    co_return !failed_;
  }

  void ExtendWriting() {
    write_deadline_ = Session::Clock::now() + Seconds(limits().write_seconds);
  }

  // Sends a piece of the file of `output`. 0: the client is gone, or the file is not what it was.
  Task<std::size_t> SendFilePiece(const Session::Output output) {
    if constexpr (kTls) {
      const std::size_t count = co_await SendThroughMemory(output);
      co_return count;
    } else {
      AsioError ec;
      lowest().native_non_blocking(true, ec);
      ExtendWriting();
      for (;;) {
        auto at = static_cast<off_t>(output.file_offset);
        const auto length = std::min<std::uint64_t>(output.file_length, kFilePiece);
        const ssize_t sent = ::sendfile(lowest().native_handle(), output.file, &at, length);
        const int error = errno;
        if (sent == 0) co_return 0;
        if (sent < 0 && error != EAGAIN && error != EINTR) co_return 0;
        if (sent > 0 && static_cast<std::uint64_t>(sent) == output.file_length) {
          co_return static_cast<std::size_t>(sent);
        }
        // Also when it went well: others get their turn before the client is found ready again.
        if (sent > 0 || error == EAGAIN) {
          co_await lowest().async_wait(Socket::wait_write, net::redirect_error(kAwait, ec));
        }
        if (ec || failed_) co_return 0;
        if (sent > 0) co_return static_cast<std::size_t>(sent);
      }
    }
  }

  Task<std::size_t> SendThroughMemory(const Session::Output output) {
    std::string piece(std::min<std::uint64_t>(output.file_length, kFileBuffer), '\0');
    const ssize_t got =
        ::pread(output.file, piece.data(), piece.size(), static_cast<off_t>(output.file_offset));
    if (got <= 0) co_return 0;
    const auto size = static_cast<std::size_t>(got);
    for (std::size_t at = 0; at < size;) {
      AsioError ec;
      ExtendWriting();
      at += co_await stream_.async_write_some(net::buffer(piece.data() + at, size - at),
                                              net::redirect_error(kAwait, ec));
      if (ec || failed_) co_return 0;
    }
    co_return size;
  }

  // Hands the output to a coroutine that writes while this one reads on.
  void SendBeside(const std::shared_ptr<SocketConnection>& self) {
    session_.Take(queued_);
    if (writing_) return;
    writing_ = true;
    ExtendWriting();
    net::co_spawn(worker_.io(), Write(self), net::detached);
  }

  static Task<void> Write(std::shared_ptr<SocketConnection> self) {
    co_await self->WriteQueued();
    self->writing_ = false;
    if (self->wake_) self->wake_->cancel();
  }

  Task<void> WriteQueued() {
    std::string sending;
    while (!queued_.empty() && !failed_) {
      sending.clear();
      sending.swap(queued_);
      for (std::size_t at = 0; at < sending.size();) {
        AsioError ec;
        ExtendWriting();
        const std::size_t count = co_await stream_.async_write_some(
            net::buffer(sending.data() + at, sending.size() - at), net::redirect_error(kAwait, ec));
        if (ec || failed_) {
          Cut();
          co_return;
        }
        at += count;
        session_.TakenSent(count);
        if (wake_) wake_->cancel();
      }
    }
  }

  // Returns when the writing coroutine got on or gave up.
  Task<void> WaitForWriter() {
    if (!writing_) co_return;
    if (!wake_) wake_.emplace(worker_.io().get_executor());
    wake_->expires_at(Time::max());
    AsioError ec;
    co_await wake_->async_wait(net::redirect_error(kAwait, ec));
  }

  // Ends the sending side. `linger`: the client is still sending, and closing at once would reset
  // the connection before it has read the answer.
  Task<void> Farewell(bool linger) {
    AsioError ec;
    if constexpr (kTls) {
      AwaitUntil(kShutdownSeconds);
      if (!linger) {
        co_await stream_.async_shutdown(net::redirect_error(kAwait, ec));
        co_return;
      }
    }
    lowest().shutdown(Socket::shutdown_send, ec);
    if (!linger) co_return;
    const Time end = Session::Clock::now() + Seconds(kLingerSeconds);
    char scratch[16 << 10];
    while (!ec && !failed_) {
      const bool draining = worker_.shared().draining.load(std::memory_order_relaxed);
      own_deadline_ = std::min(
          end, Session::Clock::now() + Seconds(draining ? kDrainLingerSeconds : kLingerSilence));
      reading_ = true;
      co_await lowest().async_read_some(net::buffer(scratch), net::redirect_error(kAwait, ec));
      reading_ = false;
      if (expired_ || Session::Clock::now() > end) co_return;
    }
  }

  Worker& worker_;
  Stream stream_;
  Session session_;
  const std::list<Connection*>::iterator place_;
  // Of this connection, when what is awaited is none of the session's: handshake, farewell.
  Time own_deadline_{}, write_deadline_{};
  bool reading_ = false, writing_ = false;
  bool expired_ = false, trims_ = false, failed_ = false;
  // Its answer lies in the outbox.
  bool waits_to_send_ = false;
  // A handler runs on another thread.
  bool working_ = false;
  std::optional<Timer> wake_;
  std::string queued_;
};

template <class Stream>
void Spawn(Worker& worker, Stream stream, const std::string& peer, bool is_admin) {
  auto connection =
      std::make_shared<SocketConnection<Stream>>(worker, std::move(stream), peer, is_admin);
  net::co_spawn(worker.io(), SocketConnection<Stream>::Run(std::move(connection)), net::detached);
}

}  // namespace

void Serve(Worker& worker, int socket, const std::string& peer, bool is_admin,
           net::ssl::context* tls) {
  Socket plain(worker.io().get_executor(), net::ip::tcp::v4(), socket);
  AsioError ignored;
  plain.set_option(net::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr) {
    Spawn(worker, std::move(plain), peer, is_admin);
  } else {
    Spawn(worker, TlsStream(std::move(plain), *tls), peer, is_admin);
  }
}

}  // namespace reeve::server
