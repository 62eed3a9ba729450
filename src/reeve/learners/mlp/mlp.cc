#include "reeve/learners/mlp/mlp.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "reeve/base/number.h"
#include "reeve/base/random.h"
#include "reeve/inference/perceptron.h"
#include "reeve/learners/learnt_rows.h"
#include "reeve/learners/mlp/mlp_kernel.h"
#include "reeve/learners/mlp/trained_layers.h"
#include "reeve/learners/mlp_work.h"

namespace reeve::learners {
namespace {

using inference::Padded;

// Layers and schedule, as the parameters say.
struct Recipe {
  int layers = 0, units = 0, epochs = 0;
  std::size_t batch = 0;
  double rate = 0, decay = 0, dropout = 0;
};

// The learnt rows as the first layer reads them, row after row, with what the loss needs of each.
struct InputRows {
  std::vector<float> means;
  std::vector<double> deviations;
  std::size_t stride = 0;
  std::vector<float> values;
  std::vector<float> weights;  // mean 1

  explicit InputRows(const TrainingSet& set);
  std::size_t features() const { return means.size(); }
  std::size_t rows() const { return weights.size(); }
};

InputRows::InputRows(const TrainingSet& set)
    : stride(Padded(static_cast<std::size_t>(set.matrix->cols()))) {
  const Matrix& matrix = *set.matrix;
  const auto count = static_cast<std::size_t>(matrix.rows());
  values.resize(count * stride);
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const auto column = matrix.column(j);
    const double sum = std::accumulate(column.begin(), column.end(), 0.0);
    means.push_back(static_cast<float>(sum / static_cast<double>(count)));
    double squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float value = inference::PerceptronInput(column[i], means.back());
      values[i * stride + static_cast<std::size_t>(j)] = value;
      squares += static_cast<double>(value) * value;
    }
    deviations.push_back(std::sqrt(squares / static_cast<double>(count)));
  }
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) total += set.weight(i);
  for (std::size_t i = 0; i < count; ++i)
    weights.push_back(static_cast<float>(set.weight(i) / total * static_cast<double>(count)));
}

// Biases that say, of a row of which nothing is known, how frequent the classes are.
std::vector<float> PriorBiases(const TrainingSet& set) {
  std::vector<double> counts(static_cast<std::size_t>(set.classes), 1.0);
  for (std::size_t i = 0; i < set.labels.size(); ++i)
    counts[static_cast<std::size_t>(set.labels[i])] += set.weight(i);
  if (set.classes == 2) return {static_cast<float>(std::log(counts[1] / counts[0]))};
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::vector<float> biases;
  for (const double share : counts) biases.push_back(static_cast<float>(std::log(share / total)));
  return biases;
}

std::vector<std::size_t> Widths(std::size_t features, const Recipe& recipe, std::size_t outputs) {
  std::vector<std::size_t> widths(static_cast<std::size_t>(recipe.layers) + 2,
                                  static_cast<std::size_t>(recipe.units));
  widths.front() = features;
  widths.back() = outputs;
  return widths;
}

// A tenth of the steps upwards, then half a cosine down to 0.
double RateAt(double share_done) {
  constexpr double kWarmUp = 0.1;
  if (share_done < kWarmUp) return share_done / kWarmUp;
  return 0.5 * (1 + std::cos(std::numbers::pi * (share_done - kWarmUp) / (1 - kWarmUp)));
}

// Goes over the rows in batches, in an order of its own each time.
class Training {
 public:
  Training(const TrainingSet& set, const InputRows& input, const Recipe& recipe, std::uint64_t seed)
      : set_(set),
        input_(input),
        recipe_(recipe),
        random_(seed),
        drops_(random_.Fork("dropout")),
        layers_(Widths(input.features(), recipe, Outputs()), PriorBiases(set),
                std::min(recipe.batch, input.rows()), random_.Fork("weights")),
        order_(input.rows()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }

