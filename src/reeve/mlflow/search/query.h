#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/mlflow/search/filter.h"
#include "reeve/mlflow/search/order_by.h"
#include "reeve/mlflow/visibility.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

enum class ViewType { kActiveOnly, kDeletedOnly, kAll };

/// The part of the rows that is asked for.
struct Page {
  /// At most so many rows; nothing: all. Ask for one more than a page to learn whether it is the
  /// last.
  std::optional<std::int64_t> limit;
  /// So many rows are skipped first. REQUIRES: >= 0.
  std::int64_t offset = 0;
};

/// A SELECT for sql::Database::PrepareWith, with a `?` for each of `values`, in their order.
struct Query {
  std::string sql;
  std::vector<sql::Value> values;
};

/// The columns that queries select, in this order; logged models are followed by one column for
/// each metric they are sorted by. All exist in every revision of the schema from bda7b8c39065 on.
inline constexpr std::string_view kExperimentColumns =
    "experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time";
inline constexpr std::string_view kRegisteredModelColumns =
    "name, creation_time, last_updated_time, description";
inline constexpr std::string_view kModelVersionColumns =
    "name, version, creation_time, last_updated_time, description, user_id, current_stage, source, "
    "run_id, status, status_message, run_link, storage_location";
inline constexpr std::string_view kLoggedModelColumns =
    "model_id, experiment_id, name, artifact_location, creation_timestamp_ms, "
    "last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message";

struct RunSearch {
  /// Only runs of these; none: no runs.
  std::vector<std::int64_t> experiment_ids;
  /// From ParseFilter(kRuns, …); metrics are compared by their latest value.
  Filter filter;
  ViewType view = ViewType::kActiveOnly;
  /// From ParseOrderBy(kRuns, …); start_time DESC (unless it is among them) and run_uuid follow.
  std::vector<OrderKey> order;
  Page page;
};

struct ExperimentSearch {
  Filter filter;
  /// Only these, by id; null: all. Not owned.
  const NameSet* visible = nullptr;
  ViewType view = ViewType::kActiveOnly;
  /// None: creation_time DESC, experiment_id ASC. Else experiment_id DESC breaks ties.
  std::vector<OrderKey> order;
  Page page;
};

struct RegisteredModelSearch {
  Filter filter;
  /// Only these models, or prompts where the filter asks for them; null: all. Not owned.
  const Visibility* visible = nullptr;
  /// name ASC breaks ties.
  std::vector<OrderKey> order;
  Page page;
};

struct ModelVersionSearch {
  Filter filter;
  /// Only these models, or prompts where the filter asks for them; null: all. Not owned.
  const Visibility* visible = nullptr;
  /// None: last_updated_time DESC. name ASC and version DESC break ties.
  std::vector<OrderKey> order;
  Page page;
};

/// A data set that a metric was measured on.
struct DatasetFilter {
  std::string name;
  /// Nothing: any version of it.
  std::optional<std::string> digest;
};

struct LoggedModelSearch {
  /// Only models of these; none: no models.
  std::vector<std::int64_t> experiment_ids;
  Filter filter;
  /// Conditions on metrics count values on one of these only; without such a condition a model
  /// needs any metric on one of them. None: no restriction.
  std::vector<DatasetFilter> datasets;
  /// creation_timestamp DESC and model_id ASC break ties; models without the value come last.
  std::vector<LoggedModelOrder> order;
  Page page;
};

/// The rows of a search, one each, sorted; of runs their ids (sorting thousands of whole runs for a
/// page of them would cost more than to read that page). Filters probe the keyed tables by their
/// primary keys, and sorting by a metric, parameter or tag joins them by the same, so the work
/// grows with the rows of the entity and never with its square. NaN sorts behind all numbers, a
/// missing value behind NaN, in both directions. Columns are named, so that tables of later
/// revisions serve as well. Thread-safe.
Query RunQuery(const RunSearch& search, sql::Dialect dialect);
Query ExperimentQuery(const ExperimentSearch& search, sql::Dialect dialect);
/// Prompts (tag `mlflow.prompt.is_prompt` = 'true') are left out, unless the filter asks for them
/// by that tag; then conditions on the tag hold as written.
Query RegisteredModelQuery(const RegisteredModelSearch& search, sql::Dialect dialect);
/// As RegisteredModelQuery; deleted versions are left out.
Query ModelVersionQuery(const ModelVersionSearch& search, sql::Dialect dialect);
/// kInvalidArgument: an order key that ParseLoggedModelOrder refuses, a data set without a name.
Result<Query> LoggedModelQuery(const LoggedModelSearch& search, sql::Dialect dialect);

}  // namespace reeve::mlflow
