#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "reeve/server/transport/asio.h"
#include "reeve/server/transport/outbox.h"
#include "reeve/server/transport/session.h"

namespace reeve::server {

class Worker;

/// A connection as its worker's timer sees it.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Acts when a deadline passed, or when draining lets an idle connection go.
  virtual void Check(Session::Clock::time_point now) = 0;
  /// Ends it whatever it is doing.
  virtual void Cut() = 0;
};

/// One thread: an event loop, the connections that were given to it, and their handlers. A
/// connection never changes threads, so nothing on a request's way is locked.
class Worker {
 public:
  struct Setup {
    const TransportOptions& options;
    /// Of the main and of the admin address; the second may be null.
    const Router& router;
    const Router* admin_router;
    const Authenticator* authenticator;
    AccessLog* access_log;
    TransportObserver& observer;
    SharedState& shared;
    /// Null: plain HTTP.
    net::ssl::context* tls;
    /// Where handlers run that may take long. Null: where all do.
    net::thread_pool* long_threads;
  };

  explicit Worker(const Setup& setup);
  ~Worker();

  void Start();
  /// Lets the thread end once its connections have. No more are given to it.
  void Drain();
  /// The same, and ends the connections whatever they are doing.
  void Stop();
  void Join();

  /// Takes an accepted socket over. Thread-safe.
  void Adopt(int socket, std::string peer, bool is_admin);
  /// Connections given and not yet ended. Thread-safe.
  int load() const { return load_.load(std::memory_order_relaxed); }

  // For connections, on the worker's own thread.
  net::io_context& io() { return io_; }
  const TransportOptions& options() const { return setup_.options; }
  SharedState& shared() { return setup_.shared; }
  net::thread_pool& long_threads() { return *setup_.long_threads; }
  SessionContext& context(bool is_admin) { return is_admin ? *admin_context_ : context_; }
  std::list<Connection*>::iterator Enter(Connection* connection);
  void Leave(std::list<Connection*>::iterator place);
  Outbox& outbox() { return outbox_; }
  /// Sends a probe through the line of ready sockets when the load monitor wants one.
  void Probe();

 private:
  Task<void> Tick();
  Task<void> WatchProbes();
  Task<void> Watch(Descriptor descriptor);
  Session::Clock::duration TickLength() const;

  const Setup setup_;
  // Made ready by Probe, awaited by Watch, which owns it.
  const int probe_;
  ThreadState state_;
  SessionContext context_;
  std::unique_ptr<SessionContext> admin_context_;
  std::atomic<int> load_{0};
  // Before the loop: connections leave list and outbox when the loop is destroyed.
  std::list<Connection*> connections_;
  Outbox outbox_{io_};
  bool draining_ = false;
  net::io_context io_;
  std::thread thread_;
};

/// Serves one connection until it ends; owns itself.
void Serve(Worker& worker, int socket, const std::string& peer, bool is_admin,
           net::ssl::context* tls);

}  // namespace reeve::server
