#include "reeve/server/access/access_guard.h"

#include <utility>

#include "reeve/base/clock.h"
#include "reeve/mlflow/api.h"
#include "reeve/mlflow/json_writer.h"

namespace reeve::server {
namespace {

void Refuse(int status, std::string_view code, std::string_view message, Response& response) {
  response.status = status;
  response.content_type = "application/json";
  response.body.clear();
  mlflow::JsonWriter writer(response.body);
  writer.BeginObject();
  writer.Member("error_code", code);
  writer.Member("message", message);
  writer.EndObject();
}

void RefuseUnknown(bool is_wrong, Response& response) {
  Refuse(401, "UNAUTHENTICATED",
         is_wrong ? "You are not authenticated: the user, the password or the token is not known."
                  : "You are not authenticated. Set MLFLOW_TRACKING_USERNAME and "
                    "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.",
         response);
  // RFC 7235, 4.1: any number of challenges.
  response.headers.emplace_back("WWW-Authenticate",
                                is_wrong ? "Basic realm=\"reeve\", Bearer realm=\"reeve\", "
                                           "error=\"invalid_token\""
                                         : "Basic realm=\"reeve\", Bearer realm=\"reeve\"");
}

void RefuseFailure(const Status& status, Response& response) {
  response.status = mlflow::ErrorHttpStatus(status);
  response.body = mlflow::ErrorBody(status);
}

// The path of an endpoint: "/artifacts/list" of "/api/2.0/mlflow/artifacts/list", "/get-artifact"
// of "//get-artifact".
std::string_view EndpointPath(std::string_view pattern) {
  for (const std::string_view prefix : {"/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"}) {
    if (pattern.starts_with(prefix)) return pattern.substr(prefix.size() - 1);
  }
  return pattern.starts_with("//") ? pattern.substr(1) : pattern;
}

Action ActionOf(std::string_view method) {
  if (method == "GET") return Action::kRead;
  return method == "DELETE" ? Action::kDelete : Action::kUpdate;
}

// Tells of an upload when its answer is known.
class ToldStream final : public BodyStream {
 public:
  ToldStream(std::unique_ptr<BodyStream> inner, std::function<void(int status)> tell)
      : inner_(std::move(inner)), tell_(std::move(tell)) {}
  // A client that went away before the end is told of as the transport does.
  ~ToldStream() override { tell_(has_ended_ || status_ >= 400 ? status_ : 499); }

  void OnBytes(std::string_view bytes, std::string& out) override { inner_->OnBytes(bytes, out); }
  void OnEnd(std::string& out) override {
    inner_->OnEnd(out);
    has_ended_ = true;
  }
  bool EndTakesLong() const override { return inner_->EndTakesLong(); }
  bool Ready(Response& response) override {
    const bool is_ready = inner_->Ready(response);
    status_ = response.status;
    return is_ready;
  }

