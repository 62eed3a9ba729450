#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/http/retry.h"
#include "reeve/tracking/http/server_url.h"

namespace reeve::tracking {

struct HttpRequest {
  /// "GET", "POST", "PUT", "PATCH", "DELETE".
  std::string method = "GET";
  /// Below the server's base, escaped, with its query: "/api/2.0/mlflow/runs/get?run_id=…".
  std::string path;
  /// Empty for none.
  std::string body = "";
  std::string content_type = "application/json";
  /// Further lines of the head, "name: value".
  std::vector<std::string> headers = {};
  /// Done twice it comes to the same. Otherwise it is repeated only when the server has not done it
  /// for certain.
  bool is_repeatable = true;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  /// By their names in lower case; of those that come twice the last.
  std::map<std::string, std::string> headers = {};
  /// Tries before this one.
  int tried = 0;
};

/// Bytes of a file on this disk.
struct FileRange {
  std::string file;
  /// The first one.
  std::uint64_t from = 0;
  /// At most so many.
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Who we are to the server. Never part of a message or a log.
struct Credentials {
  /// Sent as a Bearer token, unless there are a user and a password.
  std::string token;
  std::string username, password;
  /// User and password stood in the address; the password may be empty then.
  bool is_of_address = false;
  /// Certificates of the authorities to trust instead of the system's; empty for the system's.
  std::string authority_file;
  /// Our own certificate and its key, one after the other in a file; empty for none.
  std::string client_file;
  /// Where given, makes lines of the head that prove who asks, anew for each try, and nothing else
  /// is sent for it. `digest` is the SHA-256 of the body.
  std::function<std::vector<std::string>(const HttpRequest& request, const std::string& digest)>
      sign = {};
  /// Believe any certificate. Whoever is on the way can then read and change everything.
  bool trusts_anyone = false;
};

/// From MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN,
/// MLFLOW_TRACKING_SERVER_CERT_PATH, _CLIENT_CERT_PATH and _INSECURE_TLS. Fails with
/// kInvalidArgument, naming the variable, when a value cannot stand in a header, or two of them
/// cannot stand together.
Result<Credentials> CredentialsFromEnvironment();

/// The other end, in messages.
struct HttpPeer {
  std::string name = "tracking server";
  /// What starts one on this machine, before --port; empty for nothing.
  std::string start = "reeve server";
  /// The variable that names certificates of authorities.
  std::string authority_variable = "MLFLOW_TRACKING_SERVER_CERT_PATH";
};

struct HttpOptions {
  HttpPeer peer;
  /// Until the connection stands, in milliseconds.
  int connect_ms = 3'000;
  /// For a whole call, in milliseconds. Files take as long as they need, unless they stall.
  int total_ms = 30'000;
  /// A file of which less than 1 KiB a second comes or goes for that long is given up, in seconds.
  int stall_seconds = 30;
  /// The largest answer that is kept in memory.
  std::uint64_t max_answer_bytes = 64ULL << 20;
  /// Of what fails in passing: 408, 429, 500, 502, 503, 504, and connections that cannot be made or
  /// break off.
  RetryOptions retry;
};

/// With RetryOptionsFromEnvironment, and MLFLOW_HTTP_REQUEST_TIMEOUT (seconds) for a whole call.
Result<HttpOptions> HttpOptionsFromEnvironment();

/// Talks HTTP with one server: the only user of libcurl. Follows no redirects, verifies
/// certificates, honours the proxies of the environment except towards this machine. An answer of
/// any status is an answer; kUnavailable is for servers that cannot be reached, are not trusted,
/// break off, or say too much, after as many tries as the options grant. Thread-safe: one call
/// after the other, over one connection.
class HttpClient {
 public:
  /// Does not connect yet.
  static Result<std::unique_ptr<HttpClient>> Make(ServerUrl server, Credentials credentials,
                                                  const HttpOptions& options);
  ~HttpClient();

  const ServerUrl& server() const { return server_; }

  /// `is_unknown`, where given, becomes true when it is not known whether the server has done what
  /// it was asked for.
  Result<HttpAnswer> Send(const HttpRequest& request, bool* is_unknown = nullptr);
  const RetryOptions& retry() const { return options_.retry; }

  /// Takes the bytes of a file as they come; a failure ends the download and is returned by it.
  using Sink = std::function<Status(std::string_view bytes)>;
  /// Forgets what came so far: the file is sent once more from its beginning.
  using Restart = std::function<Status()>;
  /// GET of what may be of any size. The body of an answer other than 200 is kept instead, for its
  /// message. Without `restart` there is one try.
  Result<HttpAnswer> Download(const HttpRequest& request, const Sink& sink,
                              const Restart& restart = {});

  /// PUT of a file on this disk, or a part of it, read as it is sent.
  Result<HttpAnswer> Upload(HttpRequest request, const FileRange& range);

 private:
  struct Handle;
  struct Attempt;
  /// Calls `once` until it comes to something that lasts.
  Attempt Repeat(bool is_repeatable, const std::function<Attempt(int tried)>& once);
  HttpClient(ServerUrl server, Credentials credentials, const HttpOptions& options,
             std::unique_ptr<Handle> handle);

  ServerUrl server_;
  Credentials credentials_;
  HttpOptions options_;
  std::unique_ptr<Handle> handle_;
  /// Whether the server has ever answered.
  std::atomic<bool> was_reached_ = false;
};

}  // namespace reeve::tracking
