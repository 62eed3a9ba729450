#include "reeve/server/scoring_part.h"

#include <utility>

#include "reeve/server/description/description_routes.h"
#include "reeve/server/scoring/csv_stream.h"
#include "reeve/server/scoring/feedback.h"
#include "reeve/server/scoring/invocations.h"
#include "reeve/server/scoring/predict.h"
#include "reeve/server/scoring/v2.h"

namespace reeve::server {

Result<std::unique_ptr<ScoringPart>> ScoringPart::Open(const ScoringOptions& options,
                                                       ServerMetrics& metrics) {
  std::unique_ptr<ScoringPart> part(new ScoringPart(options));
  part->metrics_ = ServiceMetrics::Make(metrics);
  REEVE_ASSIGN_OR_RETURN(
      part->host_, ModelHost::Open({.choice = options.choice, .metrics = part->metrics_.get()}));
  if (options.keep_predictions) {
    REEVE_ASSIGN_OR_RETURN(part->log_, predictions::PredictionLog::Open(options.predictions));
  }
  part->context_ = {.models = part->host_.get(),
                    .log = part->log_.get(),
                    .metrics = part->metrics_.get(),
                    .strict = options.strict,
                    .key_field = options.key_field,
                    .max_rows = options.max_rows,
                    .form_path = options.form_path,
                    .nothing_served = options.nothing_served};
  return part;
}

std::vector<Route> ScoringPart::Routes(std::vector<Route> more, ServiceState state) const {
  state.is_ready = [this] { return is_ready_.load(); };
  std::vector<Route> routes = PredictRoutes(context_);
  routes.push_back(CsvRoute(context_));
  Append(FeedbackRoutes(context_), routes);
  Append(InvocationsRoutes(context_), routes);
  Append(V2Routes(context_, state.is_ready), routes);
  Append(HealthRoutes(context_, state), routes);
  Append(std::move(more), routes);
  if (!options_.health_path.empty()) {
    Route route = HealthRoutes(context_, state).front();
    route.pattern = options_.health_path;
    route.label = "AIP_HEALTH_ROUTE";
    routes.push_back(std::move(route));
  }
  if (!options_.predict_path.empty())
    routes.push_back(VertexRoute(context_, options_.predict_path));
  // Last: it describes the others.
  Append(DescriptionRoutes(context_, routes), routes);
  for (Route& route : routes) route.at_admin_address = route.role >= Role::kRead;
  return routes;
}

std::vector<std::string> ScoringPart::ModelNames() const {
  std::vector<std::string> names;
  for (const auto& model : host_->List())
    names.push_back(model->name + " version " + model->version);
  return names;
}

void ScoringPart::Begin() {
  host_->StartWatching();
  is_ready_ = true;
}

Status ScoringPart::End() {
  Drain();
  host_->StopWatching();
  return log_ ? log_->Flush() : Status::Ok();
}

void ScoringPart::RefreshMetrics() const {
  if (log_ == nullptr) return;
  const predictions::PredictionLogStats stats = log_->stats();
  metrics_->SetPredictionLog(stats.rows_written, stats.rows_dropped, stats.bytes_written);
}

}  // namespace reeve::server
