#pragma once

#include <string>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/request.h"
#include "reeve/sql/pool.h"

namespace reeve::mlflow {

class MetricIntake;

/// What every endpoint works with. Thread-safe; outlives the calls.
struct Context {
  sql::Pool& pool;
  const Clock& clock;
  /// Where artifacts of new experiments lie: "mlflow-artifacts:/", an S3 location or a folder.
  std::string artifact_root;
  /// Where points of metrics wait for an SQLite database; null for others. Endpoints with
  /// Access::kRead find it settled.
  MetricIntake* intake = nullptr;
};

/// Who may call, when callers have to say who they are.
enum class Access { kRead, kWrite };

/// One call of MLflow's REST API.
struct Endpoint {
  const char* method;
  /// Behind /api/2.0/mlflow, the family of most: "/experiments/create"; segments in braces take any
  /// one segment.
  const char* path;
  std::vector<Field> fields;
  /// Appends the answer, a JSON object; on failure the answer is thrown away.
  Status (*handle)(const Context& context, const Request& request, std::string& answer);
  Access access = Access::kWrite;
  /// The API's major version in the path.
  int version = 2;
  /// Below /ajax-api only.
  bool pages_only = false;
  /// The segment behind the version: whose API it is.
  const char* family = "mlflow";
};

}  // namespace reeve::mlflow
