#include "reeve/server/access/access_guard.h"

#include <utility>

#include "reeve/base/clock.h"
#include "reeve/mlflow/api.h"

namespace reeve::server {
namespace {

// The service's own word for a refusal; MLflow's follows from the status.
std::string_view CodeOf(int status) {
  if (status == 401) return "unauthorized";
  if (status == 403) return "forbidden";
  return status == 429 ? "overloaded" : "internal";
}

void Refuse(const ErrorBody& form, int status, std::string_view message, Response& response) {
  response.status = status;
  response.content_type = "application/json";
  response.body = form(status, CodeOf(status), message);
}

void RefuseUnknown(const ErrorBody& form, bool is_wrong, Response& response) {
  Refuse(form, 401,
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

// MLflow has a code for each failure; other forms, which `form` is one of, know the status alone.
void RefuseFailure(const ErrorBody* form, const Status& status, Response& response) {
  if (form != nullptr)
    return Refuse(*form, mlflow::ErrorHttpStatus(status), status.message(), response);
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
  Refuse(MlflowErrorBody, 403, "Permission denied", response);
}

void RefuseLimitedCallers(Route& route) {
  route.handle = [next = std::move(route.handle)](const Request& request, Response& response) {
    const Caller* const caller = request.notes == nullptr ? nullptr : request.notes->caller;
    if (caller != nullptr && caller->user_id) return RefuseForbidden(response);
    next(request, response);
  };
}

Result<bool> AccessGuard::AdmitsUser(const Door& door, const Request& request,
                                     std::int64_t user_id) const {
  if (door.models) return AdmitsModels(door, request, user_id);
  if (door.grants == Grants::kByArtifact) return AdmitsArtifact(door, request, user_id);
  return true;
}

Result<bool> AccessGuard::AdmitsModels(const Door& door, const Request& request,
                                       std::int64_t user_id) const {
  if (policy_ == nullptr) return false;
  for (const std::string& name : door.models(request)) {
    REEVE_ASSIGN_OR_RETURN(const bool may, policy_->AdmitsVersionsOf(user_id, name));
    if (!may) return false;
  }
  return true;
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
  const ErrorBody* const own_form = door.models ? &door.form : nullptr;
  auto outcome = login_->Identify(request.Header("Authorization"), request.peer);
  if (!outcome.ok()) {
    RefuseFailure(own_form, outcome.status(), response);
    return false;
  }
  if (outcome->wait_seconds > 0) {
    Refuse(door.form, 429, "Too many failed logins from this address; try again later.", response);
    response.headers.emplace_back("Retry-After", std::to_string(outcome->wait_seconds));
    return false;
  }
  if (!outcome->caller) {
    RefuseUnknown(door.form, outcome->is_wrong, response);
    return false;
  }
  caller = std::move(*outcome->caller);
  notes.caller = &caller;
  // Users have no role for scoring: who may read a model may ask it.
  const bool is_scoring_user = caller.user_id && door.models && door.role == Role::kScore;
  bool may = is_scoring_user || Covers(caller.role, door.role);
  if (may && caller.user_id) {
    const Result<bool> admitted = AdmitsUser(door, request, *caller.user_id);
    if (!admitted.ok()) {
      RefuseFailure(own_form, admitted.status(), response);
      return false;
    }
    may = *admitted;
  }
  if (!may) Refuse(door.form, 403, "Permission denied", response);
  return may;
}

void AccessGuard::Tell(const Door& door, const AuditEntry& entry) const {
  if (audit_ == nullptr) return;
  const bool changes = door.method != "GET" && door.role >= Role::kWrite;
  const bool is_refused = entry.status == 401 || entry.status == 403 || entry.status == 429;
  if (changes || is_refused) audit_->Append(entry);
}

void AccessGuard::Guard(Route& route, const std::shared_ptr<const Door>& door) const {
  if (login_ != nullptr && door->role != Role::kPublic) {
    route.takes_long = [this, door, next = std::move(route.takes_long)](const Request& request) {
      const std::string_view who = request.Header("Authorization");
      const bool asks_first = door->models ? login_->AsksDatabase(who) : login_->TakesLong(who);
      return asks_first || (next && next(request));
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

void AccessGuard::ProtectScoring(Route& route, const ModelsOf& models) const {
  if (login_ == nullptr && audit_ == nullptr) return;
  Guard(route, std::make_shared<Door>(Door{.method = route.method,
                                           .pattern = route.pattern,
                                           .role = route.role,
                                           .models = models,
                                           .form = DefaultErrorForm(route.pattern)}));
}

void AccessGuard::Protect(std::vector<Route>& routes, Grants grants) const {
  for (Route& route : routes) Protect(route, grants);
}

void AccessGuard::Protect(Route& route, Grants grants) const {
  if (login_ == nullptr && audit_ == nullptr) return;
  Guard(
      route,
      std::make_shared<Door>(Door{
          .method = route.method, .pattern = route.pattern, .role = route.role, .grants = grants}));
}

}  // namespace reeve::server
