#include "reeve/workflow/train.h"

#include <nlohmann/json.hpp>

#include "reeve/base/credentials.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/progress.h"
#include "reeve/workflow/train_answer.h"

namespace reeve::cli {
namespace {

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts;
  for (const std::string& part : Split(text, ',')) {
    if (!Trim(part).empty()) parts.emplace_back(Trim(part));
  }
  return parts;
}

// "max_depth=6,eta=0.1"
Result<std::optional<learners::Params>> FitParams(const Arguments& arguments) {
  if (!arguments.Has("fit")) return std::optional<learners::Params>();
  learners::Params params;
  for (const std::string& part : SplitList(arguments.Text("fit"))) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0)
      return Status::InvalidArgument("--fit holds " + Quote(part, 60) + ", expected KEY=VALUE,…");
    params[std::string(Trim(part.substr(0, equals)))] = std::string(Trim(part.substr(equals + 1)));
  }
  return std::optional<learners::Params>(std::move(params));
}

Result<std::vector<workflow::Requirement>> Requirements(const Arguments& arguments) {
  REEVE_ASSIGN_OR_RETURN(const auto pairs, arguments.Pairs("require"));
  std::vector<workflow::Requirement> requirements;
  for (const auto& [metric, value] : pairs) {
    const auto number = ParseNumber(value);
    if (!number)
      return Status::InvalidArgument("--require " + metric + "=" + value + ": found " +
                                     Quote(value, 40) + ", expected a number");
    requirements.push_back({metric, *number});
  }
  return requirements;
}

Result<workflow::TrainingTableRequest> TableRequest(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::TrainingTableRequest table{.data = arguments.positionals()[0],
                                       .target = arguments.Text("target"),
                                       .positive = arguments.Text("positive"),
                                       .drop = arguments.Texts("drop"),
                                       .group = arguments.Text("group"),
                                       .time = arguments.Text("time"),
                                       .test = arguments.Text("test"),
                                       .column_types = arguments.column_types()};
  if (table.target.empty())
    return Status::InvalidArgument(
        "--target is missing, expected the column with the classes to learn: reeve train DATA "
        "--target COLUMN");
  for (const std::string& text : arguments.Texts("missing")) table.missing_texts.push_back(text);
  REEVE_ASSIGN_OR_RETURN(table.skip_bad_rows, arguments.Allowance("skip-bad-rows"));
  table.threads = call.threads;
  table.cancellation = &call.cancellation;
  return table;
}

Result<workflow::TrainRequest> MakeRequest(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::TrainRequest request;
  REEVE_ASSIGN_OR_RETURN(request.table, TableRequest(call));
  REEVE_ASSIGN_OR_RETURN(request.split, arguments.Number("split"));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t folds, arguments.Integer("folds", 2, 1000));
  request.folds = static_cast<int>(folds);
  REEVE_ASSIGN_OR_RETURN(request.fit, FitParams(arguments));
  REEVE_ASSIGN_OR_RETURN(request.requirements, Requirements(arguments));
  REEVE_ASSIGN_OR_RETURN(request.tags, arguments.Pairs("tag"));
  request.test_rows = arguments.Text("test-rows");
  request.metric = arguments.Text("metric");
  // Without being asked for, those that fit are tried; --fit then means the boosted one.
  if (arguments.IsGiven("learner")) request.learners = SplitList(arguments.Text("learner"));
  request.effort = arguments.Text("effort");
  request.ensemble = arguments.Text("ensemble");
  request.derive = arguments.Texts("derive");
  request.imbalance = arguments.Text("imbalance");
  request.calibration = arguments.Text("calibration");
  request.costs = arguments.Text("cost");
  request.compare_imbalance = arguments.Flag("compare-imbalance");
  request.ignored_warnings = contract::IgnoredWarnings(arguments.Texts("ignore-warning"));
  request.refit_all = arguments.Flag("refit-all");
  request.seed = call.seed;
  request.track = !arguments.Flag("no-track");
  request.stores = arguments.Stores();
  request.spool = arguments.Text("spool");
  request.experiment = arguments.Text("experiment");
  request.run_name = arguments.Text("name");
  request.description = arguments.Text("description");
  request.register_name = arguments.Text("register");
  request.alias = arguments.Text("alias");
  request.out = arguments.Text("out");
  request.command_line = call.command_line;
  return request;
}

// The MODEL that other commands take for the result; empty when none was kept.
std::string ModelOf(const workflow::TrainReport& report) {
  if (report.model_name.empty())
    return report.run_id.empty() ? report.bundle : "runs:/" + report.run_id + "/model";
  if (report.model_alias == "champion") return report.model_name;
  return "models:/" + report.model_name + "/" + report.model_version;
}

// As they are typed behind a command.
std::string StoreWords(const tracking::StoreUris& stores) {
  return " --tracking-uri " + MaskCredentials(stores.tracking) +
         (stores.registry.empty() ? "" : " --registry-uri " + MaskCredentials(stores.registry));
}

void SayWhatIsNext(const Call& call, const workflow::TrainReport& report) {
  const std::string model = ModelOf(report);
  if (model.empty() || call.arguments.Text("output") == "json") return;
  const bool is_elsewhere = call.arguments.OriginOf("tracking-uri") == Origin::kFlag ||
                            call.arguments.OriginOf("registry-uri") == Origin::kFlag;
  call.console.Say("Next: reeve predict " + model + " NEW_ROWS.csv -o predictions.csv" +
                   (is_elsewhere ? StoreWords(call.arguments.Stores()) : "") + "\n");
}

}  // namespace

Result<int> RunTrain(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(workflow::TrainRequest request, MakeRequest(call));
  Result<workflow::TrainReport> report = Status::Internal("");
  {
    Progress progress(!call.arguments.Flag("quiet"));
    request.on_progress = [&](std::int64_t done, std::int64_t total) {
      progress.Update(done, total);
    };
    report = workflow::Train(request);
  }
  if (!report.ok()) return std::move(report).status();
  for (const contract::Warning& warning : report->warnings)
    call.console.Warn(warning.message, warning.fix);
  call.console.Result(workflow::ToJson(*report), workflow::ToText(*report));
  if (!report->spool.empty()) {
    const std::string kept = "the training is done and kept in " + Quote(report->spool, 400) +
                             ": " + report->spool_reason;
    const std::string fix = "reeve runs sync" + StoreWords(request.stores) +
                            " sends it once the server is back; so does the next training";
    if (report->unmet.empty()) return Status::Unavailable(kept).WithFix(fix);
    call.console.Warn(kept, fix);
  }
  if (report->unmet.empty()) {
    SayWhatIsNext(call, *report);
    return 0;
  }
  return Status::RequirementUnmet("the required quality is not met, nothing was registered: " +
                                  Join(report->unmet, "; "));
}

}  // namespace reeve::cli
