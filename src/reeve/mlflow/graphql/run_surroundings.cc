#include "reeve/mlflow/graphql/run_surroundings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/mlflow/runs.h"

namespace reeve::mlflow::graphql {
namespace {

// Far below what one filter may list.
constexpr std::size_t kRunsPerSearch = 200;

std::string Filter(const std::string* first, const std::string* last) {
  std::string list;
  for (; first != last; ++first) {
    // Other programs may have written ids that no filter can hold.
    if (CheckRunId(*first).ok()) list += (list.empty() ? "'" : ",'") + *first + "'";
  }
  return list.empty() ? list : "run_id IN (" + list + ")";
}

}  // namespace

RunSurroundings::RunSurroundings() = default;
RunSurroundings::~RunSurroundings() = default;

Status RunSurroundings::ReadExperiments(const CallEndpoint& call,
                                        const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (experiments_.contains(id)) continue;
    REEVE_ASSIGN_OR_RETURN(const Json answer,
                           call("GET", "/experiments/get", DumpJson(Json{{"experiment_id", id}})));
    experiments_.emplace(id, answer.value("experiment", Json::object()));
  }
  return Status::Ok();
}

Status RunSurroundings::ReadVersions(const CallEndpoint& call,
                                     const std::vector<std::string>& run_ids) {
  for (std::size_t from = 0; from < run_ids.size(); from += kRunsPerSearch) {
    const std::size_t count = std::min(kRunsPerSearch, run_ids.size() - from);
    const std::string filter = Filter(run_ids.data() + from, run_ids.data() + from + count);
    if (filter.empty()) continue;
    Json fields = {{"filter", filter}};
    do {
      REEVE_ASSIGN_OR_RETURN(const Json answer,
                             call("GET", "/model-versions/search", DumpJson(fields)));
      for (const Json& version : answer.value("model_versions", Json::array())) {
        Json& of_run = versions_[version.value("run_id", "")];
        if (of_run.is_null()) of_run = Json::array();
        of_run.push_back(version);
      }
      fields["page_token"] = answer.value("next_page_token", "");
    } while (fields["page_token"] != "");
  }
  return Status::Ok();
}

const Json* RunSurroundings::Experiment(const std::string& id) const {
  const auto found = experiments_.find(id);
  return found == experiments_.end() ? nullptr : &found->second;
}

const Json* RunSurroundings::Versions(const std::string& run_id) const {
  const auto found = versions_.find(run_id);
  return found == versions_.end() ? nullptr : &found->second;
}

}  // namespace reeve::mlflow::graphql
