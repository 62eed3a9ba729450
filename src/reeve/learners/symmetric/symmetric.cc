#include "reeve/learners/symmetric/symmetric.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "reeve/base/number.h"
#include "reeve/inference/compact_trees_writer.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/boosting.h"
#include "reeve/learners/growing_steps.h"
#include "reeve/learners/log_loss/gradients.h"
#include "reeve/learners/symmetric/binned_rows.h"
#include "reeve/learners/symmetric/column_focus.h"
#include "reeve/learners/symmetric/leaf_values.h"
#include "reeve/learners/symmetric/output_sketch.h"
#include "reeve/learners/symmetric/packed_gradients.h"
#include "reeve/learners/symmetric/row_sample.h"
#include "reeve/learners/symmetric/split_search.h"
#include "reeve/learners/symmetric/symmetric_tree.h"

namespace reeve::learners {
namespace {

// Fewer values than this per thread and waiting for each other costs more than it saves.
constexpr std::size_t kValuesPerThread = 262'144;
// Of more outputs than these trees are chosen by fewer bins and a part of the outputs.
constexpr std::size_t kManyOutputs = 10;

const std::vector<ParamSpec>& Specs() {
  static const std::vector<ParamSpec> specs = {
      RoundsSpec(),
      {"learning_rate", "real", "0.08", 1e-6, 1, {}, "how much of each tree is added"},
      {"max_depth", "integer", "6", 1, 8, {}, "levels of a tree, a test each"},
      {"reg_lambda",
       "word",
       "auto",
       0,
       1e9,
       {"auto"},
       "L2 penalty on leaf values; auto: 3 for two classes, 0.5 for more"},
      {"leaf_steps", "integer", "3", 1, 100, {}, "Newton steps per leaf"},
      {"score",
       "word",
       "auto",
       0,
       0,
       {"auto", "rows", "hessian"},
       "what weighs a leaf in a test's score: its rows, each as if undecided, or their second "
       "derivatives; auto: rows for two classes, else hessian"},
      {"max_bin",
       "integer",
       "0",
       0,
       255,
       {},
       "bins that a number is cut into; 0: 255, of more than ten classes 64"},
      {"sketch",
       "integer",
       "0",
       0,
       100'000,
       {},
       "classes that a tree's tests are chosen by, drawn for each tree; 0: all, of more than ten "
       "8"},
      {"sample_rows",
       "integer",
       "0",
       0,
       1e9,
       {},
       "rows that a tree's tests are chosen by, drawn for each tree; 0: all"},
      {"sample_columns",
       "integer",
       "0",
       0,
       1e9,
       {},
       "columns that a tree's tests are chosen from: half that gained most lately, half drawn; 0: "
       "all"},
      PatienceSpec(),
  };
  return specs;
}

std::size_t Outputs(const TrainingSet& set) {
  return set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes);
}

// Rows of a set by themselves: bins and margins of the rows named, labels and weights in their
// order.
struct Rows {
  Rows(const TrainingSet& set, const QuantisedMatrix& quantised,
       const std::vector<BinnedFeature>& features)
      : bins(set, quantised, features), partition(set.row_count()) {
    for (std::size_t i = 0; i < set.row_count(); ++i) labels.push_back(set.labels[set.row(i)]);
    for (std::size_t i = 0; i < set.row_count() && !set.weights.empty(); ++i)
      weights.push_back(set.weights[set.row(i)]);
    alone = {.matrix = set.matrix, .labels = labels, .classes = set.classes, .weights = weights};
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void StartMargins(std::span<const float> base) {
    margins.resize(labels.size() * base.size());
    for (std::size_t i = 0; i < margins.size(); ++i) margins[i] = base[i % base.size()];
  }
  // Float32 additions tree by tree, as ForestModel's.
  void AddTree(const SymmetricTree& tree, std::size_t outputs) {
    const auto leaf_of = partition.leaf_of();
    for (std::size_t i = 0; i < leaf_of.size(); ++i) {
      for (std::size_t k = 0; k < outputs; ++k)
        margins[i * outputs + k] += tree.values[leaf_of[i] * outputs + k];
    }
  }

  BinnedColumns bins;
  LeafPartition partition;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::vector<float> margins;
  /// For what works on labels and weights; its matrix is not looked at.
  TrainingSet alone;
};

// Where margins start: the log odds of the positive class, or the logarithm of each class's share.
std::vector<float> BaseMargins(const TrainingSet& alone) {
  constexpr double kLeast = 0.001;
  std::vector<double> shares(static_cast<std::size_t>(alone.classes));
  double total = 0;
  for (std::size_t i = 0; i < alone.labels.size(); ++i) {
    shares[static_cast<std::size_t>(alone.labels[i])] += alone.weight(i);
    total += alone.weight(i);
  }
  std::vector<float> margins;
  for (double& share : shares) {
    share = std::clamp(share / total, kLeast, 1 - kLeast);
    margins.push_back(static_cast<float>(std::log(share)));
  }
  if (alone.classes == 2) margins = {static_cast<float>(std::log(shares[1] / (1 - shares[1])))};
  return margins;
}

int UsefulThreads(std::size_t rows, std::size_t features, int threads) {
  const std::size_t most = rows * features / kValuesPerThread;
  return static_cast<int>(
      std::clamp<std::size_t>(most, 1, static_cast<std::size_t>(std::max(threads, 1))));
}

double Median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

// Boosting from the first round to the last.
class Rounds {
 public:
  Rounds(const TrainingSet& set, const TrainOptions& options, const QuantisedMatrix& quantised,
         const QuantisedMatrix* watched_bins)
      : options_(options),
        quantised_(quantised),
        outputs_(Outputs(set)),
        features_(FindBinnedFeatures(set, quantised, MostBins())),
        threads_(UsefulThreads(set.row_count(), features_.size(), options.threads)),
        depth_(static_cast<std::size_t>(Number("max_depth"))),
        lambda_(Lambda(set.classes)),
        learnt_(set, quantised, features_),
        sketch_(outputs_, MostSketched(), options.seed),
        sample_(set.row_count(), static_cast<std::size_t>(Number("sample_rows")), options.seed),
        focus_(features_.size(), static_cast<std::size_t>(Number("sample_columns")), options.seed),
        search_(learnt_.bins, features_, sketch_.size(), depth_, threads_),
        gradients_(learnt_.alone),
        packed_(sketch_.size()),
        leaves_(learnt_.alone, {.steps = static_cast<int>(Number("leaf_steps")),
                                .lambda = lambda_,
                                .learning_rate = Number("learning_rate")}),
        stopping_(MakeStopping(options, Specs())),
        steps_(Number("learning_rate")),
        gains_(quantised.columns.size()) {
    base_ = BaseMargins(learnt_.alone);
    learnt_.StartMargins(base_);
    if (ScoresByRows()) largest_hessians_ = LargestHessians();
    if (options.early_stopping == nullptr) return;
    watched_.emplace(*options.early_stopping, *watched_bins, features_);
    watched_->StartMargins(base_);
  }

