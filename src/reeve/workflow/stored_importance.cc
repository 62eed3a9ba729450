#include "reeve/workflow/stored_importance.h"

#include <nlohmann/json.hpp>

namespace reeve::workflow {
namespace {

// Pairs of name and share, as training writes them.
Result<ImportanceTable> TrainingImportance(const Json& pairs) {
  ImportanceTable table{
      .kind = "training", .metric = {}, .unit = {}, .rows = "train", .columns = {}};
  if (!pairs.is_array()) return Status::Corrupt("member \"importance\" is not an array");
  for (const Json& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_number())
      return Status::Corrupt("member \"importance\" holds what is no pair of name and number");
    const double share = pair[1].get<double>();
    table.columns.push_back({pair[0].get<std::string>(), share, share, share});
  }
  return table;
}

}  // namespace

Result<std::vector<ImportanceTable>> StoredImportance(const std::string& scores_json) {
  REEVE_ASSIGN_OR_RETURN(const Json scores, ParseJson(scores_json));
  std::vector<ImportanceTable> tables;
  for (const char* const member : {"permutation_importance", "contribution_importance"}) {
    if (!scores.is_object() || !scores.contains(member)) continue;
    Result<ImportanceTable> table = ImportanceTableFromJson(scores[member]);
    if (!table.ok()) return std::move(table).status().WithContext(member);
    tables.push_back(std::move(*table));
  }
  if (scores.is_object() && scores.contains("importance")) {
    REEVE_ASSIGN_OR_RETURN(ImportanceTable table, TrainingImportance(scores["importance"]));
    if (!table.columns.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

Result<std::string> StoredMetric(const std::string& scores_json) {
  REEVE_ASSIGN_OR_RETURN(const Json scores, ParseJson(scores_json));
  if (!scores.is_object() || !scores.contains("metric")) return std::string("auc");
  return JsonString(scores, "metric");
}

}  // namespace reeve::workflow
