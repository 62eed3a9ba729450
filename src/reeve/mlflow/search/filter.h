#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::mlflow {

/// What a search looks through. Each has its own attributes, operators and default order.
enum class SearchTarget { kRuns, kExperiments, kRegisteredModels, kModelVersions, kLoggedModels };

/// Which of an entity's properties a key names.
enum class EntityKind { kAttribute, kMetric, kParam, kTag, kDataset };

enum class Operator {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  /// % stands for any text, _ for one character; regards case.
  kLike,
  /// kLike without regard to case.
  kILike,
  kIn,
  kNotIn,
  kIsNull,
  kIsNotNull,
};

/// "=", "NOT IN" …, as filters spell it.
std::string_view OperatorName(Operator op);

/// Nothing for kIsNull and kIsNotNull, a list for kIn and kNotIn, a number where the property is
/// numeric (integers as such where they fit), else a text.
using Operand =
    std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::string>>;

/// One condition: `kind.key op value`.
struct Comparison {
  EntityKind kind = EntityKind::kAttribute;
  /// Without quotes and under its one name: `created` is start_time. Attributes and data sets: one
  /// of the target's own; metrics, parameters and tags: whatever was written.
  std::string key;
  Operator op = Operator::kEqual;
  Operand value;
};

/// Conditions that must all hold.
using Filter = std::vector<Comparison>;

/// The most conditions of a filter and the most values of a list; more are refused.
inline constexpr std::size_t kMostComparisons = 200;
inline constexpr std::size_t kMostListed = 10'000;

/// Reads a filter of MLflow's search language: `clause [AND clause]…`, each `[entity.]key op
/// value`.
///
/// Entities: metrics, params, tags, attributes (or none) and datasets in runs; attribute and tags
/// in experiments and the registry; attributes, metrics, params, tags in logged models. Keys may
/// stand in back ticks or quotes, text values stand in single or double quotes and keep doubled
/// quotes and backslashes as they are; words of the language may be written in any case. An empty
/// text is an empty filter. Checked completely: keys, operators and types of values fit `target`.
///
/// kInvalidArgument with MLflow's own wording where MLflow refuses; also where MLflow fails without
/// a word for it. Linear in the length of `text`. Thread-safe.
Result<Filter> ParseFilter(SearchTarget target, std::string_view text);

}  // namespace reeve::mlflow
