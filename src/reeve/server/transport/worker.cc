#include "reeve/server/transport/worker.h"

#include <algorithm>
#include <csignal>
#include <ctime>

#include <sys/eventfd.h>
#include <unistd.h>

#include "reeve/base/clock.h"
#include "reeve/base/log.h"

namespace reeve::server {

namespace {

int OpenProbe() { return ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

LoadMonitor::Options LoadOptions(const TransportLimits& limits, bool can_probe) {
  // Without a probe nothing is known of the line, so nothing is refused for it.
  if (!can_probe) return {std::chrono::hours(1'000), std::chrono::hours(1'000)};
  const auto duration = [](double seconds) {
    return std::chrono::duration_cast<LoadMonitor::Clock::duration>(
        std::chrono::duration<double>(seconds));
  };
  return {duration(limits.max_wait_seconds), duration(limits.overload_after_seconds)};
}

}  // namespace

Worker::Worker(const Setup& setup)
    : setup_(setup),
      probe_(OpenProbe()),
      state_{LoadMonitor(LoadOptions(setup.options.limits, probe_ >= 0))},
      context_{setup.options.limits, setup.router, setup.authenticator,
               setup.observer,       setup.shared, state_},
      // One thread runs it; others only post.
      io_(1) {
  if (setup.admin_router != nullptr) {
    admin_context_ = std::make_unique<SessionContext>(
        SessionContext{setup.options.limits, *setup.admin_router, setup.authenticator,
                       setup.observer, setup.shared, state_});
  }
  if (setup.access_log != nullptr) state_.access_log = setup.access_log->NewLane();
  state_.date_line = DateLine(reeve::Clock::System().NowMs() / 1000);
  net::co_spawn(io_, Tick(), net::detached);
  if (probe_ >= 0) {
    net::co_spawn(io_, Watch(Descriptor(io_.get_executor(), probe_)), net::detached);
  }
}

Worker::~Worker() {
  Stop();
  Join();
}

void Worker::Start() {
  thread_ = std::thread([this] {
    // sendfile cannot be told, as send can, that a client who is gone is an error and no signal.
    sigset_t broken_pipe;
    ::sigemptyset(&broken_pipe);
    ::sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    io_.run();
  });
}

void Worker::Drain() {
  net::post(io_, [this] { draining_ = true; });
}

void Worker::Stop() {
  net::post(io_, [this] {
    draining_ = true;
    for (Connection* connection : connections_) connection->Cut();
  });
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::Adopt(int socket, std::string peer, bool is_admin) {
  load_.fetch_add(1, std::memory_order_relaxed);
  net::post(io_, [this, socket, peer = std::move(peer), is_admin] {
    Serve(*this, socket, peer, is_admin, setup_.tls);
  });
}

std::list<Connection*>::iterator Worker::Enter(Connection* connection) {
  return connections_.insert(connections_.end(), connection);
}

void Worker::Leave(std::list<Connection*>::iterator place) {
  connections_.erase(place);
  load_.fetch_sub(1, std::memory_order_relaxed);
  setup_.observer.SetConnections(setup_.shared.connections.fetch_sub(1, std::memory_order_relaxed) -
                                 1);
}

void Worker::Probe() {
  if (!state_.load.TakeProbe()) return;
  const std::uint64_t one = 1;
  (void)!::write(probe_, &one, sizeof one);
}

// Waits for the probe like a connection waits for a request.
Task<void> Worker::Watch(Descriptor descriptor) {
  for (;;) {
    std::uint64_t count = 0;
    AsioError ec;
    co_await descriptor.async_read_some(net::buffer(&count, sizeof count),
                                        net::redirect_error(kAwait, ec));
    if (ec) co_return;
    state_.load.OnProbe(LoadMonitor::Clock::now());
    // Sent once the read above waits again; sent now, it would be read without standing in line.
    net::post(io_, [this] { Probe(); });
  }
}

// Deadlines are coarse: one timer per thread, not one per read.
Session::Clock::duration Worker::TickLength() const {
  const auto& limits = setup_.options.limits;
  const double shortest =
      std::min({limits.head_seconds, limits.idle_seconds, limits.write_seconds, 0.4});
  return std::chrono::microseconds(static_cast<std::int64_t>(std::max(shortest / 4, 0.001) * 1e6));
}

Task<void> Worker::Tick() {
  Timer timer(io_.get_executor());
  const auto length = TickLength();
  std::int64_t second = 0;
  for (;;) {
    const auto now = Session::Clock::now();
    if (const auto unix_seconds = reeve::Clock::System().NowMs() / 1000; unix_seconds != second) {
      second = unix_seconds;
      state_.date_line = DateLine(second);
    }
    // A check may end a connection, which leaves the list.
    for (auto at = connections_.begin(); at != connections_.end();) (*at++)->Check(now);
    if (draining_ && load() == 0) {
      io_.stop();
      co_return;
    }
    timer.expires_after(length);
    AsioError ec;
    co_await timer.async_wait(net::redirect_error(kAwait, ec));
  }
}

}  // namespace reeve::server
