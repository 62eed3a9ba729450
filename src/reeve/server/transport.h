#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/server/access_log.h"
#include "reeve/server/auth.h"
#include "reeve/server/error_form.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// A request that was answered. Views live as long as the call that tells of it.
struct RequestEnd {
  /// From the route table, so that their values are bounded; what no route took is "other".
  std::string_view route, method;
  /// 499: the client went away before its answer.
  int status = 0;
  /// Since the head was complete.
  double seconds = 0;
  /// Bytes of the bodies: received, and made to be sent.
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

/// What the transport tells of its work. Called by all its threads at once: cheap and thread-safe.
class TransportObserver {
 public:
  virtual ~TransportObserver() = default;
  /// A request's head was understood. Exactly one OnRequestEnd follows.
  virtual void OnRequestBegin() {}
  /// The answer is made (not: has arrived).
  virtual void OnRequestEnd(const RequestEnd& /*request*/) {}
  /// Refused before a handler saw it: "overload", "body_too_large", "header_too_large",
  /// "malformed", "timeout", "unauthorized".
  virtual void OnRefused(std::string_view /*reason*/) {}
  virtual void SetConnections(std::int64_t /*open*/) {}
};

/// Limits that keep one client, or all of them, from taking more than their share.
struct TransportLimits {
  /// Largest body of a request whose route has no limit of its own; beyond: 413.
  std::size_t max_body = 32u << 20;
  /// Largest head (request line and headers); beyond: 431.
  std::size_t max_header = 16u << 10;
  /// Most header fields; beyond: 431.
  std::size_t max_header_fields = 128;
  /// A head has to be complete that long after its first byte, a TLS handshake after it began.
  double head_seconds = 10;
  /// Longest silence: between two requests (closed), within a body (408).
  double idle_seconds = 60;
  /// Bytes per second that a body brings at least, after the first idle_seconds; slower: 408.
  double min_body_rate = 1024;
  /// An answer whose client takes nothing for that long ends with its connection.
  double write_seconds = 30;
  /// Open connections, all threads together; beyond: 429 and closed. Kept below the limit of file
  /// descriptors.
  int max_connections = 10'000;
  /// Requests whose body is still on its way or that stream, all threads together; beyond: 429.
  int max_in_flight = 4096;
  /// Requests with handlers that may take long, waiting for a thread or running, for each of
  /// long_threads; beyond: 429.
  int max_long_per_thread = 32;
  /// Memory for bodies that are still on their way, all threads together; beyond: 429.
  std::size_t max_buffered = 1u << 30;
  /// A streamed answer that its client does not read (many send all of the body first) waits in
  /// memory up to this size; beyond, the body is not read on until the client reads.
  std::size_t stream_backlog = 256u << 20;
  /// Once a thread has been behind for overload_after_seconds, requests that have waited longer
  /// than max_wait_seconds for their turn are refused with 429 (see load_monitor.h).
  double max_wait_seconds = 0.1;
  double overload_after_seconds = 0.5;
  /// What a 429 says in Retry-After.
  int retry_after_seconds = 1;
};

struct TransportOptions {
  /// A name or a numeric address; "0.0.0.0" or "::" for all interfaces.
  std::string host = "127.0.0.1";
  /// 0: any free one, see Transport::port().
  int port = 0;
  /// I/O threads, which also run the handlers; 0: one per core.
  int threads = 0;
  /// Threads beside them for handlers that may take long (Route::takes_long), so that these keep no
  /// other connection waiting; answers of one connection keep their order. 0: the I/O threads run
  /// these handlers too.
  int long_threads = 0;
  /// PEM files of the certificate chain and of its key. Both or none; given: HTTPS only, TLS 1.2 or
  /// newer.
  std::string tls_certificate = {};
  std::string tls_key = {};
  /// Given: routes that ask for it (Route::at_admin_address) are served at this address only,
  /// beside the public ones, and no longer at the main one. Port 0: any free one, see admin_port().
  std::optional<int> admin_port = std::nullopt;
  std::string admin_host = "127.0.0.1";
  TransportLimits limits = {};
  /// After a request to stop, connections are still accepted for that long (a load balancer needs
  /// time to notice), each answer closing its connection …
  double drain_accept_seconds = 1;
  /// … and requests in flight may take that long altogether, before they are cut off.
  double drain_seconds = 10;
  /// Forms of errors, by path.
  std::vector<ErrorForm> error_forms = DefaultErrorForms();
};

/// What the transport works with. Nothing is owned but the routes; all of it outlives it.
struct TransportParts {
  std::vector<Route> routes;
  /// Null: no tokens, every route is open.
  const Authenticator* authenticator = nullptr;
  /// Null: no access log.
  AccessLog* access_log = nullptr;
  /// Null: nobody is told.
  TransportObserver* observer = nullptr;
  /// Called once, before anything else, when a stop was asked for: readiness turns to no.
  std::function<void()> on_drain = {};
};

/// HTTP/1.1 (and 1.0) over TCP or TLS: one thread accepts, each of the others runs an event loop
/// with its share of the connections and the handlers of their requests.
///
/// Keep-alive, pipelining, chunked bodies, Expect: 100-continue, HEAD. Bodies are contiguous and
/// never copied on their way from the socket to the handler.
class Transport {
 public:
  /// Binds and listens; nothing is answered before Run. Fails with kUnavailable when the port is in
  /// use, kInvalidArgument for hosts, ports, routes and files that are none.
  static Result<std::unique_ptr<Transport>> Listen(const TransportOptions& options,
                                                   TransportParts parts);
  virtual ~Transport() = default;

  /// Serves until `stop` is requested, then drains (see TransportOptions) and returns. Call once.
  virtual Status Run(const Cancellation& stop) = 0;

  /// The ports that are listened on; admin_port() is 0 without one.
  virtual int port() const = 0;
  virtual int admin_port() const = 0;
};

}  // namespace reeve::server
