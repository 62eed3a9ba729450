#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/mlflow/search/filter.h"

namespace reeve::mlflow {

/// One key to sort by.
struct OrderKey {
  EntityKind kind = EntityKind::kAttribute;
  /// As in Comparison: an attribute's one name, or any metric, parameter or tag.
  std::string key;
  bool ascending = true;

  friend bool operator==(const OrderKey&, const OrderKey&) = default;
};

/// Reads order keys: `[entity.]key [ASC|DESC]` each, ascending unless said otherwise.
///
/// Runs take metrics, params, tags and attributes; experiments, registered models and their
/// versions only attributes. Nothing is added: defaults and tie-breakers are the queries' business.
/// kInvalidArgument, worded like MLflow's: not such a key, an unknown attribute, a key twice.
/// REQUIRES: target is not kLoggedModels, whose keys are structures.
Result<std::vector<OrderKey>> ParseOrderBy(SearchTarget target,
                                           const std::vector<std::string>& clauses);

/// One key to sort logged models by, as it arrives.
struct LoggedModelOrder {
  /// An attribute, or `metrics.NAME`: its latest value.
  std::string field_name;
  bool ascending = true;
  /// For a metric: only values measured on this data set. Empty: on any.
  std::string dataset_name;
  /// With a name: only this version of the data set. Empty: any.
  std::string dataset_digest;

  friend bool operator==(const LoggedModelOrder&, const LoggedModelOrder&) = default;
};

/// The checked form of one: kind kMetric or kAttribute.
Result<OrderKey> ParseLoggedModelOrder(const LoggedModelOrder& order);

}  // namespace reeve::mlflow
