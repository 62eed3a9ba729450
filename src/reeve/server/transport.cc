#include "reeve/server/transport.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reeve/base/log.h"
#include "reeve/server/router.h"
#include "reeve/server/transport/listener.h"
#include "reeve/server/transport/tls.h"
#include "reeve/server/transport/worker.h"

namespace reeve::server {

namespace {

using Steady = std::chrono::steady_clock;

// How soon a request to stop is noticed.
constexpr int kPollMs = 25;
// Descriptors kept for files, logs and databases.
constexpr std::int64_t kSpareDescriptors = 128;
// Accepted in a row before the other listener gets its turn.
constexpr int kAcceptBurst = 64;

Steady::time_point After(Steady::time_point start, double seconds) {
  return start +
         std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
}

// Raises the soft limit of descriptors to the hard one; how many connections fit below it.
int ConnectionsThatFit(int wished) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wished;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t needed = static_cast<rlim_t>(wished) + kSpareDescriptors;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, needed));
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto fit = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
  return static_cast<int>(std::clamp<std::int64_t>(fit - kSpareDescriptors, 1, wished));
}

class ServingTransport final : public Transport {
 public:
  static Result<std::unique_ptr<Transport>> Make(const TransportOptions& options,
                                                 TransportParts parts) {
    auto transport = std::unique_ptr<ServingTransport>(new ServingTransport(options));
    REEVE_RETURN_IF_ERROR(transport->Prepare(std::move(parts)));
    return std::unique_ptr<Transport>(std::move(transport));
  }

  ~ServingTransport() override {
    // All of them end before the first of what they share does.
    for (auto& worker : workers_) worker->Stop();
    JoinAll();
    workers_.clear();
  }

  Status Run(const Cancellation& stop) override {
    for (auto& worker : workers_) worker->Start();
    while (!stop.requested()) AcceptFor(kPollMs);
    Drain();
    return {};
  }

  int port() const override { return port_; }
  int admin_port() const override { return admin_port_; }

 private:
  explicit ServingTransport(const TransportOptions& options) : options_(options) {}

  Status Prepare(TransportParts parts) {
    on_drain_ = std::move(parts.on_drain);
    if (parts.observer != nullptr) observer_ = parts.observer;
    if (options_.tls_certificate.empty() != options_.tls_key.empty()) {
      return Status::InvalidArgument("TLS: a certificate needs its key, and a key its certificate");
    }
    if (!options_.tls_certificate.empty()) {
      REEVE_ASSIGN_OR_RETURN(tls_, MakeTlsContext(options_.tls_certificate, options_.tls_key));
    }
    REEVE_RETURN_IF_ERROR(MakeRouters(std::move(parts.routes)));
    REEVE_ASSIGN_OR_RETURN(listener_, Listener::Open(options_.host, options_.port));
    if (options_.admin_port) {
      REEVE_ASSIGN_OR_RETURN(admin_listener_,
                             Listener::Open(options_.admin_host, *options_.admin_port));
    }
    port_ = listener_.port();
    admin_port_ = admin_listener_.port();
    max_connections_ = ConnectionsThatFit(options_.limits.max_connections);
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int threads = options_.threads > 0 ? options_.threads : cores;
    if (options_.long_threads > 0) {
      long_threads_.emplace(static_cast<std::size_t>(options_.long_threads));
      shared_.max_long_calls = options_.long_threads * options_.limits.max_long_per_thread;
    }
    const Worker::Setup setup{options_,
                              *router_,
                              admin_router_.get(),
                              parts.authenticator,
                              parts.access_log,
                              *observer_,
                              shared_,
                              tls_.get(),
                              long_threads_ ? &*long_threads_ : nullptr};
    for (int i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>(setup));
    return {};
  }

  Status MakeRouters(std::vector<Route> routes) {
    std::vector<Route> here, admin;
    for (auto& route : routes) {
      const bool is_admin = route.at_admin_address;
      if (options_.admin_port && (is_admin || route.role == Role::kPublic)) admin.push_back(route);
      if (!options_.admin_port || !is_admin) here.push_back(std::move(route));
    }
    REEVE_ASSIGN_OR_RETURN(auto router, Router::Make(std::move(here), options_.error_forms));
    router_ = std::make_unique<Router>(std::move(router));
    if (options_.admin_port) {
      REEVE_ASSIGN_OR_RETURN(auto second, Router::Make(std::move(admin), options_.error_forms));
      admin_router_ = std::make_unique<Router>(std::move(second));
    }
    return {};
  }

