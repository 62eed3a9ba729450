#include "reeve/explain/attributor.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "reeve/explain/integrated_gradients.h"
#include "reeve/explain/tree_shap.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/mixture.h"
#include "reeve/inference/perceptron.h"

namespace reeve::explain {
namespace {

using inference::FeatureBlock;

class ForestAttributor final : public Attributor {
 public:
  /// `shap` is of `forest`.
  ForestAttributor(const inference::CompactForest& forest, TreeShap shap)
      : link_(forest.link), shap_(std::move(shap)) {}

  Unit unit() const override {
    return link_ == inference::Link::kMean ? Unit::kProbability : Unit::kLogOdds;
  }
  double expected(int class_idx) const override { return shap_.expected(OutputOf(class_idx)); }
  void Contributions(const FeatureBlock& block, int class_idx,
                     std::span<double> out) const override {
    shap_.Contributions(block, OutputOf(class_idx), out);
  }
  double CostPerRow() const override { return shap_.CostPerRow(); }

 private:
  std::size_t OutputOf(int class_idx) const {
    return link_ == inference::Link::kLogistic ? 0 : static_cast<std::size_t>(class_idx);
  }

  inference::Link link_;
  TreeShap shap_;
};

class LinearAttributor final : public Attributor {
 public:
  explicit LinearAttributor(const inference::Linear& linear) : linear_(linear) {}

  Unit unit() const override { return Unit::kLogOdds; }
  double expected(int class_idx) const override {
    const double* const weights = WeightsOf(class_idx);
    double sum = linear_.intercepts[OutputOf(class_idx)];
    for (std::size_t j = 0; j < linear_.means.size(); ++j) sum += weights[j] * linear_.means[j];
    return sum;
  }
  void Contributions(const FeatureBlock& block, int class_idx,
                     std::span<double> out) const override {
    const double* const weights = WeightsOf(class_idx);
    const std::size_t features = linear_.means.size();
    for (std::size_t i = 0; i < block.rows; ++i) {
      const float* const row = block.values + i * block.row_stride;
      for (std::size_t j = 0; j < features; ++j)
        out[i * features + j] = weights[j] * (row[j * block.stride] - linear_.means[j]);
    }
  }
  double CostPerRow() const override { return static_cast<double>(linear_.features); }

 private:
  std::size_t OutputOf(int class_idx) const {
    return linear_.intercepts.size() == 1 ? 0 : static_cast<std::size_t>(class_idx);
  }
  const double* WeightsOf(int class_idx) const {
    return linear_.weights.data() +
           OutputOf(class_idx) * static_cast<std::size_t>(linear_.features);
  }

  const inference::Linear& linear_;
};

class PerceptronAttributor final : public Attributor {
 public:
  explicit PerceptronAttributor(const inference::Perceptron& perceptron)
      : has_one_output_(perceptron.outputs() == 1), gradients_(perceptron) {}

  Unit unit() const override { return Unit::kLogOdds; }
  double expected(int class_idx) const override { return gradients_.expected(OutputOf(class_idx)); }
  void Contributions(const FeatureBlock& block, int class_idx,
                     std::span<double> out) const override {
    gradients_.Contributions(block, OutputOf(class_idx), out);
  }
  double CostPerRow() const override { return gradients_.CostPerRow(); }

 private:
  std::size_t OutputOf(int class_idx) const {
    return has_one_output_ ? 0 : static_cast<std::size_t>(class_idx);
  }

  bool has_one_output_;
  IntegratedGradients gradients_;
};

// Random forests say 0 and 1; their log-odds end where a probability can no longer be told from
// that.
double LogOdds(double probability) {
  constexpr double kSmallest = 1e-6;
  const double p = std::clamp(probability, kSmallest, 1 - kSmallest);
  return std::log(p / (1 - p));
}

class MixtureAttributor final : public Attributor {
 public:
  struct Member {
    double weight;
    std::size_t first, features;
    std::unique_ptr<Attributor> attributor;
  };
  MixtureAttributor(std::size_t features, std::vector<Member> members)
      : features_(features), members_(std::move(members)) {}

