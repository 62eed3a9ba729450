#include "reeve/tuning/portfolio.h"

#include <algorithm>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::tuning {
namespace {

using learners::InputKind;
using learners::Params;

// Shapes follow published zero-shot portfolios of boosted trees (TabRepo, 2023); measured again on
// our tables. Quick ones learn in larger steps: a third of the rounds for about 1 % of the loss.
std::vector<Params> BoostedPortfolio(Effort effort) {
  const bool quick = effort == Effort::kQuick;
  return {
      {{"learning_rate", quick ? "0.12" : "0.06"}, {"max_depth", "6"}, {"min_child_weight", "1"}},
      {{"learning_rate", quick ? "0.1" : "0.05"},
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

std::vector<Params> SymmetricPortfolio(Effort effort) {
  const bool quick = effort == Effort::kQuick;
  return {
      {{"learning_rate", quick ? "0.1" : "0.06"}, {"max_depth", "6"}},
      {{"learning_rate", quick ? "0.1" : "0.06"},
       {"max_depth", "6"},
       {"score", "hessian"},
       {"reg_lambda", "1"}},
      {{"learning_rate", "0.05"}, {"max_depth", "4"}},
      {{"learning_rate", "0.04"}, {"max_depth", "8"}},
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

std::size_t CandidateCount(Effort effort, std::size_t quick, std::size_t standard,
                           std::size_t thorough) {
  return effort == Effort::kQuick ? quick : effort == Effort::kStandard ? standard : thorough;
}

}  // namespace

Result<Effort> ParseEffort(std::string_view name) {
  if (name == "quick") return Effort::kQuick;
  if (name == "standard") return Effort::kStandard;
  if (name == "thorough") return Effort::kThorough;
  return Status::InvalidArgument("unknown effort " + Quote(name) + "." +
                                 Suggest(name, {"quick", "standard", "thorough"}));
}

std::vector<Candidate> Portfolio(const std::string& learner, const PortfolioOptions& options) {
  const Effort effort = options.effort;
  if (learner == "logistic") return {{learner, InputKind::kLinear, LogisticPath(effort)}};
  const std::vector<Params> all = learner == "forest"      ? ForestPortfolio()
                                  : learner == "symmetric" ? SymmetricPortfolio(effort)
                                                           : BoostedPortfolio(effort);
  std::size_t count = learner == "boosted"     ? CandidateCount(effort, 2, 4, 8)
                      : learner == "symmetric" ? CandidateCount(effort, 1, 3, 4)
                                               : CandidateCount(effort, 1, 2, 4);
  if (options.smallest_class < 50) count = std::min<std::size_t>(count, 2);
  // Beyond this size a single trial takes minutes and validation scores barely differ.
  constexpr std::int64_t kLarge = 200'000;
  if (options.rows > kLarge && effort != Effort::kThorough)
    count = std::min<std::size_t>(count, learner == "boosted" ? 2 : 1);
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

}  // namespace reeve::tuning
