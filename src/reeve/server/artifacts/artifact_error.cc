#include "reeve/server/artifacts/artifact_error.h"

#include "reeve/mlflow/api.h"
#include "reeve/server/error_form.h"

namespace reeve::server {

void RefuseArtifact(const Status& status, Response& response, bool disk_full) {
  std::string message = status.message();
  for (const std::string& fix : status.fixes()) message += "; " + fix;
  response.status = mlflow::ErrorHttpStatus(status);
  if (status.code() == StatusCode::kAlreadyExists) response.status = 409;
  if (disk_full) response.status = 507;
  response.content_type = "application/json";
  response.file.reset();
  response.source.reset();
  if (status.code() == StatusCode::kRequirementUnmet) {
    response.status = 403;
    response.body = MlflowErrorBody(403, "", message);
  } else {
    response.body = mlflow::ErrorBody(Status(status.code(), std::move(message)));
  }
}

}  // namespace reeve::server
