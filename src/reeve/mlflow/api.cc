#include "reeve/mlflow/api.h"

#include <utility>

#include "reeve/mlflow/aliases.h"
#include "reeve/mlflow/dataset_search.h"
#include "reeve/mlflow/experiments.h"
#include "reeve/mlflow/inputs.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/mlflow/locations.h"
#include "reeve/mlflow/log_batch.h"
#include "reeve/mlflow/log_model.h"
#include "reeve/mlflow/logged_models.h"
#include "reeve/mlflow/metric_history.h"
#include "reeve/mlflow/metric_intake.h"
#include "reeve/mlflow/metrics.h"
#include "reeve/mlflow/model_versions.h"
#include "reeve/mlflow/params.h"
#include "reeve/mlflow/registered_models.h"
#include "reeve/mlflow/registry_record.h"
#include "reeve/mlflow/registry_search.h"
#include "reeve/mlflow/run_tags.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/search_experiments.h"
#include "reeve/mlflow/search_logged_models.h"
#include "reeve/mlflow/search_runs.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/open_database.h"

namespace reeve::mlflow {
namespace {

void Append(std::vector<Endpoint> more, std::vector<Endpoint>& endpoints) {
  for (Endpoint& endpoint : more) endpoints.push_back(std::move(endpoint));
}

class ApiImpl final : public Api {
 public:
  ApiImpl(const ApiOptions& options, sql::Pool::Opener open)
      : pool_(std::move(open), options.pool_observer),
        context_{.pool = pool_, .clock = *options.clock, .artifact_root = options.artifact_root} {
    Append(ExperimentEndpoints(), endpoints_);
    Append(RegisteredModelEndpoints(), endpoints_);
    Append(ModelVersionEndpoints(), endpoints_);
    Append(AliasEndpoints(), endpoints_);
    Append(RegistrySearchEndpoints(), endpoints_);
    Append(RegistryHistoryEndpoints(), endpoints_);
    Append(DatasetSearchEndpoints(), endpoints_);
    Append(InputEndpoints(), endpoints_);
    Append(LogBatchEndpoints(), endpoints_);
    Append(LogModelEndpoints(), endpoints_);
    Append(LoggedModelEndpoints(), endpoints_);
    Append(MetricHistoryEndpoints(), endpoints_);
    Append(MetricEndpoints(), endpoints_);
    Append(ParamEndpoints(), endpoints_);
    Append(RunEndpoints(), endpoints_);
    Append(RunTagEndpoints(), endpoints_);
    Append(SearchExperimentsEndpoints(), endpoints_);
    Append(SearchLoggedModelsEndpoints(), endpoints_);
    Append(SearchRunsEndpoints(), endpoints_);
  }

  Status Open(const std::string& database_uri) {
    const std::optional<std::string> path = sql::SqlitePath(database_uri);
    if (!path) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(intake_, MetricIntake::Open(*path, pool_));
    context_.intake = intake_.get();
    return Status::Ok();
  }

  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const Context& context() const override { return context_; }

  Status Call(const Endpoint& endpoint, Request& request, std::string& answer) const override {
    REEVE_RETURN_IF_ERROR(request.Check(endpoint.fields));
    if (endpoint.access == Access::kRead && intake_ != nullptr) {
      REEVE_RETURN_IF_ERROR(intake_->Settle());
    }
    return endpoint.handle(context_, request, answer);
  }

 private:
  // Calls borrow connections, which changes nothing that a caller sees.
  mutable sql::Pool pool_;
  // Null unless the database is a file.
  std::unique_ptr<MetricIntake> intake_;
  Context context_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace

Result<std::unique_ptr<Api>> Api::Open(const ApiOptions& options) {
  // Made once, before connections come and go.
  REEVE_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Database> database,
                         tracking::OpenTrackingDatabase(options.database_uri, {}));
  REEVE_RETURN_IF_ERROR(tracking::CheckHasLoggedModels(*database));
  REEVE_RETURN_IF_ERROR(tracking::EnsureDefaultExperiment(
      *database, AppendToUri(options.artifact_root, "0"), options.clock->NowMs()));
  auto api = std::make_unique<ApiImpl>(options, [uri = options.database_uri] {
    return tracking::OpenTrackingDatabase(uri, {.create = false, .relaxed_sync = true});
  });
  REEVE_RETURN_IF_ERROR(api->Open(options.database_uri));
  return std::unique_ptr<Api>(std::move(api));
}

std::unique_ptr<Api> Api::WithoutDatabase() {
  return std::make_unique<ApiImpl>(ApiOptions(), [] {
    return Result<std::unique_ptr<sql::Database>>(
        Status::Unavailable("this server has no database of runs and models"));
  });
}

std::string_view ErrorCode(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
      return "INVALID_PARAMETER_VALUE";
    case StatusCode::kInvalidData:
      return "BAD_REQUEST";
    case StatusCode::kNotFound:
      return "RESOURCE_DOES_NOT_EXIST";
    case StatusCode::kAlreadyExists:
      return "RESOURCE_ALREADY_EXISTS";
    case StatusCode::kRequirementUnmet:
      return "INVALID_STATE";
    case StatusCode::kUnavailable:
      return "TEMPORARILY_UNAVAILABLE";
    default:
      return "INTERNAL_ERROR";
  }
}

int ErrorHttpStatus(const Status& status) {
  switch (status.code()) {
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kInvalidArgument:
    case StatusCode::kInvalidData:
    case StatusCode::kAlreadyExists:
    // MLflow itself says 500 here, at which its clients try again for minutes.
    case StatusCode::kRequirementUnmet:
      return 400;
    case StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

std::string ErrorBody(const Status& status) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject();
  writer.Member("error_code", ErrorCode(status));
  writer.Member("message", status.message());
  writer.EndObject();
  return body;
}

}  // namespace reeve::mlflow
