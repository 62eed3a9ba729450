#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"

// Where artifacts lie, as MLflow writes it into its tables.

namespace reeve::mlflow {

/// "mlflow-artifacts:/" and "7" -> "mlflow-artifacts:/7"; a query stays at the end.
std::string AppendToUri(std::string_view uri, std::string_view path);

/// A location that a client asks for: local paths become absolute (against the folder that the
/// server runs in), others stay. Fails with kInvalidArgument for "runs:/…", fragments, queries that
/// climb out of a folder, and more than 2048 characters. Empty stays empty.
Result<std::string> ResolveLocation(const std::string& location, std::string_view parameter);

}  // namespace reeve::mlflow