  Status Run() {
    const int most = MostRounds(options_, Specs());
    for (; trained_ < most && !ended_; ++trained_) {
      REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
      Step();
      if (watched_) Watch();
    }
    history_.push_back(
        {"train_log_loss", trained_ - 1, MarginLogLoss(learnt_.alone, learnt_.margins, threads_)});
    return Status::Ok();
  }

  std::int64_t kept() const {
    return watched_ && !options_.keep_all_rounds ? stopping_.best_round() + 1 : trained_;
  }
  std::vector<HistoryPoint>& history() { return history_; }

  inference::CompactForest ToForest() const {
    inference::CompactForest forest{
        .features = static_cast<std::int64_t>(quantised_.columns.size()),
        .classes = static_cast<int>(std::max<std::size_t>(outputs_, 2)),
        .link = outputs_ == 1 ? inference::Link::kLogistic : inference::Link::kSoftmax,
        .base_margin = base_};
    inference::CompactTreesWriter trees(forest.layout());
    for (std::int64_t round = 0; round < kept(); ++round) {
      for (const inference::Tree& tree :
           ToTrees(trees_[static_cast<std::size_t>(round)], outputs_, features_, quantised_))
        trees.Add(tree);
    }
    forest.trees = trees.Take();
    return forest;
  }

  // Shares of the gain of all splits.
  std::vector<double> Importance() const { return SharesOf(gains_); }

 private:
  double Number(const char* name) const { return NumberParam(options_.params, Specs(), name); }

  std::string Word(const char* name) const { return WordParam(options_.params, Specs(), name); }

  // What a test costs follows bins times classes.
  std::size_t MostBins() const {
    const auto given = static_cast<std::size_t>(Number("max_bin"));
    return given > 0 ? given : outputs_ > kManyOutputs ? 64 : kMissingBin;
  }
  std::size_t MostSketched() const {
    const auto given = static_cast<std::size_t>(Number("sketch"));
    return given > 0 ? given : outputs_ > kManyOutputs ? 8 : outputs_;
  }

  double Lambda(int classes) const {
    return ParseNumber(Word("reg_lambda")).value_or(classes == 2 ? 3 : 0.5);
  }

  bool ScoresByRows() const {
    return Word("score") == "rows" || (Word("score") == "auto" && outputs_ == 1);
  }

