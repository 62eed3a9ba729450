#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/status.h"

namespace reeve::server {

struct CallNotes;

/// One HTTP request, whole or, for streamed bodies, its head. Views live until the handler returns.
struct Request {
  std::string_view method;
  /// Percent-decoded, without the query.
  std::string_view path;
  /// As it came, without "?".
  std::string_view query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  /// Values of the pattern's {names}, in order.
  std::vector<std::pair<std::string_view, std::string_view>> path_params;
  /// At least kBodyPadding readable bytes follow it (what simdjson may read).
  std::string_view body;
  /// The caller's X-Request-Id when it gave a sound one, else made here.
  std::string_view request_id;
  /// The caller's W3C trace context, "00-<32 hex>-<16 hex>-<2 hex>"; empty when it gave none or one
  /// that is malformed.
  std::string_view traceparent;
  /// Address and port of the other end: "127.0.0.1:40312", "[::1]:40312".
  std::string_view peer;
  /// What the layers around a handler tell it and learn from it (access/caller.h); null where they
  /// are not there.
  CallNotes* notes = nullptr;

  static constexpr std::size_t kBodyPadding = 64;

  /// The value of the first header of that name (ASCII case does not matter); empty when absent.
  std::string_view Header(std::string_view name) const;
  std::string_view Param(std::string_view name) const;
};

/// A stretch of an open file as the body of an answer. It is sent as it lies on disk, in bounded
/// pieces, and never held in memory. Owns the descriptor.
///
/// The stretch must exist: when the file turns out to be shorter while it is sent, the connection
/// breaks off, which tells the client that the answer is not whole.
class FileBody {
 public:
  /// Takes `descriptor` over, open for reading; bytes [offset, offset + length).
  FileBody(int descriptor, std::uint64_t offset, std::uint64_t length)
      : descriptor_(descriptor), offset_(offset), length_(length) {}
  ~FileBody();
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  int descriptor() const { return descriptor_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t length() const { return length_; }
  /// Chooses another stretch, before it is given away.
  void SetStretch(std::uint64_t offset, std::uint64_t length) {
    offset_ = offset;
    length_ = length;
  }

 private:
  const int descriptor_;
  std::uint64_t offset_, length_;
};

/// A body of known length that is made piece by piece, each when the client has taken the one
/// before: whoever reads slowly holds one piece of memory and no thread. It outlives the request.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// Of all pieces together.
  virtual std::uint64_t length() const = 0;
  /// Puts the next piece, a byte or more, into `piece`, which is empty. May wait for others: it is
  /// called where calls run that take long (TransportOptions::long_threads), never twice at once. A
  /// failure goes to the log and breaks the connection off, as what is not there of a FileBody.
  virtual Status Next(std::string& piece) = 0;
};

/// What is answered. The transport adds Content-Length, X-Request-Id, Date and Connection.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Sent instead of `body` when given.
  std::shared_ptr<const FileBody> file = nullptr;
  /// The same, of what is not on this disk.
  std::shared_ptr<BodySource> source = nullptr;
};

/// A body that is worked on piece by piece, and an answer that grows as it goes: neither is ever
/// held whole. Runs on one thread at a time.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next bytes of the body; appends what can be answered already to `out`.
  virtual void OnBytes(std::string_view bytes, std::string& out) = 0;
  /// The body is complete; appends the rest of the answer.
  virtual void OnEnd(std::string& out) = 0;
  /// Whether OnEnd may take long: it then runs on another thread, as Route::takes_long. Bodies that
  /// were taken are not refused for it, however many wait.
  virtual bool EndTakesLong() const { return false; }
  /// Whether the answer may begin: asked after each OnBytes and after OnEnd until it is true. Until
  /// then nothing is sent, and the stream may turn `response`, which is the one that the route's
  /// `open` filled, into a refusal: with a status of 400 and above `response.body` is the whole
  /// answer, `out` and the rest of the body are dropped.
  virtual bool Ready(Response& response) {
    (void)response;
    return true;
  }
};

/// Who may call a route, when tokens are required at all.
enum class Role { kPublic, kScore, kRead, kWrite, kAdmin };

/// For Route::takes_long.
inline bool Always(const Request&) { return true; }

/// One path and method, and what answers it. Exactly one of `handle` and `open` is set.
struct Route {
  std::string method;
  /// "/v2/models/{name}/infer"; a segment in braces takes any one segment, "{name...}" at the end
  /// all that is left of the path: one segment or more.
  std::string pattern;
  /// Answers a whole request. Short work only where it runs on an I/O thread.
  std::function<void(const Request&, Response&)> handle;
  /// Whether `handle` or `open` may take long for a request: it then runs on another thread, see
  /// TransportOptions::long_threads. Null: never.
  std::function<bool(const Request&)> takes_long = {};
  /// For bodies of any size: looks at the head, fills status and headers, and gives the stream;
  /// null with `response` filled refuses the request.
  std::function<std::unique_ptr<BodyStream>(const Request&, Response&)> open;
  Role role = Role::kScore;
  /// Served at the admin address alone where there is one, see TransportOptions::admin_port.
  bool at_admin_address = false;
  /// The route's label in metrics and logs, bounded: the pattern itself unless given.
  std::string label = {};
  /// Largest body in bytes; 0: the transport's limit for `handle`, none for `open`.
  std::size_t max_body = 0;
};

/// Puts `more` behind `routes`.
void Append(std::vector<Route> more, std::vector<Route>& routes);

/// "Not Found" for 404; "Unknown" for a status without a registered phrase.
std::string_view StatusReason(int status);

/// How errors look on a path. MLflow's and V2's paths have forms of their own.
using ErrorBody =
    std::function<std::string(int status, std::string_view code, std::string_view message)>;

}  // namespace reeve::server
