#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/inference/model.h"

namespace reeve::inference {

/// A model of a mixture, and where its features begin.
struct MixtureMember {
  /// Share of the mixture; the shares of all members sum to 1.
  double weight = 0;
  /// Its feature j is column first_feature + j of the mixture's matrices.
  std::int64_t first_feature = 0;
  /// Any model but a mixture.
  std::unique_ptr<Model> model;
};

/// Several models that answer together: probabilities are the weighted mean of the members'
/// (a linear opinion pool, which a member's 0 does not silence). Members may look at different
/// columns of one matrix: a forest at raw numbers and codes, a linear model at scaled ones.
class MixtureModel final : public Model {
 public:
  /// Fails with kCorrupt: no member, weights that are not positive or do not sum to 1, a member
  /// of other classes, beyond the matrix, or a mixture itself.
  static Result<std::unique_ptr<MixtureModel>> Make(std::int64_t features, int classes,
                                                    std::vector<MixtureMember> members);

  std::string_view kind() const override { return "mixture"; }
  int classes() const override { return classes_; }
  std::int64_t features() const override { return features_; }
  void Prepare() const override {
    for (const MixtureMember& member : members_) member.model->Prepare();
  }
  void PredictBlock(const FeatureBlock& block, std::span<double> out,
                    WorkMemory& work) const override;
  std::string Serialize() const override;

  const std::vector<MixtureMember>& members() const { return members_; }

 private:
  MixtureModel(std::int64_t features, int classes, std::vector<MixtureMember> members)
      : features_(features), classes_(classes), members_(std::move(members)) {}

  std::int64_t features_;
  int classes_;
  std::vector<MixtureMember> members_;
};

}  // namespace reeve::inference