  void Step() {
    const double loss = gradients_.Compute(learnt_.margins, threads_);
    if (trained_ > 0) history_.push_back({"train_log_loss", trained_ - 1, loss});
    sketch_.Draw(trained_, gradients_.gradients());
    const auto gradients = sketch_.Take(gradients_.gradients(), sketched_gradients_);
    const auto hessians = sketch_.Take(ScoreWeights(), sketched_hessians_);
    SymmetricTree tree;
    ChooseTests(gradients, hessians, tree);
    tree.values = leaves_.Fit(learnt_.partition, learnt_.margins, gradients_, threads_);
    if (const double growth = steps_.Growth(trained_, loss); growth > 1) {
      for (float& value : tree.values)
        value = static_cast<float>(static_cast<double>(value) * growth);
    }
    for (std::size_t leaf = 0; leaf < learnt_.partition.leaves(); ++leaf)
      tree.rows.push_back(static_cast<float>(learnt_.partition.size(leaf)));
    learnt_.AddTree(tree, outputs_);
    // Where nothing can be split, further rounds would add nothing either; other outputs might.
    if (tree.tests.empty() && sketch_.takes_all() && focus_.takes_all()) ended_ = true;
    trees_.push_back(std::move(tree));
  }

  // By the rows that are drawn; all of them end up in their leaves.
  void ChooseTests(std::span<const float> gradients, std::span<const float> hessians,
                   SymmetricTree& tree) {
    if (sample_.takes_all()) {
      learnt_.partition.Reset();
      packed_.Pack(gradients, hessians);
      Focus({}, learnt_.partition);
      return GrowTests(ScoreOfRoot(gradients, hessians), learnt_.partition, tree);
    }
    sample_.Draw(trained_, gradients, hessians, sketch_.size());
    drawn_.Reset(sample_.rows().size());
    const auto drawn_gradients = sample_.Take(gradients, drawn_gradients_);
    const auto drawn_hessians = sample_.Take(hessians, drawn_hessians_);
    packed_.Pack(drawn_gradients, drawn_hessians);
    Focus(sample_.rows(), drawn_);
    GrowTests(ScoreOfRoot(drawn_gradients, drawn_hessians), drawn_, tree);
    learnt_.partition.Reset();
    for (const SymmetricTest& test : tree.tests)
      learnt_.partition.Split(learnt_.bins.feature(test.feature), test);
    learnt_.partition.Sort();
  }

  // Chooses what the search looks at. Of columns that nothing is known of yet the root tells the
  // first.
  void Focus(std::span<const std::uint32_t> rows, const LeafPartition& root) {
    if (!focus_.takes_all() && trained_ == 0) LookAtRoot(rows, root);
    focus_.Choose(trained_);
    const bool is_looked_at =
        rows.empty() && std::ranges::equal(focus_.chosen(), search_.looked_at());
    if (!is_looked_at) search_.LookAt(focus_.chosen(), rows);
  }

  // As many at a time as later trees look at.
  void LookAtRoot(std::span<const std::uint32_t> rows, const LeafPartition& root) {
    std::vector<std::size_t> part;
    for (std::size_t first = 0; first < features_.size(); first += part.size()) {
      part.resize(std::min(focus_.chosen().size(), features_.size() - first));
      std::iota(part.begin(), part.end(), first);
      search_.LookAt(part, rows);
      (void)search_.Find(root, packed_, lambda_);
      for (std::size_t i = 0; i < part.size(); ++i) focus_.Note(part[i], search_.scores()[i]);
    }
  }

  // Adds tests as long as the score grows from that of the root.
  void GrowTests(double score, LeafPartition& partition, SymmetricTree& tree) {
    std::vector<double> gains(focus_.chosen().size());
    while (tree.tests.size() < depth_ && !features_.empty()) {
      const FoundTest found = search_.Find(partition, packed_, lambda_);
      const double usual = Median(search_.scores());
      for (std::size_t i = 0; i < gains.size(); ++i)
        gains[i] = std::max(gains[i], search_.scores()[i] - usual);
      // Scores are float32: a gain below their rounding is none.
      if (found.score <= score * (1 + 1e-6)) break;
      gains_[features_[found.test.feature].column] += found.score - score;
      score = found.score;
      partition.Split(BinsOf(found.test.feature), found.test);
      partition.Sort();
      tree.tests.push_back(found.test);
    }
    for (std::size_t i = 0; i < gains.size(); ++i) focus_.Note(focus_.chosen()[i], gains[i]);
  }

  // Of the rows that tests are chosen by.
  std::span<const std::uint8_t> BinsOf(std::size_t feature_idx) {
    const auto bins = learnt_.bins.feature(feature_idx);
    if (sample_.takes_all()) return bins;
    drawn_bins_.resize(sample_.rows().size());
    for (std::size_t i = 0; i < drawn_bins_.size(); ++i) drawn_bins_[i] = bins[sample_.rows()[i]];
    return drawn_bins_;
  }

