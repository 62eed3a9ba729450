#include "reeve/mlflow/registry_search.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/mlflow/registered_model.h"
#include "reeve/mlflow/search/filter.h"
#include "reeve/mlflow/search/order_by.h"
#include "reeve/mlflow/search/page_token.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/sql/each_row.h"

namespace reeve::mlflow {
namespace {

constexpr std::int64_t kModelsOfAPage = 100;
constexpr std::int64_t kMostModels = 1000;
constexpr std::int64_t kVersionsOfAPage = 200'000;
constexpr std::int64_t kMostVersions = 200'000;

// What both searches ask for.
template <typename Search>
struct Asked {
  Search search;
  std::int64_t offset = 0;
  std::int64_t size = 0;
};

template <typename Search>
Result<Asked<Search>> ReadAsked(const Request& request, SearchTarget target, std::int64_t size,
                                std::int64_t most) {
  Asked<Search> asked;
  asked.size = request.Integer("max_results").value_or(size);
  if (asked.size > most) {
    const Json* const given = request.Member("max_results");
    return Status::InvalidArgument(
        InvalidValue(
            "max_results", *given,
            std::string(" Hint: Value was of type '") + (given->is_string() ? "str" : "int") + "'.")
            .message() +
        " See the API docs for more information about request parameters.");
  }
  REEVE_ASSIGN_OR_RETURN(asked.search.filter, ParseFilter(target, request.Text("filter")));
  REEVE_ASSIGN_OR_RETURN(asked.search.order, ParseOrderBy(target, request.Texts("order_by")));
  REEVE_ASSIGN_OR_RETURN(asked.offset, DecodePageToken(request.Text("page_token")));
  asked.search.visible = request.visible.get();
  asked.search.page.offset = asked.offset;
  // One more tells whether there is another page.
  asked.search.page.limit = asked.size < 0 ? 0 : asked.size + 1;
  return asked;
}

// Closes the list of a page; `has_more` of rows behind it.
void EndPage(std::int64_t next_offset, bool has_more, JsonWriter& writer) {
  if (has_more && next_offset > 0) writer.Member("next_page_token", EncodePageToken(next_offset));
  writer.EndObject();
}

// Cuts what was read to a page; whether there is more.
template <typename Row>
bool CutToPage(std::int64_t size, std::vector<Row>& rows) {
  const bool has_more = static_cast<std::int64_t>(rows.size()) > size && size > 0;
  if (size <= 0) rows.clear();
  if (has_more) rows.pop_back();
  return has_more;
}

Status SearchModels(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Asked<RegisteredModelSearch> asked,
                         ReadAsked<RegisteredModelSearch>(request, SearchTarget::kRegisteredModels,
                                                          kModelsOfAPage, kMostModels));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  const Query query = RegisteredModelQuery(asked.search, database->dialect());
  REEVE_ASSIGN_OR_RETURN(
      std::vector<RegisteredModel> models,
      sql::ReadRows(database->PrepareWith(query.sql, query.values), FromModelRow));
  const bool has_more = CutToPage(asked.size, models);
  REEVE_RETURN_IF_ERROR(FillModels(*database, models));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!models.empty()) {
    writer.Key("registered_models");
    writer.BeginArray();
    for (const RegisteredModel& model : models) WriteRegisteredModel(model, writer);
    writer.EndArray();
  }
  EndPage(asked.offset + asked.size, has_more, writer);
  return Status::Ok();
}

Status SearchVersions(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Asked<ModelVersionSearch> asked,
                         ReadAsked<ModelVersionSearch>(request, SearchTarget::kModelVersions,
                                                       kVersionsOfAPage, kMostVersions));
  if (asked.size < 1) {
    return Status::InvalidArgument(
        "Invalid value for max_results. It must be a positive integer, but got " +
        std::to_string(asked.size));
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  const Query query = ModelVersionQuery(asked.search, database->dialect());
  REEVE_ASSIGN_OR_RETURN(
      std::vector<ModelVersion> versions,
      sql::ReadRows(database->PrepareWith(query.sql, query.values), FromVersionRow));
  const bool has_more = CutToPage(asked.size, versions);
  REEVE_RETURN_IF_ERROR(ReadVersionTags(*database, versions));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!versions.empty()) {
    writer.Key("model_versions");
    writer.BeginArray();
    for (const ModelVersion& version : versions) WriteModelVersion(version, writer);
    writer.EndArray();
  }
  EndPage(asked.offset + asked.size, has_more, writer);
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> RegistrySearchEndpoints() {
  using enum FieldType;
  const std::vector<Field> fields = {
      {"filter"}, {"max_results", kInteger}, {"order_by", kTexts}, {"page_token"}};
  return {
      {"GET", "/registered-models/search", fields, SearchModels, Access::kRead},
      {"GET", "/model-versions/search", fields, SearchVersions, Access::kRead},
  };
}

}  // namespace reeve::mlflow
