#include "reeve/mlflow/registry_names.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/request.h"
#include "reeve/mlflow/validation.h"

namespace reeve::mlflow {
namespace {

constexpr std::array<const char*, 4> kStages = {"None", "Staging", "Production", "Archived"};
constexpr std::size_t kMostAlias = 255;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAliasByte(char c) {
  // Letters of all scripts are allowed; what is above ASCII is taken for one.
  return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) ||
         c == '_' || c == '-';
}

}  // namespace

Status CheckModelName(const std::string& name) {
  if (Trim(name).empty()) return MissingValue("name");
  if (name.find_first_of("/:") != std::string::npos) {
    return Status::InvalidArgument("Invalid model name '" + name +
                                   "'. Names cannot contain '/' or ':'.");
  }
  return CheckIsOwnPath(name, "name");
}

Status CheckAlias(const std::string& alias) {
  if (alias.empty()) return Status::InvalidArgument("Registered model alias name cannot be empty.");
  if (!std::all_of(alias.begin(), alias.end(), IsAliasByte)) {
    return Status::InvalidArgument(
        "Invalid alias name: '" + alias +
        "'. Names may only contain alphanumerics, underscores (_), and dashes (-).");
  }
  return CheckLength("Registered model alias name", alias, kMostAlias);
}

Status CheckIsFreeAlias(const std::string& alias) {
  if (ToLower(alias) == "latest")
    return Status::InvalidArgument("'latest' alias name (case insensitive) is reserved.");
  const bool is_version = alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') &&
                          std::all_of(alias.begin() + 1, alias.end(), IsDigit);
  if (!is_version) return Status::Ok();
  return Status::InvalidArgument("Version alias name '" + alias + "' is reserved.");
}

Result<std::int64_t> ParseVersion(const std::string& version) {
  const auto number = ParseInteger(Trim(version));
  if (number) return *number;
  return Status::InvalidArgument("Parameter 'version' must be an integer, got '" + version + "'.");
}

Result<std::string> ParseStage(const std::string& stage) {
  const std::string lower = ToLower(stage);
  for (const char* const known : kStages) {
    if (ToLower(known) == lower) return std::string(known);
  }
  return Status::InvalidArgument("Invalid Model Version stage: " + stage +
                                 ". Value must be one of None, Staging, Production, Archived.");
}

Status CheckRegistryTag(const std::string& key, const std::string& value) {
  REEVE_RETURN_IF_ERROR(CheckKey(key, "key"));
  if (key == "mlflow.prompt.text" && CountCharacters(value) > kMostRegistryTag) {
    return Status::InvalidArgument("Prompt text exceeds max length of " +
                                   std::to_string(kMostRegistryTag) + " characters.");
  }
  return CheckLength("value", value, kMostRegistryTag);
}

}  // namespace reeve::mlflow
