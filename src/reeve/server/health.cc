#include "reeve/server/health.h"

#include <utility>

#include "reeve/base/clock.h"

namespace reeve::server {
namespace {

// Checks as members of a JSON object, and the worst of what they found.
class Checks {
 public:
  void Add(std::string_view name, std::string_view text) {
    Name(name);
    AppendJsonText(text, json_);
  }
  void AddFlag(std::string_view name, bool value) {
    Name(name);
    json_ += value ? "true" : "false";
  }
  void Degrade() { degraded_ = true; }
  void Fail() { failed_ = true; }

  void Answer(Response& response) const {
    response.status = failed_ ? 503 : 200;
    response.body = "{\"status\":\"";
    response.body += failed_ ? "unhealthy" : degraded_ ? "degraded" : "healthy";
    response.body += "\",\"checks\":{" + json_ + "}}";
  }

 private:
  void Name(std::string_view name) {
    if (!json_.empty()) json_ += ',';
    AppendJsonText(name, json_);
    json_ += ':';
  }

  std::string json_;
  bool degraded_ = false, failed_ = false;
};

void CheckModels(const ModelDirectory& models, const ServiceState& state, Checks& checks) {
  auto served = models.Find("", "");
  if (const auto all = models.List(); !served && !all.empty()) served = all.front();
  checks.AddFlag("model_loaded", served != nullptr);
  checks.Add("api_status", "ok");
  checks.Add("model_version", served ? served->version : "");
  if (!served && state.needs_model) checks.Fail();
  for (const auto& [model, reason] : models.Problems()) {
    if (state.tells_reasons) checks.Add("model_update " + model, "failed: " + reason);
    checks.Degrade();
  }
}

void CheckPredictions(predictions::PredictionLog& log, Checks& checks) {
  const predictions::PredictionLogStats stats = log.stats();
  checks.Add("prediction_log", stats.problem.empty() ? "ok" : "failed: " + stats.problem);
  if (!stats.problem.empty()) checks.Fail();
}

void CheckStore(const ServiceState& state, Checks& checks) {
  const Status status = state.check_store();
  checks.Add("tracking_store", status.ok()           ? "ok"
                               : state.tells_reasons ? "failed: " + status.message()
                                                     : "failed");
  if (!status.ok()) checks.Fail();
}

void AnswerHealth(const ScoringContext& context, const ServiceState& state, Response& response) {
  Checks checks;
  CheckModels(*context.models, state, checks);
  if (state.check_store) CheckStore(state, checks);
  if (context.log != nullptr) CheckPredictions(*context.log, checks);
  if (!state.is_ready()) {
    checks.AddFlag("accepting_requests", false);
    checks.Fail();
  }
  checks.Add("timestamp", TimestampNow(*context.clock));
  checks.Answer(response);
}

}  // namespace

std::vector<Route> HealthRoutes(const ScoringContext& context, ServiceState state) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = "GET",
       .pattern = "/health",
       .handle = [&context, state](const Request&,
                                   Response& response) { AnswerHealth(context, state, response); },
       .open = {},
       .role = Role::kPublic});
  routes.push_back({.method = "GET",
                    .pattern = "/livez",
                    .handle =
                        [](const Request&, Response& response) {
                          response.content_type = "text/plain; charset=utf-8";
                          response.body = "ok\n";
                        },
                    .open = {},
                    .role = Role::kPublic});
  routes.push_back({.method = "GET",
                    .pattern = "/readyz",
                    .handle =
                        [state = std::move(state)](const Request&, Response& response) {
                          const bool ready = state.is_ready();
                          response.status = ready ? 200 : 503;
                          response.content_type = "text/plain; charset=utf-8";
                          response.body = ready ? "ready\n" : "not ready\n";
                        },
                    .open = {},
                    .role = Role::kPublic});
  return routes;
}

}  // namespace reeve::server
