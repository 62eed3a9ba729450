#pragma once

#include <cstdint>
#include <string>

#include "reeve/base/result.h"

// MLflow's rules for what stands in its registry of models; what fails is kInvalidArgument in its
// words.

namespace reeve::mlflow {

inline constexpr const char* kDeletedStage = "Deleted_Internal";
inline constexpr const char* kPromptTag = "mlflow.prompt.is_prompt";

/// Of a registered model: not blank, no "/" and ":".
Status CheckModelName(const std::string& name);
/// Letters, digits, "_" and "-", at most 255 characters.
Status CheckAlias(const std::string& alias);
/// "latest", "v1" and the like mean versions, and can be no aliases.
Status CheckIsFreeAlias(const std::string& alias);
/// A number.
Result<std::int64_t> ParseVersion(const std::string& version);
/// "production" -> "Production".
Result<std::string> ParseStage(const std::string& stage);
/// Of a registered model or a version.
Status CheckRegistryTag(const std::string& key, const std::string& value);

}  // namespace reeve::mlflow
