#include "reeve/mlflow/search_request.h"

#include "reeve/mlflow/validation.h"

namespace reeve::mlflow {

ViewType ReadViewType(const Request& request, std::string_view field) {
  const std::optional<std::string> view =
      request.Enum(field, {"ACTIVE_ONLY", "DELETED_ONLY", "ALL"});
  if (view == "ALL") return ViewType::kAll;
  return view == "DELETED_ONLY" ? ViewType::kDeletedOnly : ViewType::kActiveOnly;
}

Result<Page> ReadPage(const Request& request) {
  const std::int64_t size = request.Integer("max_results").value_or(kDefaultSearched);
  REEVE_RETURN_IF_ERROR(CheckMaxResults(size, kMostSearched));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t offset, DecodePageToken(request.Text("page_token")));
  return Page{.limit = size + 1, .offset = offset};
}

}  // namespace reeve::mlflow
