#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"

namespace reeve::mlflow::graphql {

/// A call of the REST API: method, path and the fields as JSON; the answer as JSON.
using CallEndpoint =
    std::function<Result<Json>(std::string_view, std::string_view, const std::string&)>;

/// What a run's page shows beside the run. Read for all runs of an answer at once: a call for each
/// experiment, and one for hundreds of runs to find the model versions made from them.
class RunSurroundings {
 public:
  RunSurroundings();
  ~RunSurroundings();

  Status ReadExperiments(const CallEndpoint& call, const std::vector<std::string>& ids);
  /// Versions of each run in the order of a search for its id.
  Status ReadVersions(const CallEndpoint& call, const std::vector<std::string>& run_ids);

  /// Null when it was not read.
  const Json* Experiment(const std::string& id) const;
  /// A list; null when there are none.
  const Json* Versions(const std::string& run_id) const;

 private:
  std::map<std::string, Json> experiments_;
  std::map<std::string, Json> versions_;
};

}  // namespace reeve::mlflow::graphql
