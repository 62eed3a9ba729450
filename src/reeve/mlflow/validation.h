#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "reeve/base/result.h"

// MLflow's rules for names and sizes; what fails is kInvalidArgument in its words. Lengths are in
// characters.

namespace reeve::mlflow {

inline constexpr std::size_t kMostExperimentName = 500;
inline constexpr std::size_t kMostKey = 250;
inline constexpr std::size_t kMostExperimentTag = 20'000;
inline constexpr std::size_t kMostParam = 6000;
inline constexpr std::size_t kMostRunTag = 8000;
inline constexpr std::size_t kMostRegistryTag = 100'000;

/// Characters (code points) of UTF-8 text.
std::size_t CountCharacters(std::string_view text);
/// The text, or its first `most` characters.
std::string Truncate(std::string_view text, std::size_t most);

/// "'key' exceeds the maximum length of 250 characters".
Status CheckLength(std::string_view what, std::string_view text, std::size_t most);
/// Keys of metrics, parameters and tags: slashes, letters, digits, "_", "-", ".", ":" and spaces,
/// and no path that means another one.
Status CheckKey(std::string_view key, std::string_view parameter);
/// The same; `what` names a key that is too long.
Status CheckKey(std::string_view key, std::string_view parameter, std::string_view what);
/// Whether a name stays itself as the name of a file.
Status CheckIsOwnPath(std::string_view name, std::string_view parameter);
/// From 1 to `most`, as `max_results` has to be.
Status CheckMaxResults(std::int64_t max_results, std::int64_t most);
/// The number of an experiment, 0 for the empty text; kInvalidArgument in MLflow's words for what
/// is none.
Result<std::int64_t> ParseExperimentId(const std::string& id);
/// The same for experiments that are searched in: the empty text is none either.
Result<std::int64_t> ParseSearchedExperimentId(const std::string& id);

}  // namespace reeve::mlflow
