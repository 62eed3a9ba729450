#include "reeve/server/tracking_api/start_page.h"

#include <string>
#include <utility>

#include "reeve/base/clock.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/html.h"
#include "reeve/server/description/static_files.h"
#include "reeve/server/slow_calls.h"

namespace reeve::server {
namespace {

constexpr const char* kRuns =
    "SELECT r.name, r.run_uuid, e.name, r.status, r.start_time, r.user_id FROM runs r "
    "JOIN experiments e ON e.experiment_id = r.experiment_id WHERE r.lifecycle_stage = 'active' "
    "ORDER BY r.start_time DESC, r.run_uuid LIMIT 20";
constexpr const char* kModels =
    "SELECT v.name, v.version, (SELECT min(a.alias) FROM registered_model_aliases a WHERE a.name = "
    "v.name AND a.version = v.version), v.run_id, v.creation_time FROM model_versions v "
    "WHERE v.current_stage <> 'Deleted_Internal' ORDER BY v.creation_time DESC, v.name LIMIT 20";

std::string_view PageStyle() {
  for (const StaticFile& file : StaticFiles()) {
    if (file.name == "page.css") return file.bytes;
  }
  return {};
}

Status AppendRuns(sql::Database& database, Html& html) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row, database.Prepare(kRuns));
  html.Raw(
      "<h2>Latest runs</h2><table><thead><tr><th>Run<th>Experiment<th>Status<th>Started (UTC)"
      "<th>User</thead><tbody>");
  for (int count = 0;; ++count) {
    REEVE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more && count == 0) html.Raw("<tr><td colspan=5>No run yet.");
    if (!more) break;
    html.Raw("<tr><td").Attribute("title", row.View(1)).Raw(">").Text(row.View(0));
    html.Raw("<td>").Text(row.View(2)).Raw("<td>").Text(row.View(3));
    html.Raw("<td>").Text(FormatIsoSeconds(row.Integer(4))).Raw("<td>").Text(row.View(5));
  }
  html.Raw("</tbody></table>");
  return Status::Ok();
}

Status AppendModels(sql::Database& database, Html& html) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row, database.Prepare(kModels));
  html.Raw(
      "<h2>Latest model versions</h2><table><thead><tr><th>Model<th>Version<th>Alias"
      "<th>Run<th>Registered (UTC)</thead><tbody>");
  for (int count = 0;; ++count) {
    REEVE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more && count == 0) html.Raw("<tr><td colspan=5>No model is registered yet.");
    if (!more) break;
    html.Raw("<tr><td>").Text(row.View(0)).Raw("<td>").Text(row.View(1)).Raw("<td>");
    html.Text(row.View(2)).Raw("<td><code>").Text(row.View(3)).Raw("</code><td>");
    html.Text(FormatIsoSeconds(row.Integer(4)));
  }
  html.Raw("</tbody></table>");
  return Status::Ok();
}

void AppendServed(const ModelDirectory& served, Html& html) {
  html.Raw(
      "<h2>Served models</h2><table><thead><tr><th>Model<th>Version<th>Decides<th>Loaded "
      "(UTC)</thead><tbody>");
  const auto models = served.List();
  if (models.empty())
    html.Raw("<tr><td colspan=4>No model is served: none has the alias <code>champion</code>.");
  for (const auto& model : models) {
    html.Raw("<tr><td><a")
        .Attribute("href",
                   std::string(kFormPath.substr(1)) + "?model=" + EncodeQueryValue(model->name));
    html.Raw(">").Text(model->name).Raw("</a><td>").Text(model->version);
    html.Raw("<td>").Text(model->contract().target);
    html.Raw("<td>").Text(FormatIsoSeconds(model->loaded_ms));
  }
  html.Raw("</tbody></table>");
}

void AppendUse(std::string_view address, Html& html) {
  html.Raw("<h2>Use it</h2><pre>");
  html.Text("export MLFLOW_TRACKING_URI=" + std::string(address) + "\n");
  html.Text("reeve train loans.csv --target approved --register loans --alias champion\n");
  html.Text("python -c \"import mlflow; print(mlflow.search_runs(search_all_experiments=True))\"");
  html.Raw(
      "</pre><p>MLflow's own pages: start this server with <code>--ui</code> and the folder "
      "<code>mlflow/server/js/build</code> of an installed MLflow, or run <code>mlflow ui</code> "
      "on "
      "the same database.</p>");
}

Result<std::string> Page(const mlflow::Api& api, std::string_view address,
                         const StartPageOptions& options) {
  Html html;
  html.Raw(
          "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
          "content=\"width=device-width,initial-scale=1\"><title>Reeve tracking server</title>"
          "<style>")
      .Raw(PageStyle())
      .Raw(
          "</style><header class=top><span class=home>Reeve "
          "tracking server</span></header><main><h1>Runs and models</h1><p class=lead>MLflow's "
          "REST API for tracking and registry.</p>");
  if (options.served != nullptr) AppendServed(*options.served, html);
  if (options.shows_latest) {
    REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, api.context().pool.Read());
    REEVE_RETURN_IF_ERROR(AppendRuns(*database, html));
    REEVE_RETURN_IF_ERROR(AppendModels(*database, html));
  }
  AppendUse(address, html);
  html.Raw("</main></html>");
  return html.Take();
}

}  // namespace

Route StartPageRoute(const mlflow::Api& api, const StartPageOptions& options) {
  Route route{.method = "GET", .pattern = "/", .role = Role::kRead};
  route.handle = [&api, options](const Request& request, Response& response) {
    // What a user may see is not looked up here.
    const bool is_user = request.notes != nullptr && request.notes->caller != nullptr &&
                         request.notes->caller->user_id.has_value();
    const std::string_view host = request.Header("Host");
    const std::string address =
        "http://" + std::string(host.empty() ? "127.0.0.1:5000" : host) + options.static_prefix;
    StartPageOptions shown = options;
    if (is_user) shown.shows_latest = false;
    if (is_user) shown.served = nullptr;
    Result<std::string> page = Page(api, address, shown);
    response.content_type = page.ok() ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    response.status = page.ok() ? 200 : 503;
    response.body = page.ok() ? std::move(*page) : page.status().message();
  };
  MoveWhenSlow(route);
  return route;
}

}  // namespace reeve::server
