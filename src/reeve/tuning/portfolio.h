#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tuning/candidate.h"

namespace reeve::tuning {

/// How much work a search may do: counts of trials, never seconds, so that the result does not
/// depend on the machine.
enum class Effort { kQuick, kStandard, kThorough };

/// "quick", "standard", "thorough". Fails with kInvalidArgument naming the nearest.
Result<Effort> ParseEffort(std::string_view name);

/// What is known of a search before it starts.
struct PortfolioOptions {
  Effort effort = Effort::kStandard;
  std::int64_t rows = 0;
  /// Of the table.
  std::int64_t columns = 1;
  int classes = 2;
  /// Rows of the rarest class.
  std::int64_t smallest_class = 0;
  /// The table has columns of which target statistics tell something: boosters are tried with them.
  bool has_statistics = false;
  /// Symmetric trees are among the learners: of a large table of many classes they leave nothing to
  /// other boosters, which grow a tree for each class, and with quick effort of any large table
  /// nothing to other learners of trees.
  bool has_symmetric = false;
  /// Columns that a perceptron would read; 0: it is not among the learners.
  std::int64_t linear_columns = 0;
  /// No other learner was asked for: what is too dear beside others is tried all the same.
  bool is_only_learner = false;
};

/// Learners that are tried when none is asked for.
std::vector<std::string> DefaultLearners(Effort effort);

/// A small set of configurations of `learner` that are known to do well on many tables and differ
/// enough that one of them fits: a default, a shallow and a deep booster; forests of single rows
/// and of larger leaves; a whole path of regularisation for the linear model. Ordered by how often
/// each is worth its time. Few rows of the smallest class give fewer candidates: choosing among
/// many by a noisy score is itself overfitting.
std::vector<Candidate> Portfolio(const std::string& learner, const PortfolioOptions& options);

/// How many times a search splits the rows into folds. Of a small table of two classes what one
/// split says hangs on its luck, and the mean of more models is better: boosting and perceptrons
/// are repeated on further splits.
int SplitCount(const PortfolioOptions& options);

/// How many candidates go on after the first fold at most: fewer the larger the table.
std::size_t MostSurvivors(const PortfolioOptions& options);

}  // namespace reeve::tuning
