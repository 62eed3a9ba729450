#include "reeve/learners/xgboost/boosted.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "reeve/base/number.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/boosting.h"
#include "reeve/learners/growing_steps.h"
#include "reeve/learners/learnt_rows.h"
#include "reeve/learners/log_loss/gradients.h"
#include "reeve/learners/xgboost/api.h"
#include "reeve/learners/xgboost/read_forest.h"

namespace reeve::learners {
namespace {

// Fewer values than this per thread and waiting for each other costs more than it saves.
constexpr std::int64_t kValuesPerThread = 32'768;

int UsefulThreads(const Matrix& matrix, int threads) {
  const std::int64_t most = matrix.rows() * matrix.cols() / kValuesPerThread;
  return static_cast<int>(std::clamp<std::int64_t>(most, 1, std::max(threads, 1)));
}

const std::vector<ParamSpec>& Specs() {
  static const std::vector<ParamSpec> specs = {
      RoundsSpec(),
      {"learning_rate", "real", "0.1", 1e-6, 1, {}, "how much of each tree is added"},
      {"max_depth", "integer", "6", 0, 30, {}, "deepest level of a tree; 0 for no limit"},
      {"min_child_weight", "real", "1", 0, 1e9, {}, "smallest sum of second derivatives in a leaf"},
      {"subsample", "real", "1", 0.01, 1, {}, "share of rows drawn for each round"},
      {"colsample_bytree", "real", "1", 0.01, 1, {}, "share of features drawn for each tree"},
      {"colsample_bynode", "real", "1", 0.01, 1, {}, "share of features drawn for each node"},
      {"reg_lambda", "real", "1", 0, 1e9, {}, "L2 penalty on leaf values"},
      {"reg_alpha", "real", "0", 0, 1e9, {}, "L1 penalty on leaf values"},
      {"gamma", "real", "0", 0, 1e9, {}, "smallest gain of a split"},
      {"max_bin",
       "integer",
       "0",
       0,
       65'535,
       {},
       "bins that a number is cut into; 0: 128 below 20,000 rows, else 256"},
      {"max_leaves", "integer", "0", 0, 100'000, {}, "most leaves of a tree; 0 for no limit"},
      {"grow_policy",
       "word",
       "depthwise",
       0,
       0,
       {"depthwise", "lossguide"},
       "level by level, or best leaf first"},
      {"steps",
       "word",
       "equal",
       0,
       0,
       {"equal", "growing"},
       "growing: where a tenth of the first loss is left, the learning rate grows as the rounds "
       "do, "
       "up to 0.3"},
      PatienceSpec(),
  };
  return specs;
}

// Most of the time on a small table goes into trying cuts; half as many are as good there.
int MaxBin(const TrainingSet& set, const Params& params) {
  constexpr std::size_t kSmall = 20'000;
  const auto given = static_cast<int>(NumberParam(params, Specs(), "max_bin"));
  return given > 0 ? std::max(given, 2) : set.row_count() < kSmall ? 128 : 256;
}

// The start of a two-class model: the share of positives, as float32 digits that XGBoost reads back
// exactly.
std::string BaseScore(const TrainingSet& set) {
  if (set.classes != 2) return "0.5";
  double positive = 0, total = 0;
  for (std::size_t row = 0; row < set.labels.size(); ++row) {
    const double weight = set.weights.empty() ? 1.0 : set.weights[row];
    positive += weight * set.labels[row];
    total += weight;
  }
  return FormatNumber(
      static_cast<double>(static_cast<float>(std::clamp(positive / total, 0.001, 0.999))));
}

Booster::Settings MakeSettings(const TrainingSet& set, const TrainOptions& options) {
  Booster::Settings settings = {
      {"booster", "gbtree"},
      {"tree_method", "hist"},
      {"verbosity", "0"},
      {"max_bin", std::to_string(MaxBin(set, options.params))},
      {"disable_default_eval_metric", "1"},
      {"nthread", std::to_string(UsefulThreads(*set.matrix, options.threads))},
      {"seed", std::to_string(options.seed & 0x7FFFFFFF)},
      {"base_score", BaseScore(set)},
      {"objective", set.classes == 2 ? "binary:logistic" : "multi:softprob"}};
  if (set.classes != 2) settings.emplace_back("num_class", std::to_string(set.classes));
  for (const char* const name :
       {"learning_rate", "max_depth", "min_child_weight", "subsample", "colsample_bytree",
        "colsample_bynode", "reg_lambda", "reg_alpha", "gamma", "max_leaves", "grow_policy"}) {
    settings.emplace_back(name, WordParam(options.params, Specs(), name));
  }
  return settings;
}

// Rounds of boosting with early stopping; what is left is how many of them to keep.
class Rounds {
 public:
  Rounds(const TrainingSet& set, const TrainOptions& options)
      : set_(set),
        options_(options),
        threads_(UsefulThreads(*set.matrix, options.threads)),
        types_(FeatureTypesOf(*set.matrix)),
        gradients_(set),
        rate_(NumberParam(options.params, Specs(), "learning_rate")),
        grows_(WordParam(options.params, Specs(), "steps") == "growing"),
        stopping_(MakeStopping(options, Specs())),
        steps_(rate_) {}

  Status Run() {
    REEVE_ASSIGN_OR_RETURN(
        DataMatrix data,
        DataMatrix::Quantile(*set_.matrix, types_, MaxBin(set_, options_.params), threads_));
    std::optional<DataMatrix> watched;
    std::vector<const DataMatrix*> cached = {&data};
    if (options_.early_stopping != nullptr) {
      REEVE_ASSIGN_OR_RETURN(DataMatrix made,
                             DataMatrix::Dense(*options_.early_stopping->matrix, types_, threads_));
      watched.emplace(std::move(made));
      cached.push_back(&*watched);
    }
    REEVE_ASSIGN_OR_RETURN(Booster booster, Booster::Make(cached, MakeSettings(set_, options_)));
    const int most = MostRounds(options_, Specs());
    for (; trained_ < most && !stopping_.ended(); ++trained_) {
      REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
      REEVE_RETURN_IF_ERROR(Step(booster, data, trained_));
      if (watched) REEVE_RETURN_IF_ERROR(Watch(booster, *watched, trained_));
    }
    kept_ = watched && !options_.keep_all_rounds ? stopping_.best_round() + 1 : trained_;
    REEVE_ASSIGN_OR_RETURN(native_bytes_, booster.Save(kept_, set_.matrix->columns(), types_));
    return Status::Ok();
  }

  int kept() const { return kept_; }
  std::vector<HistoryPoint>& history() { return history_; }
  std::string& native_bytes() { return native_bytes_; }

 private:
  Status Step(Booster& booster, const DataMatrix& data, int round) {
    REEVE_ASSIGN_OR_RETURN(const std::span<const float> margins, booster.Margins(data, true));
    const double loss = gradients_.Compute(margins, threads_);
    if (round > 0) history_.push_back({"train_log_loss", round - 1, loss});
    const double growth = grows_ ? steps_.Growth(round, loss) : 1;
    if (growth > 1)
      REEVE_RETURN_IF_ERROR(booster.Set("learning_rate", FormatNumber(rate_ * growth)));
    return booster.Boost(data, gradients_.gradients(), gradients_.hessians());
  }

  Status Watch(const Booster& booster, const DataMatrix& watched, int round) {
    REEVE_ASSIGN_OR_RETURN(const std::span<const float> margins, booster.Margins(watched, false));
    const double loss = MarginLogLoss(*options_.early_stopping, margins, threads_);
    history_.push_back({"watched_log_loss", round, loss});
    stopping_.Watch(round, loss);
    return Status::Ok();
  }

  const TrainingSet& set_;
  const TrainOptions& options_;
  const int threads_;
  const FeatureTypes types_;
  Gradients gradients_;
  int trained_ = 0, kept_ = 0;
  const double rate_;
  const bool grows_;
  EarlyStopping stopping_;
  GrowingSteps steps_;
  std::vector<HistoryPoint> history_;
  std::string native_bytes_;
};

class Boosted final : public Learner {
 public:
  std::string name() const override { return "boosted"; }
  InputKind input() const override { return InputKind::kTrees; }
  const std::vector<ParamSpec>& params() const override { return Specs(); }

  Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const override {
    REEVE_RETURN_IF_ERROR(ValidateParams(options.params, Specs(), name()));
    if (set.row_count() == 0) return Status::InvalidData("boosted: there is no row to learn from");
    if (set.matrix->cols() == 0)
      return Status::InvalidData("boosted: there is no column to learn from");
    const LearntRows learnt(set);
    std::optional<LearntRows> watched;
    TrainOptions on_copies = options;
    if (options.early_stopping != nullptr)
      on_copies.early_stopping = &watched.emplace(*options.early_stopping).set();
    Rounds rounds(learnt.set(), on_copies);
    REEVE_RETURN_IF_ERROR(rounds.Run());
    TrainedModel trained;
    REEVE_ASSIGN_OR_RETURN(NativeForest native, ReadForest(rounds.native_bytes()));
    trained.importance = SharesOf(std::move(native.total_gain));
    REEVE_ASSIGN_OR_RETURN(trained.model, inference::ForestModel::Make(std::move(native.forest)));
    trained.params = options.params;
    trained.params["n_estimators"] = std::to_string(rounds.kept());
    trained.history = std::move(rounds.history());
    // Who is to cut the forest has no use for the file of all of it.
    const bool is_cut = options.early_stopping != nullptr && options.keep_all_rounds;
    if (!is_cut) trained.native_bytes = std::move(rounds.native_bytes());
    return trained;
  }
};

}  // namespace

std::unique_ptr<Learner> MakeBoosted() { return std::make_unique<Boosted>(); }

}  // namespace reeve::learners
