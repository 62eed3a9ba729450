#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/tracking/http/http_client.h"

namespace reeve::tracking {

enum class Verb { kGet, kPost, kPatch, kDelete };

/// MLflow's REST API: JSON objects in, JSON objects out, its errors as ours. Thread-safe.
class Api {
 public:
  explicit Api(std::unique_ptr<HttpClient> http) : http_(std::move(http)) {}

  const ServerUrl& server() const { return http_->server(); }
  HttpClient& http() { return *http_; }

  /// One call of /api/2.0/mlflow/`path`, or /api/2.0`path` when it begins with a slash. `fields` is
  /// an object: the body, or for kGet the query, in which an array repeats its key. Fails with
  /// kNotFound (does not exist), kAlreadyExists, kInvalidArgument (what the server refuses to
  /// take), kUnavailable (everything else).
  Result<Json> Call(Verb verb, const std::string& path, const Json& fields);

  /// What is already there of something that is to be made: its record, or nothing.
  using Look = std::function<Result<std::optional<Json>>()>;
  /// A POST that makes something, and must not make it twice: when it is not known whether the
  /// server has made it, `look` is asked before it is tried again. Returns the answer, or what was
  /// found.
  Result<Json> Make(const std::string& path, const Json& fields, const Look& look);

  /// The elements of `member` over all pages, at most `most`.
  Result<std::vector<Json>> CallForAll(Verb verb, const std::string& path, Json fields,
                                       const std::string& member, std::int64_t most);

  /// What an answer that is no 200 means. `what` says what was asked for: "GET /api/2.0/…".
  Status Failure(const HttpAnswer& answer, const std::string& what) const;

 private:
  Result<Json> Send(const HttpRequest& request, const std::string& what, bool* is_unknown);

  std::unique_ptr<HttpClient> http_;
};

}  // namespace reeve::tracking