 private:
  std::unique_ptr<BodyStream> inner_;
  std::function<void(int status)> tell_;
  bool has_ended_ = false;
  int status_ = 200;
};

AuditEntry EntryOf(const Request& request, const CallNotes& notes, int status) {
  return {.unix_ms = Clock::System().NowMs(),
          .user = notes.caller == nullptr ? std::string_view() : notes.caller->name,
          .peer = request.peer,
          .method = request.method,
          .path = request.path,
          .subjects = &notes.subjects,
          .status = status,
          .request_id = request.request_id};
}

}  // namespace

void RefuseForbidden(Response& response) {
  Refuse(403, "PERMISSION_DENIED", "Permission denied", response);
}

Result<bool> AccessGuard::AdmitsArtifact(const Door& door, const Request& request,
                                         std::int64_t user_id) const {
  if (policy_ == nullptr) return false;
  if (door.pattern.find("/mlflow-artifacts/") != std::string::npos) {
    std::string path(request.Param("path"));
    if (path.empty()) {
      REEVE_ASSIGN_OR_RETURN(const mlflow::Request query,
                             mlflow::Request::FromQuery(request.query, {{"path"}}));
      path = query.Text("path");
    }
    return policy_->AdmitsArtifact(user_id, path, ActionOf(door.method));
  }
  REEVE_ASSIGN_OR_RETURN(
      mlflow::Request fields,
      mlflow::Request::FromQuery(request.query, {{"run_id"}, {"name"}, {"version"}}));
  for (const auto& [name, value] : request.path_params) fields.path.emplace(name, value);
  return policy_->Admits(user_id, FindAccessRule(door.method, EndpointPath(door.pattern)), fields);
}

bool AccessGuard::Admits(const Door& door, const Request& request, Caller& caller, CallNotes& notes,
                         Response& response) const {
  if (login_ == nullptr || door.role == Role::kPublic) return true;
  auto outcome = login_->Identify(request.Header("Authorization"), request.peer);
  if (!outcome.ok()) {
    RefuseFailure(outcome.status(), response);
    return false;
  }
  if (outcome->wait_seconds > 0) {
    Refuse(429, "REQUEST_LIMIT_EXCEEDED",
           "Too many failed logins from this address; try again later.", response);
    response.headers.emplace_back("Retry-After", std::to_string(outcome->wait_seconds));
    return false;
  }
  if (!outcome->caller) {
    RefuseUnknown(outcome->is_wrong, response);
    return false;
  }
  caller = std::move(*outcome->caller);
  notes.caller = &caller;
  bool may = Covers(caller.role, door.role);
  if (may && caller.user_id && door.grants == Grants::kByArtifact) {
    const Result<bool> admitted = AdmitsArtifact(door, request, *caller.user_id);
    if (!admitted.ok()) {
      RefuseFailure(admitted.status(), response);
      return false;
    }
    may = *admitted;
  }
  if (!may) RefuseForbidden(response);
  return may;
}

void AccessGuard::Tell(const Door& door, const AuditEntry& entry) const {
  if (audit_ == nullptr) return;
  const bool changes = door.method != "GET" && door.role != Role::kRead;
  const bool is_refused = entry.status == 401 || entry.status == 403 || entry.status == 429;
  if (changes || is_refused) audit_->Append(entry);
}

void AccessGuard::Guard(Route& route, const std::shared_ptr<const Door>& door) const {
  if (login_ != nullptr && door->role != Role::kPublic) {
    route.takes_long = [this, next = std::move(route.takes_long)](const Request& request) {
      return login_->TakesLong(request.Header("Authorization")) || (next && next(request));
    };
  }
  if (route.handle) {
    route.handle = [this, door, next = std::move(route.handle)](const Request& request,
                                                                Response& response) {
      Caller caller;
      CallNotes notes;
      Request noted = request;
      noted.notes = &notes;
      if (Admits(*door, request, caller, notes, response)) next(noted, response);
      Tell(*door, EntryOf(request, notes, notes.is_refused_in_part ? 403 : response.status));
    };
    return;
  }
  route.open = [this, door, next = std::move(route.open)](
                   const Request& request, Response& response) -> std::unique_ptr<BodyStream> {
    Caller caller;
    CallNotes notes;
    Request noted = request;
    noted.notes = &notes;
    std::unique_ptr<BodyStream> stream;
    if (Admits(*door, request, caller, notes, response)) stream = next(noted, response);
    if (stream == nullptr || audit_ == nullptr) {
      Tell(*door, EntryOf(request, notes, response.status));
      return stream;
    }
    // The request's head does not live as long as its body.
    return std::make_unique<ToldStream>(
        std::move(stream),
        [this, door, user = caller.name, peer = std::string(request.peer),
         path = std::string(request.path), id = std::string(request.request_id)](int status) {
          Tell(*door, {.unix_ms = Clock::System().NowMs(),
                       .user = user,
                       .peer = peer,
                       .method = door->method,
                       .path = path,
                       .status = status,
                       .request_id = id});
        });
  };
}

void AccessGuard::Protect(std::vector<Route>& routes, Grants grants) const {
  if (login_ == nullptr && audit_ == nullptr) return;
  for (Route& route : routes) {
    Guard(route, std::make_shared<Door>(Door{.method = route.method,
                                             .pattern = route.pattern,
                                             .role = route.role,
                                             .grants = grants}));
  }
}

}  // namespace reeve::server
