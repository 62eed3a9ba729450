#include "reeve/mlflow/search_runs.h"

#include <string>

#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/search/page_token.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search_request.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/each_row.h"

namespace reeve::mlflow {
namespace {

Result<RunSearch> ReadSearch(const Request& request) {
  RunSearch search;
  for (const std::string& id : request.Texts("experiment_ids")) {
    REEVE_ASSIGN_OR_RETURN(const std::int64_t number, ParseSearchedExperimentId(id));
    search.experiment_ids.push_back(number);
  }
  KeepVisible(request.visible ? &request.visible->runs : nullptr, search.experiment_ids);
  REEVE_ASSIGN_OR_RETURN(search.filter, ParseFilter(SearchTarget::kRuns, request.Text("filter")));
  REEVE_ASSIGN_OR_RETURN(search.order,
                         ParseOrderBy(SearchTarget::kRuns, request.Texts("order_by")));
  search.view = ReadViewType(request, "run_view_type");
  REEVE_ASSIGN_OR_RETURN(search.page, ReadPage(request));
  return search;
}

Status SearchRuns(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const RunSearch search, ReadSearch(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  const Query query = RunQuery(search, database->dialect());
  REEVE_ASSIGN_OR_RETURN(std::vector<std::string> ids,
                         sql::ReadRows(database->PrepareWith(query.sql, query.values),
                                       [](const sql::Statement& row) { return row.Text(0); }));
  const std::string next = TakeNextPage(search.page, ids);
  REEVE_ASSIGN_OR_RETURN(const std::vector<Run> runs, ReadRuns(*database, ids));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!runs.empty()) {
    writer.Key("runs");
    writer.BeginArray();
    for (const Run& run : runs) WriteRun(run, writer);
    writer.EndArray();
  }
  writer.MemberUnlessEmpty("next_page_token", next);
  writer.EndObject();
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> SearchRunsEndpoints() {
  using enum FieldType;
  return {{"POST",
           "/runs/search",
           {{"experiment_ids", kTexts},
            {"filter"},
            {"run_view_type", kEnum},
            {"max_results", kInteger},
            {"order_by", kTexts},
            {"page_token"}},
           SearchRuns,
           Access::kRead}};
}

}  // namespace reeve::mlflow