  Unit unit() const override { return Unit::kLogOdds; }
  double expected(int class_idx) const override {
    double sum = 0;
    for (const Member& member : members_) {
      const double expected = member.attributor->expected(class_idx);
      sum += member.weight * (InProbability(member) ? LogOdds(expected) : expected);
    }
    return sum;
  }
  void Contributions(const FeatureBlock& block, int class_idx,
                     std::span<double> out) const override {
    std::fill(out.begin(), out.end(), 0.0);
    std::vector<double> said;
    for (const Member& member : members_) {
      const FeatureBlock part{.values = block.values + member.first * block.stride,
                              .stride = block.stride,
                              .rows = block.rows,
                              .row_stride = block.row_stride};
      said.resize(block.rows * member.features);
      member.attributor->Contributions(part, class_idx, said);
      for (std::size_t i = 0; i < block.rows; ++i) {
        const std::span<double> row = std::span(said).subspan(i * member.features, member.features);
        if (InProbability(member)) ToLogOdds(row, member.attributor->expected(class_idx));
        double* const to = out.data() + i * features_ + member.first;
        for (std::size_t j = 0; j < member.features; ++j) to[j] += member.weight * row[j];
      }
    }
  }
  double CostPerRow() const override {
    double sum = 0;
    for (const Member& member : members_) sum += member.attributor->CostPerRow();
    return sum;
  }

 private:
  static bool InProbability(const Member& member) {
    return member.attributor->unit() == Unit::kProbability;
  }

  // Stretches contributions to a probability so that they sum to the difference in log-odds.
  static void ToLogOdds(std::span<double> row, double expected) {
    double moved = 0;
    for (const double value : row) moved += value;
    constexpr double kTooSmall = 1e-9;
    const double stretch =
        std::abs(moved) > kTooSmall
            ? (LogOdds(expected + moved) - LogOdds(expected)) / moved
            : 1 / std::max(expected * (1 - expected), kTooSmall);  // the derivative there
    for (double& value : row) value *= stretch;
  }

  std::size_t features_;
  std::vector<Member> members_;
};

}  // namespace

Result<std::unique_ptr<Attributor>> MakeAttributor(const inference::Model& model) {
  if (const auto* const forest = dynamic_cast<const inference::ForestModel*>(&model)) {
    REEVE_ASSIGN_OR_RETURN(TreeShap shap, TreeShap::Make(forest->forest()));
    return std::make_unique<ForestAttributor>(forest->forest(), std::move(shap));
  }
  if (const auto* const linear = dynamic_cast<const inference::LinearModel*>(&model)) {
    if (linear->linear().means.empty()) {
      return Status::InvalidArgument(
                 "the model does not hold the means of its columns, which explanations are made "
                 "of")
          .WithFix("train it anew with this Reeve");
    }
    return std::make_unique<LinearAttributor>(linear->linear());
  }
  if (const auto* const perceptron = dynamic_cast<const inference::PerceptronModel*>(&model))
    return std::make_unique<PerceptronAttributor>(perceptron->perceptron());
  if (const auto* const mixture = dynamic_cast<const inference::MixtureModel*>(&model)) {
    std::vector<MixtureAttributor::Member> members;
    for (const inference::MixtureMember& member : mixture->members()) {
      REEVE_ASSIGN_OR_RETURN(auto attributor, MakeAttributor(*member.model));
      members.push_back({member.weight, static_cast<std::size_t>(member.first_feature),
                         static_cast<std::size_t>(member.model->features()),
                         std::move(attributor)});
    }
    return std::make_unique<MixtureAttributor>(static_cast<std::size_t>(mixture->features()),
                                               std::move(members));
  }
  return Status::InvalidArgument("models of kind " + std::string(model.kind()) +
                                 " cannot be explained");
}

}  // namespace reeve::explain
