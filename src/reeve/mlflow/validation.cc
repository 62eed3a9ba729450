#include "reeve/mlflow/validation.h"

#include <algorithm>
#include <filesystem>

#include "reeve/base/number.h"
#include "reeve/mlflow/request.h"

namespace reeve::mlflow {
namespace {

constexpr std::string_view kCharacterRule =
    "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
    "colon(:) and slashes (/).";

bool IsKeyByte(char c) {
  // Letters of all scripts are allowed; what is above ASCII is taken for one.
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
         (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("_-. :/").find(c) != std::string_view::npos;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The path that a key would be as the name of a file.
std::string NormalPath(std::string_view key) {
  std::string normal = std::filesystem::path(key).lexically_normal().generic_string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal.empty() ? "." : normal;
}

}  // namespace

std::size_t CountCharacters(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), IsContinuation));
}

std::string Truncate(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && characters++ == most) break;
  }
  return std::string(text.substr(0, end));
}

Status CheckLength(std::string_view what, std::string_view text, std::size_t most) {
  if (text.size() <= most || CountCharacters(text) <= most) return Status::Ok();
  return Status::InvalidArgument("'" + std::string(what) + "' exceeds the maximum length of " +
                                 std::to_string(most) + " characters");
}

Status CheckKey(std::string_view key, std::string_view parameter) {
  return CheckKey(key, parameter, parameter);
}

Status CheckKey(std::string_view key, std::string_view parameter, std::string_view what) {
  if (!std::all_of(key.begin(), key.end(), IsKeyByte))
    return InvalidValue(parameter, key, kCharacterRule);
  REEVE_RETURN_IF_ERROR(CheckIsOwnPath(key, parameter));
  return CheckLength(what, key, kMostKey);
}

Status CheckIsOwnPath(std::string_view name, std::string_view parameter) {
  // Most names have no parts.
  if (!name.empty() && name.front() != '.' && name.find('/') == std::string_view::npos)
    return Status::Ok();
  const std::string normal = NormalPath(name);
  if (normal == name && normal != "." && !normal.starts_with("..") && !normal.starts_with('/'))
    return Status::Ok();
  return InvalidValue(parameter, name,
                      "Names may be treated as files in certain cases, and must not resolve to "
                      "other names when treated as such. This name would resolve to '" +
                          normal + "'");
}

Status CheckMaxResults(std::int64_t max_results, std::int64_t most) {
  const std::string start =
      "Invalid value " + std::to_string(max_results) + " for parameter 'max_results' supplied. ";
  if (max_results < 1) return Status::InvalidArgument(start + "It must be a positive integer");
  if (max_results <= most) return Status::Ok();
  return Status::InvalidArgument(start + "It must be at most " + std::to_string(most));
}

Result<std::int64_t> ParseExperimentId(const std::string& id) {
  if (id.empty()) return 0;
  return ParseSearchedExperimentId(id);
}

Result<std::int64_t> ParseSearchedExperimentId(const std::string& id) {
  if (const auto number = ParseInteger(id)) return *number;
  return Status::InvalidArgument("Invalid experiment ID '" + id +
                                 "'. Experiment ID must be a valid integer.");
}

}  // namespace reeve::mlflow