  // Waits up to `ms` for connections and hands them out.
  void AcceptFor(int ms) {
    pollfd ready[2] = {{listener_.descriptor(), POLLIN, 0},
                       {admin_listener_.descriptor(), POLLIN, 0}};
    if (::poll(ready, 2, ms) <= 0) return;
    if (ready[0].revents != 0) AcceptAll(listener_, false);
    if (ready[1].revents != 0) AcceptAll(admin_listener_, true);
  }

  void AcceptAll(const Listener& listener, bool is_admin) {
    std::string peer;
    for (int i = 0; i < kAcceptBurst; ++i) {
      const int socket = listener.Accept(peer);
      if (socket >= 0) {
        HandOut(socket, peer, is_admin);
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        // Out of descriptors or memory. Connections wait in the backlog until some are closed.
        Log(LogLevel::kWarning, "a connection could not be accepted; trying again");
        ::poll(nullptr, 0, kPollMs);
      }
      return;
    }
  }

  void HandOut(int socket, const std::string& peer, bool is_admin) {
    const auto open = shared_.connections.fetch_add(1, std::memory_order_relaxed) + 1;
    // The admin address has to work most of all when there are too many connections.
    if (open > max_connections_ && !is_admin) {
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
      return TurnAway(socket);
    }
    observer_->SetConnections(open);
    Worker& worker =
        **std::min_element(workers_.begin(), workers_.end(),
                           [](const auto& a, const auto& b) { return a->load() < b->load(); });
    worker.Adopt(socket, peer, is_admin);
  }

  // Too many connections: says so, at no cost but this. (With TLS nothing can be said in time.)
  void TurnAway(int socket) {
    observer_->OnRefused("overload");
    if (tls_ == nullptr) {
      const std::string body = ServiceErrorBody(429, "overloaded", "too many connections");
      const std::string answer =
          "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) +
          "\r\nRetry-After: " + std::to_string(options_.limits.retry_after_seconds) +
          "\r\nConnection: close\r\n\r\n" + body;
      (void)!::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      ::shutdown(socket, SHUT_WR);
      // What has arrived is read, or closing would reset the connection under the answer.
      char scratch[4096];
      while (::recv(socket, scratch, sizeof scratch, MSG_DONTWAIT) > 0) {
      }
    }
    ::close(socket);
  }

  void Drain() {
    if (on_drain_) on_drain_();
    shared_.draining.store(true, std::memory_order_relaxed);
    const auto start = Steady::now();
    const auto accept_end = After(start, options_.drain_accept_seconds);
    while (Steady::now() < accept_end) AcceptFor(kPollMs);
    // Those who are already in the backlog were promised a connection.
    AcceptFor(0);
    listener_ = Listener();
    admin_listener_ = Listener();
    for (auto& worker : workers_) worker->Drain();
    const auto end = After(start, std::max(options_.drain_seconds, options_.drain_accept_seconds));
    const auto busy = [&] {
      return std::any_of(workers_.begin(), workers_.end(),
                         [](const auto& worker) { return worker->load() > 0; });
    };
    while (busy() && Steady::now() < end) ::poll(nullptr, 0, kPollMs);
    if (busy()) {
      Log(LogLevel::kWarning, "the time to drain is over: connections are cut off");
    }
    for (auto& worker : workers_) worker->Stop();
    JoinAll();
  }

  // Event loops end after the last long call of their connections; its thread may still be leaving
  // the loop that it told, which therefore has to outlive it.
  void JoinAll() {
    for (auto& worker : workers_) worker->Join();
    if (long_threads_) long_threads_->join();
  }

  const TransportOptions options_;
  TransportObserver silent_;
  TransportObserver* observer_ = &silent_;
  std::function<void()> on_drain_;
  std::unique_ptr<net::ssl::context> tls_;
  std::unique_ptr<Router> router_, admin_router_;
  SharedState shared_;
  Listener listener_, admin_listener_;
  // Of the listeners, also once they are closed.
  int port_ = 0, admin_port_ = 0;
  int max_connections_ = 0;
  std::optional<net::thread_pool> long_threads_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace

Result<std::unique_ptr<Transport>> Transport::Listen(const TransportOptions& options,
                                                     TransportParts parts) {
  return ServingTransport::Make(options, std::move(parts));
}

}  // namespace reeve::server
