#include "reeve/tuning/portfolio.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/learners/mlp_work.h"
#include "reeve/learners/registry.h"

namespace reeve::tuning {
namespace {

using learners::InputKind;
using learners::Params;

// More classes than these take other configurations of boosting.
constexpr int kManyClasses = 10;

// That trees of several classes are chosen by where time is short.
std::int64_t MostSampledRows(const PortfolioOptions& options) {
  return options.effort == Effort::kQuick ? 8'192 : 16'384;
}

// How much a pass over the rows costs: trees are grown for each of many classes.
enum class Size { kSmall, kMedium, kLarge };

std::int64_t Outputs(const PortfolioOptions& options) {
  return options.classes > 2 ? options.classes : 1;
}

// How many rows' worth of time trying the cuts takes.
constexpr std::int64_t kRowsOfCuts = 2'000;

// A round passes over the values of all rows, for each class, and over the cuts of each column in
// all leaves.
std::int64_t WorkOf(const PortfolioOptions& options) {
  return (options.rows + kRowsOfCuts) * options.columns * Outputs(options);
}

Size SizeOf(const PortfolioOptions& options) {
  constexpr std::int64_t kMostSmall = 15'000;
  // Of several classes less: a leaf's values are one for each.
  const std::int64_t most_medium = options.classes > 2 ? 30'000 : 60'000;
  constexpr std::int64_t kMostSmallWork = 450'000, kMostMediumWork = 2'000'000;
  const std::int64_t size = options.rows * Outputs(options), work = WorkOf(options);
  return size <= kMostSmall && work <= kMostSmallWork     ? Size::kSmall
         : size <= most_medium && work <= kMostMediumWork ? Size::kMedium
                                                          : Size::kLarge;
}

// A large table of many classes: each round costs what a whole model of a small table does.
bool IsWide(const PortfolioOptions& options) {
  return options.classes > kManyClasses && SizeOf(options) == Size::kLarge;
}

// Of a large table quick effort has time for one learner of trees, of a very large one standard
// effort too: on none that was measured did another do better than symmetric ones or add to them.
bool IsShortOfTime(const PortfolioOptions& options) {
  constexpr std::int64_t kMostStandardWork = 4'000'000;
  if (options.effort == Effort::kThorough || SizeOf(options) != Size::kLarge) return false;
  return options.effort == Effort::kQuick || WorkOf(options) > kMostStandardWork;
}

// Few rows of two classes, whose luck weighs most and where further splits cost little. Of more
// classes, each with trees of its own, they would multiply time and memory, and a lower rate pays
// instead.
bool TakesFurtherSplits(const PortfolioOptions& options) {
  constexpr std::int64_t kMostRows = 3'000;
  return options.effort != Effort::kQuick && options.classes == 2 && options.rows <= kMostRows;
}

// Learning rates are those that standard effort on a small table of several classes would take.
// Larger steps need fewer rounds: three times the rate costs about 1 % of the loss and a third of
// the time. Standard effort takes quick's steps where half of them gain less than further splits
// do, and where rounds are counted.
double PaceOf(const PortfolioOptions& options) {
  constexpr double kPaces[3][3] = {{2, 3.3, 6}, {1, 1.7, 2.5}, {0.7, 1, 1.5}};
  const bool as_quick =
      options.effort == Effort::kStandard && (IsWide(options) || TakesFurtherSplits(options));
  return kPaces[as_quick ? 0 : static_cast<int>(options.effort)][static_cast<int>(SizeOf(options))];
}

void SetPace(double pace, std::vector<Params>& all) {
  constexpr double kMostRate = 0.3;
  for (Params& params : all) {
    const auto rate = params.find("learning_rate");
    if (rate == params.end()) continue;
    const double scaled = std::min(ParseNumber(rate->second).value_or(0.1) * pace, kMostRate);
    rate->second = FormatNumber(std::round(scaled * 1000) / 1000);
  }
}

// Few rows in wide columns hold less than so many cuts would tell apart, and trying the cuts is
// what takes the time.
bool TakesFewBins(const PortfolioOptions& options) {
  constexpr std::int64_t kFewestColumns = 25, kMostRowsOfWide = 20'000, kFewestOfWide = 100;
  return (options.rows < kRowsOfCuts && options.columns > kFewestColumns) ||
         (options.rows < kMostRowsOfWide && options.columns > kFewestOfWide);
}

void SetAll(const std::string& name, const std::string& value, std::vector<Params>& all) {
  for (Params& params : all) params[name] = value;
}

// Of a table that leaves a perceptron too few passes it would learn next to nothing.
bool HasRoomForMlp(const PortfolioOptions& options) {
  constexpr int kFewestEpochs = 8;
  const std::int64_t weights = learners::MlpWeights(options.linear_columns, options.classes);
  return options.linear_columns > 0 && learners::MlpEpochs(options.rows, weights) >= kFewestEpochs;
}

// The last rounds, which gain least, cost as much as the first: as many are trained as the effort
// has room for, fewer beside a perceptron, whose mixture with trees hardly misses them.
std::int64_t MostRounds(const PortfolioOptions& options) {
  constexpr std::int64_t kMostRows[3] = {62'000'000, 160'000'000, 2'000'000'000};
  constexpr std::int64_t kFewest = 100, kMost = 3000;
  constexpr double kBesideMlp = 0.6;
  const std::int64_t room = kMostRows[static_cast<int>(options.effort)];
  const auto all = HasRoomForMlp(options)
                       ? static_cast<std::int64_t>(kBesideMlp * static_cast<double>(room))
                       : room;
  return std::clamp(all / (options.rows * Outputs(options)), kFewest, kMost);
}

bool LimitsRounds(const std::string& learner, const PortfolioOptions& options) {
  if (learner == "forest") return false;
  if (learner == "symmetric" && options.classes > kManyClasses) return true;
  return SizeOf(options) == Size::kLarge && options.effort != Effort::kThorough;
}

// Leaves of many classes that hold few rows each make large models and tell nothing.
void LimitDepth(std::int64_t most, std::vector<Params>& all) {
  for (Params& params : all) {
    std::string& depth = params["max_depth"];
    depth = std::to_string(std::min(ParseInteger(depth).value_or(most), most));
  }
}

// Where time is short trees choose their tests from as many columns as they have room for. More
// would gain little with more effort too: models that looked at different columns differ more, and
// their mean is better. How many there are besides those of the table is not known: target
// statistics, a few for each column.
void LimitColumns(const PortfolioOptions& options, std::vector<Params>& all) {
  constexpr std::int64_t kMostValues = 2'000'000, kFewest = 32;
  const std::int64_t rows =
      options.classes > 2 ? std::min(options.rows, MostSampledRows(options)) : options.rows;
  const std::int64_t most = std::max(kMostValues / (rows * Outputs(options)), kFewest);
  if (options.columns > most || options.has_statistics)
    SetAll("sample_columns", std::to_string(most), all);
}

// Of several classes a pass over the rows is one for each class. Where time is short some of the
// rows and classes and fewer cuts choose a tree's tests, which are hardly worse for it; all rows
// and classes answer for its leaves, in one step.
void FitClasses(const PortfolioOptions& options, std::vector<Params>& all) {
  constexpr std::int64_t kFewestRowsOfDeepTrees = 8'000;
  const bool is_many = options.classes > kManyClasses;
  const bool is_short = IsShortOfTime(options);
  if (is_many && options.rows < kFewestRowsOfDeepTrees) LimitDepth(6, all);
  if (is_short) LimitColumns(options, all);
  if (is_short && options.classes > 2) {
    SetAll("sample_rows", std::to_string(MostSampledRows(options)), all);
    if (!is_many) SetAll("max_bin", "64", all);
    SetAll("leaf_steps", "1", all);
  }
  if (is_many && options.effort == Effort::kQuick && is_short) {
    LimitDepth(7, all);
    SetAll("sketch", "4", all);
  }
}

// Shapes follow published zero-shot portfolios of boosted trees (TabRepo, 2023); measured again on
// our tables.
std::vector<Params> BoostedPortfolio() {
  return {
      {{"learning_rate", "0.06"}, {"max_depth", "6"}, {"min_child_weight", "1"}},
      {{"learning_rate", "0.05"},
       {"max_depth", "3"},
       {"subsample", "0.7"},
       {"colsample_bytree", "0.5"}},
      {{"learning_rate", "0.05"},
       {"max_depth", "5"},
       {"min_child_weight", "0.6"},
       {"colsample_bytree", "0.66"}},
      {{"learning_rate", "0.04"},
       {"max_depth", "8"},
       {"min_child_weight", "0.6"},
       {"colsample_bytree", "0.7"},
       {"subsample", "0.9"}},
      {{"learning_rate", "0.03"},
       {"max_depth", "4"},
       {"reg_lambda", "3"},
       {"min_child_weight", "0"},
       {"colsample_bytree", "0.75"}},
      {{"learning_rate", "0.02"},
       {"max_depth", "10"},
       {"min_child_weight", "0.6"},
       {"colsample_bytree", "0.7"}},
      {{"learning_rate", "0.03"},
       {"max_depth", "10"},
       {"grow_policy", "lossguide"},
       {"max_leaves", "35"},
       {"subsample", "0.7"},
       {"colsample_bynode", "0.9"},
       {"reg_alpha", "3.5"},
       {"min_child_weight", "0.14"}},
      {{"learning_rate", "0.02"},
       {"max_depth", "6"},
       {"subsample", "0.6"},
       {"colsample_bytree", "0.4"},
       {"min_child_weight", "3"}},
  };
}

// Deep, since one tree tells many classes apart; one Newton step a leaf, since further ones cost a
// pass over all classes each.
std::vector<Params> SymmetricPortfolioOfManyClasses() {
  std::vector<Params> all = {
      {{"learning_rate", "0.075"}, {"max_depth", "8"}},
      {{"learning_rate", "0.075"}, {"max_depth", "6"}},
      {{"learning_rate", "0.075"}, {"max_depth", "8"}, {"reg_lambda", "1"}},
  };
  for (Params& params : all) params["leaf_steps"] = "1";
  return all;
}

std::vector<Params> SymmetricPortfolio(int classes) {
  if (classes > kManyClasses) return SymmetricPortfolioOfManyClasses();
  return {
      {{"learning_rate", "0.05"}, {"max_depth", "6"}},
      {{"learning_rate", "0.05"}, {"max_depth", "6"}, {"score", "hessian"}, {"reg_lambda", "1"}},
      {{"learning_rate", "0.05"}, {"max_depth", "4"}},
      {{"learning_rate", "0.05"}, {"max_depth", "8"}},
  };
}

// By out-of-bag log loss: leaves of three rows beat single ones on every table, drawn cuts on the
// smallest.
std::vector<Params> ForestPortfolio() {
  return {
      {{"n_estimators", "200"}, {"max_features", "sqrt"}, {"min_samples_leaf", "3"}},
      {{"n_estimators", "200"}, {"max_features", "0.5"}, {"min_samples_leaf", "3"}},
      {{"n_estimators", "200"},
       {"max_features", "0.5"},
       {"min_samples_leaf", "3"},
       {"splitter", "random"}},
      {{"n_estimators", "400"},
       {"max_features", "sqrt"},
       {"min_samples_leaf", "5"},
       {"criterion", "entropy"}},
  };
}

std::vector<Params> LogisticPath(Effort effort) {
  std::vector<Params> path;
  for (const char* c : {"0.001", "0.01", "0.03", "0.1", "0.3", "1", "10", "100"})
    path.push_back({{"C", c}});
  if (effort == Effort::kQuick)
    path = {{{"C", "0.01"}}, {{"C", "0.1"}}, {{"C", "1"}}, {{"C", "10"}}};
  if (effort == Effort::kThorough) {
    for (const char* c : {"0.01", "0.1", "1"}) path.push_back({{"C", c}, {"penalty", "l1"}});
  }
  return path;
}

// From what learns most to what learns least by heart: of a large table of clear classes the first
// has half the loss of the others, of a small noisy one three times as much.
std::vector<Params> MlpPath() {
  return {
      {},
      {{"hidden_units", "64"}, {"epochs", "10"}, {"dropout", "0.2"}, {"weight_decay", "1"}},
      {{"hidden_units", "128"},
       {"epochs", "10"},
       {"dropout", "0.2"},
       {"learning_rate", "0.001"},
       {"weight_decay", "3"}},
  };
}

std::size_t CandidateCount(Effort effort, std::size_t quick, std::size_t standard,
                           std::size_t thorough) {
  return effort == Effort::kQuick ? quick : effort == Effort::kStandard ? standard : thorough;
}

// Whether it would be too dear for what it gives (PortfolioOptions::asked_for).
bool IsLeftOut(const std::string& learner, const PortfolioOptions& options) {
  if (learner == "mlp") return !HasRoomForMlp(options);
  if (learner == "boosted" && IsWide(options) && options.effort != Effort::kThorough) return true;
  return (learner == "boosted" || learner == "forest") && IsShortOfTime(options);
}

}  // namespace

Result<Effort> ParseEffort(std::string_view name) {
  if (name == "quick") return Effort::kQuick;
  if (name == "standard") return Effort::kStandard;
  if (name == "thorough") return Effort::kThorough;
  return Status::InvalidArgument("unknown effort " + Quote(name) + "." +
                                 Suggest(name, {"quick", "standard", "thorough"}));
}

std::vector<std::string> DefaultLearners(Effort effort) {
  std::vector<std::string> names = learners::LearnerNames();
  // It pays where one works on the last percents, and seldom within seconds.
  if (effort == Effort::kQuick) std::erase(names, "mlp");
  return names;
}

std::vector<Candidate> Portfolio(const std::string& learner, const PortfolioOptions& options) {
  const Effort effort = options.effort;
  const bool is_wide = IsWide(options) && effort != Effort::kThorough;
  if (!options.asked_for && IsLeftOut(learner, options)) return {};
  if (learner == "logistic") return {{learner, InputKind::kLinear, LogisticPath(effort)}};
  if (learner == "mlp") return {{learner, InputKind::kLinear, MlpPath()}};
  std::vector<Params> all = learner == "forest"      ? ForestPortfolio()
                            : learner == "symmetric" ? SymmetricPortfolio(options.classes)
                                                     : BoostedPortfolio();
  SetPace(PaceOf(options), all);
  if (LimitsRounds(learner, options))
    SetAll("n_estimators", std::to_string(MostRounds(options)), all);
  if (learner == "symmetric") FitClasses(options, all);
  if (learner == "boosted") SetAll("steps", "growing", all);
  if (TakesFewBins(options) && learner != "forest") SetAll("max_bin", "64", all);
  std::size_t count = learner == "boosted"     ? CandidateCount(effort, 2, 4, 8)
                      : learner == "symmetric" ? CandidateCount(effort, 1, 3, 4)
                                               : CandidateCount(effort, 1, 2, 4);
  if (options.smallest_class < 50) count = std::min<std::size_t>(count, 2);
  // A single trial takes long on a large table, and validation scores barely differ.
  if (SizeOf(options) == Size::kLarge && effort != Effort::kThorough)
    count = std::min<std::size_t>(count, IsShortOfTime(options) || is_wide ? 1 : 2);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < std::min(count, all.size()); ++i)
    candidates.push_back({learner, InputKind::kTrees, {all[i]}});
  if (options.has_statistics && learner != "forest") {
    const std::size_t with_statistics = CandidateCount(effort, 1, 2, 3);
    for (std::size_t i = 0; i < std::min(with_statistics, count); ++i)
      candidates.push_back({learner, InputKind::kTreesWithStatistics, {all[i]}});
  }
  return candidates;
}

int SplitCount(const PortfolioOptions& options) { return TakesFurtherSplits(options) ? 3 : 1; }

std::size_t MostSurvivors(const PortfolioOptions& options) {
  constexpr std::size_t kMost[3][3] = {{6, 2, 1}, {8, 4, 2}, {12, 8, 4}};
  return kMost[static_cast<int>(options.effort)][static_cast<int>(SizeOf(options))];
}

}  // namespace reeve::tuning
