// Filters, order keys and page tokens come from anywhere; what is read becomes SQL.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reeve/mlflow/search/page_token.h"
#include "reeve/mlflow/search/query.h"

namespace {

using reeve::mlflow::Query;
using reeve::mlflow::SearchTarget;
using reeve::sql::Dialect;

/// A placeholder for each value, and nothing of the user's text but placeholders.
void Check(const Query& query) {
  const auto marks = std::count(query.sql.begin(), query.sql.end(), '?');
  if (static_cast<std::size_t>(marks) != query.values.size()) std::abort();
  if (query.sql.find(';') != std::string::npos) std::abort();
}

template <typename Search>
void Try(SearchTarget target, std::string_view text, Query (*write)(const Search&, Dialect)) {
  Search search;
  if (auto filter = reeve::mlflow::ParseFilter(target, text); filter.ok()) search.filter = *filter;
  if (auto order = reeve::mlflow::ParseOrderBy(target, {std::string(text)}); order.ok()) {
    search.order = *order;
  }
  Check(write(search, Dialect::kSqlite));
  Check(write(search, Dialect::kPostgres));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Try(SearchTarget::kRuns, text, reeve::mlflow::RunQuery);
  Try(SearchTarget::kExperiments, text, reeve::mlflow::ExperimentQuery);
  Try(SearchTarget::kRegisteredModels, text, reeve::mlflow::RegisteredModelQuery);
  Try(SearchTarget::kModelVersions, text, reeve::mlflow::ModelVersionQuery);
  reeve::mlflow::LoggedModelSearch search;
  search.order = {{std::string(text), true, "", ""}};
  if (auto filter = reeve::mlflow::ParseFilter(SearchTarget::kLoggedModels, text); filter.ok()) {
    search.filter = *filter;
  }
  if (auto query = reeve::mlflow::LoggedModelQuery(search, Dialect::kSqlite); query.ok()) {
    Check(*query);
  }
  (void)reeve::mlflow::DecodePageToken(text);
  (void)reeve::mlflow::DecodeLoggedModelToken(text, {});
  return 0;
}
