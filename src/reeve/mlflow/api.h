#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

struct ApiOptions {
  /// "sqlite:///mlflow.db"; a database that is new gets its tables.
  std::string database_uri;
  /// Where artifacts of new experiments lie, see Context.
  std::string artifact_root = "mlflow-artifacts:/";
  /// Not owned; outlives the API.
  const Clock* clock = &Clock::System();
  /// Told of the connections that calls borrow; not owned, outlives the API; null: nobody is.
  sql::PoolObserver* pool_observer = nullptr;
};

/// MLflow's tracking server and model registry without HTTP: endpoints on a database in MLflow's
/// schema. Thread-safe; nothing is kept in memory, so that other programs may write to the same
/// database.
class Api {
 public:
  static Result<std::unique_ptr<Api>> Open(const ApiOptions& options);
  /// The same endpoints without a database: whatever needs one fails with kUnavailable.
  static std::unique_ptr<Api> WithoutDatabase();
  virtual ~Api() = default;

  virtual const std::vector<Endpoint>& endpoints() const = 0;
  /// For what is no endpoint of its own: artifacts, access, pages.
  virtual const Context& context() const = 0;

  /// Checks the fields and answers. For GET the fields are in `query`, else in `body`. Failures map
  /// to MLflow's codes by ErrorCode.
  virtual Status Call(const Endpoint& endpoint, Request& request, std::string& answer) const = 0;
};

/// MLflow's word for a failure: "RESOURCE_DOES_NOT_EXIST".
std::string_view ErrorCode(const Status& status);
/// 404. Never one at which clients try again for what is the caller's mistake.
int ErrorHttpStatus(const Status& status);
/// {"error_code":…,"message":…}
std::string ErrorBody(const Status& status);

}  // namespace reeve::mlflow
