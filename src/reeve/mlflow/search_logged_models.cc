#include "reeve/mlflow/search_logged_models.h"

#include <algorithm>

#include "reeve/mlflow/logged_models.h"
#include "reeve/mlflow/search/page_token.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/each_row.h"

namespace reeve::mlflow {
namespace {

constexpr std::int64_t kDefaultResults = 50;
constexpr std::int64_t kMostResults = 50'000;

// What is asked for, and what a token of its next page holds.
struct Asked {
  LoggedModelSearch search;
  LoggedModelPage page;
};

std::vector<LoggedModelOrder> ReadOrder(const Request& request) {
  std::vector<LoggedModelOrder> order;
  for (const Request& key : request.Objects("order_by")) {
    order.push_back({.field_name = key.Text("field_name"),
                     .ascending = key.Bool("ascending").value_or(true),
                     .dataset_name = key.Text("dataset_name"),
                     .dataset_digest = key.Text("dataset_digest")});
  }
  return order;
}

Result<std::vector<DatasetFilter>> ReadDatasets(const Request& request) {
  std::vector<DatasetFilter> datasets;
  for (const Request& dataset : request.Objects("datasets")) {
    const std::string name = dataset.Text("dataset_name");
    const std::string digest = dataset.Text("dataset_digest");
    if (name.empty()) {
      return Status::InvalidArgument("`dataset_name` in the `datasets` clause must be specified.");
    }
    datasets.push_back(
        {.name = name, .digest = digest.empty() ? std::nullopt : std::optional(digest)});
  }
  return datasets;
}

Result<Asked> ReadSearch(const Request& request) {
  Asked asked;
  asked.page = {.experiment_ids = request.Texts("experiment_ids"),
                .filter = request.Text("filter"),
                .order = ReadOrder(request)};
  for (const std::string& id : asked.page.experiment_ids) {
    REEVE_ASSIGN_OR_RETURN(const std::int64_t number, ParseSearchedExperimentId(id));
    asked.search.experiment_ids.push_back(number);
  }
  KeepVisible(request.visible ? &request.visible->logged_models : nullptr,
              asked.search.experiment_ids);
  REEVE_ASSIGN_OR_RETURN(asked.search.datasets, ReadDatasets(request));
  REEVE_ASSIGN_OR_RETURN(asked.search.filter,
                         ParseFilter(SearchTarget::kLoggedModels, asked.page.filter));
  asked.search.order = asked.page.order;
  REEVE_ASSIGN_OR_RETURN(asked.search.page.offset,
                         DecodeLoggedModelToken(request.Text("page_token"), asked.page));
  const std::int64_t given = request.Integer("max_results").value_or(0);
  // Whoever asks for more gets the rest with the next page.
  const std::int64_t most = std::min(given == 0 ? kDefaultResults : given, kMostResults);
  REEVE_RETURN_IF_ERROR(CheckMaxResults(most, kMostResults));
  asked.search.page.limit = most + 1;
  return asked;
}

Status Search(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Asked asked, ReadSearch(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const Query query, LoggedModelQuery(asked.search, database->dialect()));
  REEVE_ASSIGN_OR_RETURN(
      std::vector<LoggedModel> models,
      sql::ReadRows(database->PrepareWith(query.sql, query.values), LoggedModelFromRow));
  std::string next;
  const std::int64_t most = *asked.search.page.limit - 1;
  if (static_cast<std::int64_t>(models.size()) > most) {
    models.pop_back();
    next = EncodeLoggedModelToken(asked.page, asked.search.page.offset + most);
  }
  REEVE_RETURN_IF_ERROR(ReadLoggedModelData(*database, models));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!models.empty()) {
    writer.Key("models");
    writer.BeginArray();
    for (const LoggedModel& model : models) WriteLoggedModel(model, writer);
    writer.EndArray();
  }
  writer.MemberUnlessEmpty("next_page_token", next);
  writer.EndObject();
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> SearchLoggedModelsEndpoints() {
  using enum FieldType;
  return {{"POST",
           "/logged-models/search",
           {{"experiment_ids", kTexts, true},
            {"filter"},
            {"datasets", kObjects},
            {"max_results", kInteger},
            {"order_by", kObjects},
            {"page_token"}},
           Search,
           Access::kRead}};
}

}  // namespace reeve::mlflow
