#include "reeve/learners/forest/forest_learner.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/number.h"
#include "reeve/base/parallel.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/boosting.h"
#include "reeve/learners/forest/grow_tree.h"
#include "reeve/learners/forest/out_of_bag.h"
#include "reeve/learners/quantised.h"

namespace reeve::learners {
namespace {

const std::vector<ParamSpec>& Specs() {
  static const std::vector<ParamSpec> specs = {
      {"n_estimators", "integer", "200", 1, 100'000, {}, "trees"},
      {"criterion", "word", "gini", 0, 0, {"gini", "entropy"}, "what a split improves"},
      {"max_features",
       "word",
       "sqrt",
       0.001,
       1,
       {"sqrt", "log2"},
       "features tried at a node: sqrt, log2 or a share"},
      {"splitter",
       "word",
       "best",
       0,
       0,
       {"best", "random"},
       "cut of a tried feature: the best, or one at random (extra trees)"},
      {"min_samples_leaf", "integer", "1", 1, 1e9, {}, "fewest rows of a leaf"},
      {"max_depth", "integer", "0", 0, 10'000, {}, "deepest level of a tree; 0 for no limit"},
      {"max_leaf_nodes", "integer", "0", 0, 1e9, {}, "most leaves of a tree; 0 for no limit"},
      {"max_samples",
       "real",
       "1",
       0.001,
       1,
       {},
       "rows drawn (with replacement) for a tree, as a share of all"},
  };
  return specs;
}

std::size_t FeaturesPerNode(const std::string& word, std::int64_t features) {
  const auto count = static_cast<double>(features);
  const double wanted = word == "sqrt"   ? std::sqrt(count)
                        : word == "log2" ? std::log2(count)
                                         : ParseNumber(word).value_or(1) * count;
  return static_cast<std::size_t>(std::clamp(std::floor(wanted), 1.0, count));
}

TreeOptions MakeTreeOptions(const Params& params, std::int64_t features) {
  return {
      .impurity =
          WordParam(params, Specs(), "criterion") == "gini" ? Impurity::kGini : Impurity::kEntropy,
      .features_per_node = FeaturesPerNode(WordParam(params, Specs(), "max_features"), features),
      .min_leaf_rows = static_cast<std::size_t>(NumberParam(params, Specs(), "min_samples_leaf")),
      .max_depth = static_cast<std::size_t>(NumberParam(params, Specs(), "max_depth")),
      .max_leaves = static_cast<std::size_t>(NumberParam(params, Specs(), "max_leaf_nodes")),
      .random_cuts = WordParam(params, Specs(), "splitter") == "random"};
}

// A tree's rows: drawn with replacement from the learnt ones.
struct Bag {
  /// How often each row of the matrix was drawn, times its own weight.
  std::vector<double> weights;
  /// Learnt rows that were not drawn.
  std::vector<std::uint32_t> left_out;
};

Bag DrawBag(const TrainingSet& set, double share, Random& random) {
  const std::size_t rows = set.row_count();
  const auto draws =
      std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(rows)));
  Bag bag{.weights = std::vector<double>(set.labels.size()), .left_out = {}};
  for (std::size_t i = 0; i < draws; ++i) bag.weights[set.row(random.Below(rows))] += 1;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = set.row(i);
    const bool is_repeated = i > 0 && set.row(i - 1) == row;
    if (is_repeated) continue;
    if (bag.weights[row] == 0) bag.left_out.push_back(static_cast<std::uint32_t>(row));
    bag.weights[row] *= set.weight(row);
  }
  return bag;
}

// Puts the trees' leaves one after the other.
inference::Forest Assemble(std::vector<GrownTree>& grown, const TrainingSet& set) {
  inference::Forest forest{
      .features = set.matrix->cols(), .classes = set.classes, .link = inference::Link::kMean};
  for (GrownTree& one : grown) {
    const auto offset = static_cast<std::int32_t>(forest.leaf_vectors.size() /
                                                  static_cast<std::size_t>(set.classes));
    for (std::int32_t& leaf : one.tree.leaf_vector) {
      if (leaf >= 0) leaf += offset;
    }
    forest.leaf_vectors.insert(forest.leaf_vectors.end(), one.shares.begin(), one.shares.end());
    forest.trees.push_back(std::move(one.tree));
  }
  return forest;
}

std::vector<double> Importance(const std::vector<GrownTree>& grown, std::size_t features) {
  std::vector<double> importance(features);
  for (const GrownTree& one : grown) {
    for (std::size_t j = 0; j < features; ++j) importance[j] += one.importance[j];
  }
  return SharesOf(std::move(importance));
}

class RandomForest final : public Learner {
 public:
  std::string name() const override { return "forest"; }
  InputKind input() const override { return InputKind::kTrees; }
  const std::vector<ParamSpec>& params() const override { return Specs(); }

  Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const override {
    REEVE_RETURN_IF_ERROR(ValidateParams(options.params, Specs(), name()));
    if (set.row_count() == 0) return Status::InvalidData("forest: there is no row to learn from");
    QuantisedMatrix own_bins;
    if (set.quantised == nullptr) own_bins = Quantise(*set.matrix, set.rows, options.threads);
    const std::vector<QuantisedColumn>& columns =
        set.quantised != nullptr ? set.quantised->columns : own_bins.columns;
    const TreeOptions tree_options = MakeTreeOptions(options.params, set.matrix->cols());
    const double share = NumberParam(options.params, Specs(), "max_samples");
    const auto trees =
        static_cast<std::int64_t>(NumberParam(options.params, Specs(), "n_estimators"));
    std::vector<GrownTree> grown(static_cast<std::size_t>(trees));
    const Random random(options.seed);
    OutOfBag out_of_bag(set);
    REEVE_RETURN_IF_ERROR(ParallelFor(options.threads, trees, [&](std::int64_t i) {
      REEVE_RETURN_IF_ERROR(options.cancellation->Check());
      Random own = random.Fork("tree", static_cast<std::uint64_t>(i));
      Bag bag = DrawBag(set, share, own);
      GrownTree& tree = grown[static_cast<std::size_t>(i)];
      tree = GrowTree({.columns = columns,
                       .labels = set.labels,
                       .classes = set.classes,
                       .weights = bag.weights,
                       .held_out = std::move(bag.left_out)},
                      tree_options, own);
      out_of_bag.Add(tree);
      tree.held_out = tree.held_out_leaves = {};
      return Status::Ok();
    }));
    TrainedModel trained;
    trained.importance = Importance(grown, columns.size());
    REEVE_ASSIGN_OR_RETURN(trained.model, inference::ForestModel::Make(Assemble(grown, set)));
    trained.params = options.params;
    trained.out_of_bag = out_of_bag.Finish();
    return trained;
  }
};

}  // namespace

std::unique_ptr<Learner> MakeForest() { return std::make_unique<RandomForest>(); }

}  // namespace reeve::learners