  Status Run(const Cancellation& cancellation) {
    for (int epoch = 0; epoch < recipe_.epochs; ++epoch) {
      random_.Fork("order", static_cast<std::uint64_t>(epoch)).Shuffle(std::span(order_));
      double loss = 0;
      for (std::size_t first = 0; first < order_.size(); first += recipe_.batch) {
        REEVE_RETURN_IF_ERROR(cancellation.Check());
        loss +=
            Learn(std::span(order_).subspan(first, std::min(recipe_.batch, order_.size() - first)));
      }
      // Weights that ran away would be refused as a model's.
      if (!std::isfinite(loss))
        return Status::InvalidArgument("mlp: training diverged in epoch " +
                                       std::to_string(epoch + 1))
            .WithFix("lower learning_rate, " + FormatNumber(recipe_.rate) + " as it is");
      history_.push_back({"train_log_loss", epoch, loss / static_cast<double>(order_.size())});
    }
    return Status::Ok();
  }

  std::vector<inference::DenseLayer> Layers() const { return layers_.Take(); }
  std::vector<HistoryPoint> TakeHistory() { return std::move(history_); }

 private:
  std::size_t Outputs() const {
    return set_.classes == 2 ? 1 : static_cast<std::size_t>(set_.classes);
  }
  std::size_t Batches() const { return (order_.size() + recipe_.batch - 1) / recipe_.batch; }

  // One batch; gives the sum of its losses.
  double Learn(std::span<const std::size_t> rows) {
    batch_.resize(rows.size() * input_.stride);
    labels_.clear();
    factors_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::copy_n(input_.values.data() + rows[i] * input_.stride, input_.stride,
                  batch_.data() + i * input_.stride);
      labels_.push_back(set_.labels[rows[i]]);
      factors_.push_back(input_.weights[rows[i]] / static_cast<float>(rows.size()));
    }
    float* const margins = layers_.Forward(batch_.data(), rows.size(), recipe_.dropout, drops_);
    const double loss = LogLossDerivatives({.margins = margins,
                                            .count = rows.size(),
                                            .outputs = Outputs(),
                                            .stride = Padded(Outputs()),
                                            .labels = labels_.data(),
                                            .factors = factors_.data()});
    layers_.Backward(batch_.data(), rows.size());
    layers_.Step(NextStep());
    return loss * static_cast<double>(rows.size());
  }

  AdamStep NextStep() {
    ++steps_;
    kept_means_ *= kKeptOfMeans;
    kept_squares_ *= kKeptOfSquares;
    const double all = static_cast<double>(Batches()) * recipe_.epochs;
    return {.rate = static_cast<float>(recipe_.rate * RateAt(static_cast<double>(steps_) / all)),
            .decay = static_cast<float>(recipe_.decay),
            .mean_correction = static_cast<float>(1 / (1 - kept_means_)),
            .square_correction = static_cast<float>(1 / (1 - kept_squares_))};
  }

  const TrainingSet& set_;
  const InputRows& input_;
  const Recipe recipe_;
  Random random_, drops_;
  TrainedLayers layers_;
  std::vector<std::size_t> order_;
  std::vector<float> batch_, factors_;
  std::vector<std::int32_t> labels_;
  std::int64_t steps_ = 0;
  double kept_means_ = 1, kept_squares_ = 1;
  std::vector<HistoryPoint> history_;
};

// Size of the weights of the first layer x standard deviation, summing to 1.
std::vector<double> Importance(const inference::DenseLayer& first,
                               const std::vector<double>& deviations) {
  const std::size_t units = first.biases.size();
  std::vector<double> importance;
  for (std::size_t j = 0; j < deviations.size(); ++j) {
    double squares = 0;
    for (std::size_t n = 0; n < units; ++n) {
      const double weight = first.weights[j * units + n];
      squares += weight * weight;
    }
    importance.push_back(std::sqrt(squares) * deviations[j]);
  }
  const double total = std::accumulate(importance.begin(), importance.end(), 0.0);
  if (total > 0) {
    for (double& value : importance) value /= total;
  }
  return importance;
}

