#pragma once

#include <string>
#include <string_view>

#include "reeve/mlflow/request.h"
#include "reeve/server/access/caller.h"

namespace reeve::server {

/// What a call of MLflow's API is about, for the audit log, from its fields: "experiment", "run",
/// "logged_model", "model", "version", "alias", "name", "new_name". `path` as in mlflow::Endpoint.
void NoteSubjects(std::string_view path, const mlflow::Request& request, CallNotes& notes);
/// The id of what the call made, from its answer.
void NoteMade(std::string_view path, const std::string& answer, CallNotes& notes);

}  // namespace reeve::server
