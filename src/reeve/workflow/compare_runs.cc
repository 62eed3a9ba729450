#include "reeve/workflow/compare_runs.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/metric.h"
#include "reeve/report/texts.h"

namespace reeve::workflow {
namespace {

constexpr std::int64_t kMostRuns = 100'000;
constexpr std::uint64_t kMostBytes = 64 << 20;

Result<tracking::Run> RunOfModel(tracking::Store& store, const std::string& uri) {
  const std::string named = uri.substr(std::string("models:/").size());
  const std::size_t at = named.rfind('@'), slash = named.rfind('/');
  if (at == std::string::npos && slash == std::string::npos) {
    return Status::InvalidArgument(Quote(uri, 200) +
                                   " names no version, expected models:/NAME@ALIAS or "
                                   "models:/NAME/VERSION");
  }
  const bool is_alias = at != std::string::npos;
  const std::string name = named.substr(0, is_alias ? at : slash),
                    which = named.substr((is_alias ? at : slash) + 1);
  REEVE_ASSIGN_OR_RETURN(const tracking::RegisteredModel model, store.GetModel(name));
  std::int64_t version = 0;
  if (is_alias) {
    const auto alias = model.aliases.find(which);
    if (alias == model.aliases.end()) {
      std::vector<std::string> known;
      for (const auto& [one, unused] : model.aliases) known.push_back(one);
      return Status::NotFound("model " + Quote(name) + " has no alias " + Quote(which) + "." +
                              Suggest(which, known));
    }
    version = alias->second;
  } else {
    const auto number = ParseInteger(which);
    if (!number)
      return Status::InvalidArgument(Quote(uri, 200) + ": found " + Quote(which, 60) +
                                     ", expected a version's number");
    version = *number;
  }
  REEVE_ASSIGN_OR_RETURN(const tracking::ModelVersion found, store.GetVersion(name, version));
  return store.GetRun(found.run_id);
}

// What training wrote beside a run; empty where it is not there.
struct RunFiles {
  Json answer = nullptr;
  std::optional<report::PictureData> pictures;
};

RunFiles ReadFiles(tracking::Store& store, const tracking::Run& run,
                   std::vector<std::string>& notes) {
  RunFiles files;
  const auto note = [&](const std::string& file, const Status& status) {
    if (status.code() != StatusCode::kNotFound)
      notes.push_back(file + " of run " + run.name + " cannot be read: " + status.message());
  };
  const auto read = [&](const std::string& file) -> Result<Json> {
    REEVE_ASSIGN_OR_RETURN(const std::string text,
                           store.artifacts().ReadOne(run.artifact_uri, file, kMostBytes));
    return ParseJson(text);
  };
  Result<Json> answer = read("answer.json");
  if (answer.status().code() == StatusCode::kUnavailable) {
    note("What was written", answer.status());
    return files;
  }
  if (answer.ok() && answer->is_object()) {
    files.answer = std::move(*answer);
  } else {
    note("answer.json", answer.ok() ? Status::Corrupt("expected an object") : answer.status());
  }
  const Result<Json> data = read("pictures/data.json");
  if (!data.ok()) {
    note("pictures/data.json", data.status());
    return files;
  }
  Result<report::PictureData> pictures = report::PictureDataFromJson(*data);
  if (pictures.ok()) {
    files.pictures = std::move(*pictures);
  } else {
    note("pictures/data.json", pictures.status());
  }
  return files;
}

report::ComparedRun Describe(const tracking::Run& run) {
  report::ComparedRun described{.id = run.id,
                                .name = run.name,
                                .status = std::string(tracking::RunStatusName(run.status)),
                                .started = FormatIsoSeconds(run.start_ms),
                                .data_digest = {},
                                .pictures = {}};
  const auto digest = run.tags.find("reeve.data_digest");
  if (digest != run.tags.end()) described.data_digest = digest->second;
  return described;
}

// The version of the table as MLflow keeps it, for runs of other tools.
void FindDigest(tracking::Store& store, report::ComparedRun& run) {
  if (!run.data_digest.empty()) return;
  const auto inputs = store.ListInputs(run.id);
  if (!inputs.ok()) return;
  for (const tracking::DatasetInput& input : *inputs) {
    if (run.data_digest.empty() || input.context == "training") run.data_digest = input.digest;
  }
}

template <typename Value>
std::set<std::string> NamesOf(const std::map<std::string, Value>& a,
                              const std::map<std::string, Value>& b) {
  std::set<std::string> names;
  for (const auto& [name, value] : a) names.insert(name);
  for (const auto& [name, value] : b) names.insert(name);
  return names;
}

template <typename Value>
std::optional<Value> Find(const std::map<std::string, Value>& values, const std::string& name) {
  const auto it = values.find(name);
  return it == values.end() ? std::nullopt : std::optional<Value>(it->second);
}

void CompareParams(const tracking::Run& a, const tracking::Run& b,
                   report::RunComparison& comparison) {
  for (const std::string& name : NamesOf(a.params, b.params)) {
    const auto of_a = Find(a.params, name), of_b = Find(b.params, name);
    if (of_a == of_b) {
      ++comparison.same_params;
    } else {
      comparison.params.push_back({name, of_a, of_b});
    }
  }
}

// "test_auc" -> auc; "cv_auc_mean" -> auc; nothing for other names.
std::optional<evaluation::MetricInfo> InfoOfRunMetric(std::string name) {
  for (const std::string_view prefix : {"test_", "cv_pooled_", "cv_", "fold_"}) {
    if (!name.starts_with(prefix)) continue;
    name.erase(0, prefix.size());
    break;
  }
  if (name.ends_with("_mean")) name.erase(name.size() - 5);
  for (const evaluation::MetricInfo& info : evaluation::AllMetrics()) {
    if (info.name == name) return info;
  }
  return std::nullopt;
}

// The 95 % interval of a test score, as answer.json tells it.
std::optional<evaluation::Interval> IntervalOf(const Json& answer, const std::string& metric) {
  constexpr std::string_view kPrefix = "test_";
  if (!metric.starts_with(kPrefix) || !answer.is_object()) return std::nullopt;
  const auto test = JsonMember(answer, "test");
  if (!test.ok() || !(*test)->is_object()) return std::nullopt;
  const auto intervals = JsonMember(**test, "ci");
  if (!intervals.ok() || !(*intervals)->is_object()) return std::nullopt;
  const auto ends = JsonNumbers(**intervals, metric.substr(kPrefix.size()));
  if (!ends.ok() || ends->size() != 2) return std::nullopt;
  return evaluation::Interval{(*ends)[0], (*ends)[1]};
}

// Test scores first, then cross-validated ones, then the rest; each in the order of the metrics.
int RankOf(const std::string& name) {
  const auto info = InfoOfRunMetric(name);
  constexpr int kMany = 1000;
  const int group = !info                            ? 3
                    : name.starts_with("test_")      ? 0
                    : name.starts_with("cv_pooled_") ? 2
                                                     : 1;
  return group * kMany + (info ? static_cast<int>(info->metric) : 0);
}

void CompareMetrics(const tracking::Run& a, const tracking::Run& b, const RunFiles& files_a,
                    const RunFiles& files_b, report::RunComparison& comparison) {
  for (const std::string& name : NamesOf(a.metrics, b.metrics)) {
    // Of the last round or fold only: curves are compared as curves.
    if (name.starts_with("fold_") || name.starts_with("train_") || name.starts_with("watched_"))
      continue;
    report::MetricDifference metric{.name = name};
    const auto of_a = Find(a.metrics, name), of_b = Find(b.metrics, name);
    if (of_a && std::isfinite(*of_a)) metric.a = of_a;
    if (of_b && std::isfinite(*of_b)) metric.b = of_b;
    metric.a_interval = IntervalOf(files_a.answer, name);
    metric.b_interval = IntervalOf(files_b.answer, name);
    if (const auto info = InfoOfRunMetric(name)) metric.higher_is_better = info->higher_is_better;
    comparison.metrics.push_back(std::move(metric));
  }
  std::stable_sort(comparison.metrics.begin(), comparison.metrics.end(),
                   [](const report::MetricDifference& x, const report::MetricDifference& y) {
                     return RankOf(x.name) < RankOf(y.name);
                   });
}

// From the answer, or only their codes from the run's tag.
std::vector<report::Warning> WarningsOf(const tracking::Run& run, const RunFiles& files) {
  std::vector<report::Warning> warnings;
  const auto text = [](const Json& json, const char* member) {
    const auto value = JsonString(json, member);
    return value.ok() ? *value : std::string();
  };
  if (files.answer.is_object()) {
    const auto array = JsonArray(files.answer, "warnings");
    if (!array.ok()) return warnings;
    for (const Json& json : **array) {
      if (!json.is_object()) continue;
      warnings.push_back(
          {text(json, "code"), text(json, "column"), text(json, "message"), text(json, "fix")});
    }
    return warnings;
  }
  const auto tag = run.tags.find("reeve.warnings");
  if (tag == run.tags.end()) return warnings;
  for (const std::string& code : Split(tag->second, ','))
    if (!code.empty()) warnings.push_back({code, "", "", ""});
  return warnings;
}

void CompareWarnings(const std::vector<report::Warning>& a, const std::vector<report::Warning>& b,
                     report::RunComparison& comparison) {
  const auto has = [](const std::vector<report::Warning>& warnings, const report::Warning& one) {
    return std::any_of(warnings.begin(), warnings.end(), [&](const report::Warning& other) {
      return other.code == one.code && other.column == one.column;
    });
  };
  for (const report::Warning& warning : b) {
    if (has(a, warning)) {
      ++comparison.same_warnings;
    } else {
      comparison.new_warnings.push_back(warning);
    }
  }
  for (const report::Warning& warning : a) {
    if (!has(b, warning)) comparison.gone_warnings.push_back(warning);
  }
}

}  // namespace

Result<tracking::Run> FindRun(tracking::Store& store, const std::string& named) {
  if (named.starts_with("models:/")) return RunOfModel(store, named);
  Result<tracking::Run> exact = store.GetRun(named);
  if (exact.ok() || exact.status().code() != StatusCode::kNotFound) return exact;
  constexpr std::size_t kShortest = 4;
  REEVE_ASSIGN_OR_RETURN(const auto runs, store.ListRuns("", kMostRuns));
  std::vector<const tracking::Run*> fitting;
  std::vector<std::string> names;
  for (const tracking::Run& run : runs) {
    names.push_back(run.name);
    if (run.name == named || (named.size() >= kShortest && run.id.starts_with(named)))
      fitting.push_back(&run);
  }
  if (fitting.empty())
    return Status::NotFound("run " + Quote(named) + " does not exist." + Suggest(named, names))
        .WithFix("reeve runs list shows them");
  if (fitting.size() > 1) {
    return Status::InvalidArgument(Quote(named) + " may be " + std::to_string(fitting.size()) +
                                   " runs, " + fitting[0]->id + " and " + fitting[1]->id +
                                   " among them, expected the id of one");
  }
  return *fitting[0];
}

Result<report::RunComparison> CompareRuns(tracking::Store& store, const std::string& a,
                                          const std::string& b) {
  REEVE_ASSIGN_OR_RETURN(const tracking::Run run_a, FindRun(store, a));
  REEVE_ASSIGN_OR_RETURN(const tracking::Run run_b, FindRun(store, b));
  report::RunComparison comparison{.a = Describe(run_a), .b = Describe(run_b)};
  FindDigest(store, comparison.a);
  FindDigest(store, comparison.b);
  const RunFiles files_a = ReadFiles(store, run_a, comparison.notes);
  const RunFiles files_b = ReadFiles(store, run_b, comparison.notes);
  CompareParams(run_a, run_b, comparison);
  CompareMetrics(run_a, run_b, files_a, files_b, comparison);
  CompareWarnings(WarningsOf(run_a, files_a), WarningsOf(run_b, files_b), comparison);
  comparison.a.pictures = files_a.pictures;
  comparison.b.pictures = files_b.pictures;
  return comparison;
}

namespace {

Json OptionalJson(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json OptionalJson(const std::optional<evaluation::Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json();
}

Json RunJson(const report::ComparedRun& run) {
  return Json{{"run_id", run.id},
              {"name", run.name},
              {"status", run.status},
              {"started", run.started},
              {"data_digest", run.data_digest.empty() ? Json() : Json(run.data_digest)}};
}

Json WarningsJson(const std::vector<report::Warning>& warnings) {
  Json json = Json::array();
  for (const report::Warning& warning : warnings) {
    json.push_back(Json{{"code", warning.code},
                        {"column", warning.column.empty() ? Json() : Json(warning.column)},
                        {"message", warning.message}});
  }
  return json;
}

}  // namespace

Json ToJson(const report::RunComparison& comparison) {
  Json json{{"a", RunJson(comparison.a)}, {"b", RunJson(comparison.b)}};
  const auto is_same = comparison.IsSameData();
  json["same_data"] = is_same ? Json(*is_same) : Json();
  json["params"] = Json::array();
  for (const report::ParamDifference& param : comparison.params) {
    json["params"].push_back(Json{{"name", param.name},
                                  {"a", param.a ? Json(*param.a) : Json()},
                                  {"b", param.b ? Json(*param.b) : Json()}});
  }
  json["same_params"] = comparison.same_params;
  json["metrics"] = Json::array();
  for (const report::MetricDifference& metric : comparison.metrics) {
    const auto overlap = metric.IntervalsOverlap();
    json["metrics"].push_back(Json{
        {"name", metric.name},
        {"a", OptionalJson(metric.a)},
        {"b", OptionalJson(metric.b)},
        {"difference", OptionalJson(metric.Difference())},
        {"a_ci", OptionalJson(metric.a_interval)},
        {"b_ci", OptionalJson(metric.b_interval)},
        {"intervals_overlap", overlap ? Json(*overlap) : Json()},
        {"higher_is_better", metric.higher_is_better ? Json(*metric.higher_is_better) : Json()}});
  }
  json["warnings"] = Json{{"new", WarningsJson(comparison.new_warnings)},
                          {"gone", WarningsJson(comparison.gone_warnings)},
                          {"same", comparison.same_warnings}};
  json["notes"] = comparison.notes;
  return json;
}

std::string ToText(const report::RunComparison& comparison) {
  const auto number = [](const std::optional<double>& value) {
    return value ? report::Decimals(*value) : std::string("-");
  };
  std::string text = "A " + comparison.a.name + " (" + comparison.a.id + "), " +
                     comparison.a.status + ", started " + comparison.a.started + "\nB " +
                     comparison.b.name + " (" + comparison.b.id + "), " + comparison.b.status +
                     ", started " + comparison.b.started + "\n" + comparison.DataSentence() +
                     "\n\n";
  text += report::Padded("metric", 30) + report::Padded("A", 10) + report::Padded("B", 10) +
          report::Padded("B - A", 10) + "B is\n";
  for (const report::MetricDifference& metric : comparison.metrics) {
    const auto difference = metric.Difference();
    text += report::Padded(metric.name, 30) + report::Padded(number(metric.a), 10) +
            report::Padded(number(metric.b), 10) +
            report::Padded((difference && *difference > 0 ? "+" : "") + number(difference), 10) +
            metric.Verdict() + "\n";
  }
  text += "\nParameters: " + std::to_string(comparison.params.size()) + " differ, " +
          std::to_string(comparison.same_params) + " are the same\n";
  for (const report::ParamDifference& param : comparison.params) {
    text += "  " + report::Padded(param.name, 28) + report::Padded(param.a.value_or("-"), 20) +
            param.b.value_or("-") + "\n";
  }
  const auto list = [&](const std::string& heading, const std::vector<report::Warning>& warnings) {
    for (const report::Warning& warning : warnings) {
      text += heading + " warning: " + warning.code +
              (warning.column.empty() ? "" : " (" + warning.column + ")") +
              (warning.message.empty() ? "" : ": " + warning.message) + "\n";
    }
  };
  list("New", comparison.new_warnings);
  list("Gone", comparison.gone_warnings);
  for (const std::string& note : comparison.notes) text += note + "\n";
  return text;
}

std::string ToHtml(const report::RunComparison& comparison) {
  return report::ComparisonHtml(comparison);
}

std::string ToMarkdown(const report::RunComparison& comparison) {
  return report::ComparisonMarkdown(comparison);
}

}  // namespace reeve::workflow