  // What stands for the second derivatives when tests are scored. By rows a leaf of decided rows
  // counts for no more than it holds; by their true derivatives it would outweigh the others.
  const std::vector<float>& ScoreWeights() const {
    return largest_hessians_.empty() ? gradients_.hessians() : largest_hessians_;
  }

  // The second derivative that each row and output would have at its largest.
  std::vector<float> LargestHessians() const {
    const double one = outputs_ == 1 ? 0.25 : 0.5;
    std::vector<float> hessians;
    hessians.reserve(learnt_.margins.size());
    for (std::size_t i = 0; i < learnt_.margins.size(); ++i)
      hessians.push_back(static_cast<float>(one * learnt_.alone.weight(i / outputs_)));
    return hessians;
  }

  double ScoreOfRoot(std::span<const float> gradients, std::span<const float> hessians) const {
    const std::size_t outputs = sketch_.size();
    std::vector<double> gradient(outputs), hessian(outputs);
    for (std::size_t i = 0; i < gradients.size(); i += outputs) {
      for (std::size_t k = 0; k < outputs; ++k) {
        gradient[k] += static_cast<double>(gradients[i + k]);
        hessian[k] += static_cast<double>(hessians[i + k]);
      }
    }
    double score = 0;
    for (std::size_t k = 0; k < outputs; ++k)
      score += gradient[k] * gradient[k] / (hessian[k] + lambda_);
    return score;
  }

  void Watch() {
    const SymmetricTree& tree = trees_.back();
    watched_->partition.Reset();
    for (const SymmetricTest& test : tree.tests)
      watched_->partition.Split(watched_->bins.feature(test.feature), test);
    watched_->AddTree(tree, outputs_);
    const double loss = MarginLogLoss(watched_->alone, watched_->margins, threads_);
    history_.push_back({"watched_log_loss", trained_, loss});
    stopping_.Watch(trained_, loss);
    ended_ = ended_ || stopping_.ended();
  }

  const TrainOptions& options_;
  const QuantisedMatrix& quantised_;
  const std::size_t outputs_;
  const std::vector<BinnedFeature> features_;
  const int threads_;
  const std::size_t depth_;
  const double lambda_;
  Rows learnt_;
  std::optional<Rows> watched_;
  std::vector<float> base_;
  OutputSketch sketch_;
  RowSample sample_;
  /// What was drawn: its leaves, and on the way its derivatives and bins.
  LeafPartition drawn_{0};
  std::vector<std::uint8_t> drawn_bins_;
  std::vector<float> drawn_gradients_, drawn_hessians_;
  ColumnFocus focus_;
  SplitSearch search_;
  Gradients gradients_;
  PackedGradients packed_;
  LeafFitter leaves_;
  EarlyStopping stopping_;
  GrowingSteps steps_;
  std::vector<float> largest_hessians_;
  std::vector<float> sketched_gradients_, sketched_hessians_;
  std::vector<double> gains_;
  std::vector<SymmetricTree> trees_;
  int trained_ = 0;
  bool ended_ = false;
  std::vector<HistoryPoint> history_;
};

class Symmetric final : public Learner {
 public:
  std::string name() const override { return "symmetric"; }
  InputKind input() const override { return InputKind::kTrees; }
  const std::vector<ParamSpec>& params() const override { return Specs(); }

  Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const override {
    REEVE_RETURN_IF_ERROR(ValidateParams(options.params, Specs(), name()));
    if (set.row_count() == 0)
      return Status::InvalidData("symmetric: there is no row to learn from");
    if (set.matrix->cols() == 0)
      return Status::InvalidData("symmetric: there is no column to learn from");
    QuantisedMatrix own;
    if (set.quantised == nullptr) own = Quantise(*set.matrix, set.rows, options.threads);
    const QuantisedMatrix& quantised = set.quantised != nullptr ? *set.quantised : own;
    QuantisedMatrix watched_own;
    const QuantisedMatrix* watched = &quantised;
    if (options.early_stopping != nullptr && options.early_stopping->matrix != set.matrix) {
      watched_own = QuantiseAs(*options.early_stopping->matrix, quantised, options.threads);
      watched = &watched_own;
    }
    Rounds rounds(set, options, quantised, watched);
    REEVE_RETURN_IF_ERROR(rounds.Run());
    TrainedModel trained;
    REEVE_ASSIGN_OR_RETURN(trained.model, inference::ForestModel::Make(rounds.ToForest()));
    trained.importance = rounds.Importance();
    trained.params = options.params;
    trained.params["n_estimators"] = std::to_string(rounds.kept());
    trained.history = std::move(rounds.history());
    return trained;
  }
};

}  // namespace

std::unique_ptr<Learner> MakeSymmetric() { return std::make_unique<Symmetric>(); }

}  // namespace reeve::learners
