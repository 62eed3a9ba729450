#include "reeve/mlflow/search_experiments.h"

#include <string>

#include "reeve/mlflow/experiments.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search_request.h"
#include "reeve/sql/each_row.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

Result<ExperimentSearch> ReadSearch(const Request& request) {
  ExperimentSearch search;
  if (request.visible != nullptr) search.visible = &request.visible->experiments;
  REEVE_ASSIGN_OR_RETURN(search.filter,
                         ParseFilter(SearchTarget::kExperiments, request.Text("filter")));
  REEVE_ASSIGN_OR_RETURN(search.order,
                         ParseOrderBy(SearchTarget::kExperiments, request.Texts("order_by")));
  search.view = ReadViewType(request, "view_type");
  REEVE_ASSIGN_OR_RETURN(search.page, ReadPage(request));
  return search;
}

Result<std::vector<Experiment>> ReadExperiments(sql::Database& database, const Query& query) {
  return sql::ReadRows(database.PrepareWith(query.sql, query.values),
                       [](const sql::Statement& row) {
                         return Experiment{.id = row.Integer(0),
                                           .name = row.Text(1),
                                           .artifact_location = row.Text(2),
                                           .lifecycle_stage = row.Text(3),
                                           .creation_time = row.Integer(4),
                                           .last_update_time = row.Integer(5)};
                       });
}

Status ReadTags(sql::Database& database, std::vector<Experiment>& experiments) {
  std::map<std::int64_t, Experiment*> by_id;
  std::vector<sql::Parameter> ids;
  for (Experiment& experiment : experiments) {
    by_id[experiment.id] = &experiment;
    ids.emplace_back(experiment.id);
  }
  return SelectForKeys(
      database,
      {.select = "SELECT experiment_id, key, value FROM experiment_tags WHERE experiment_id IN"},
      ids, [&](const sql::Statement& row) {
        const auto experiment = by_id.find(row.Integer(0));
        if (experiment != by_id.end()) experiment->second->tags[row.Text(1)] = row.Text(2);
        return Status::Ok();
      });
}

Status SearchExperiments(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const ExperimentSearch search, ReadSearch(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(std::vector<Experiment> experiments,
                         ReadExperiments(*database, ExperimentQuery(search, database->dialect())));
  const std::string next = TakeNextPage(search.page, experiments);
  REEVE_RETURN_IF_ERROR(ReadTags(*database, experiments));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!experiments.empty()) {
    writer.Key("experiments");
    writer.BeginArray();
    for (const Experiment& experiment : experiments) WriteExperiment(experiment, writer);
    writer.EndArray();
  }
  writer.MemberUnlessEmpty("next_page_token", next);
  writer.EndObject();
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> SearchExperimentsEndpoints() {
  using enum FieldType;
  const std::vector<Field> fields = {{"max_results", kInteger},
                                     {"page_token"},
                                     {"filter"},
                                     {"order_by", kTexts},
                                     {"view_type", kEnum}};
  return {{"POST", "/experiments/search", fields, SearchExperiments, Access::kRead},
          {"GET", "/experiments/search", fields, SearchExperiments, Access::kRead}};
}

}  // namespace reeve::mlflow