// Small tables take more and smaller steps.
std::size_t BatchFor(std::size_t rows) {
  constexpr std::size_t kSmallest = 32, kLargest = 256, kFewestBatches = 40;
  return std::clamp(std::bit_floor(rows / kFewestBatches), kSmallest, kLargest);
}

class Mlp final : public Learner {
 public:
  std::string name() const override { return "mlp"; }
  InputKind input() const override { return InputKind::kLinear; }

  const std::vector<ParamSpec>& params() const override {
    static const std::vector<ParamSpec> specs = {
        {"hidden_layers", "integer", std::to_string(kMlpHiddenLayers), 1, 8, {}, "hidden layers"},
        {"hidden_units",
         "integer",
         "0",
         0,
         4096,
         {},
         "units of each hidden layer; 0: 256, of at most 8,192 rows 128"},
        {"epochs",
         "integer",
         "0",
         0,
         10000,
         {},
         "passes over the rows; 0: up to 30, fewer for a large table"},
        {"batch_size",
         "integer",
         "0",
         0,
         65536,
         {},
         "rows of a step; 0: 32 to 256, by the size of the table"},
        {"learning_rate", "real", "0.005", 1e-6, 1, {}, "largest rate, reached after a tenth"},
        {"weight_decay", "real", "0.03", 0, 10, {}, "share of the rate that weights shrink by"},
        {"dropout", "real", "0.1", 0, 0.9, {}, "share of hidden outputs left out in a step"},
    };
    return specs;
  }

  Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const override {
    REEVE_RETURN_IF_ERROR(ValidateParams(options.params, params(), name()));
    if (set.row_count() == 0) return Status::InvalidData("mlp: there is no row to learn from");
    if (set.matrix->cols() == 0)
      return Status::InvalidData("mlp: there is no column to learn from");
    const LearntRows learnt(set);
    const InputRows input(learnt.set());
    const Recipe recipe = RecipeFor(options.params, input, set.classes);
    Training training(learnt.set(), input, recipe, options.seed);
    REEVE_RETURN_IF_ERROR(training.Run(*options.cancellation));
    inference::Perceptron perceptron{.features = set.matrix->cols(), .classes = set.classes};
    perceptron.means = input.means;
    perceptron.layers = training.Layers();
    TrainedModel trained;
    trained.importance = Importance(perceptron.layers.front(), input.deviations);
    REEVE_ASSIGN_OR_RETURN(trained.model, inference::PerceptronModel::Make(std::move(perceptron)));
    trained.params = options.params;
    trained.params["epochs"] = std::to_string(recipe.epochs);
    trained.params["hidden_units"] = std::to_string(recipe.units);
    trained.history = training.TakeHistory();
    return trained;
  }

 private:
  Recipe RecipeFor(const Params& given, const InputRows& input, int classes) const {
    const auto number = [&](const char* name) { return NumberParam(given, params(), name); };
    Recipe recipe{.layers = static_cast<int>(number("hidden_layers")),
                  .units = static_cast<int>(number("hidden_units")),
                  .epochs = static_cast<int>(number("epochs")),
                  .batch = static_cast<std::size_t>(number("batch_size")),
                  .rate = number("learning_rate"),
                  .decay = number("weight_decay"),
                  .dropout = number("dropout")};
    if (recipe.units == 0) recipe.units = MlpUnits(static_cast<std::int64_t>(input.rows()));
    if (recipe.batch == 0) recipe.batch = BatchFor(input.rows());
    if (recipe.epochs == 0) {
      const std::int64_t weights = MlpWeights(static_cast<std::int64_t>(input.features()), classes,
                                              recipe.layers, recipe.units);
      recipe.epochs = MlpEpochs(static_cast<std::int64_t>(input.rows()), weights);
    }
    return recipe;
  }
};

}  // namespace

std::unique_ptr<Learner> MakeMlp() { return std::make_unique<Mlp>(); }

}  // namespace reeve::learners
