#include "reeve/mlflow/dataset_search.h"

#include <string>

#include "reeve/mlflow/json_writer.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostExperiments = 20;
constexpr std::int64_t kMostSummaries = 1000;

Status CheckCount(std::size_t count) {
  if (count == 0) {
    return Status::InvalidArgument(
        "SearchDatasets request must specify at least one experiment_id.");
  }
  if (count <= kMostExperiments) return Status::Ok();
  return Status::InvalidArgument("SearchDatasets request cannot specify more than " +
                                 std::to_string(kMostExperiments) + " experiment_ids. Received " +
                                 std::to_string(count) + " experiment_ids.");
}

void WriteSummary(const sql::Statement& row, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("experiment_id", row.View(0));
  writer.Member("name", row.View(1));
  writer.Member("digest", row.View(2));
  if (!row.IsNull(3)) writer.Member("context", row.View(3));
  writer.EndObject();
}

Status SearchDatasets(const Context& context, const Request& request, std::string& answer) {
  const std::vector<std::string> texts = request.Texts("experiment_ids");
  REEVE_RETURN_IF_ERROR(CheckCount(texts.size()));
  std::vector<sql::Parameter> ids;
  for (const std::string& text : texts) {
    REEVE_ASSIGN_OR_RETURN(const std::int64_t id, ParseSearchedExperimentId(text));
    const bool is_hidden = request.visible && !request.visible->experiments.Has(std::to_string(id));
    if (!is_hidden) ids.emplace_back(id);
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  std::string list;
  JsonWriter writer(list);
  writer.BeginArray();
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      *database,
      {.select = "SELECT DISTINCT d.experiment_id, d.name, d.digest, t.value FROM datasets d "
                 "JOIN inputs i ON i.source_id = d.dataset_uuid LEFT JOIN input_tags t "
                 "ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' "
                 "WHERE d.experiment_id IN",
       .behind = "LIMIT ?",
       .last = {kMostSummaries}},
      ids, [&](const sql::Statement& row) {
        WriteSummary(row, writer);
        return Status::Ok();
      }));
  writer.EndArray();
  answer += list == "[]" ? "{}" : "{\"dataset_summaries\":" + list + "}";
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> DatasetSearchEndpoints() {
  return {{"POST",
           "/experiments/search-datasets",
           {{"experiment_ids", FieldType::kTexts}},
           SearchDatasets,
           Access::kRead}};
}

}  // namespace reeve::mlflow
