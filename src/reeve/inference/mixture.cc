#include "reeve/inference/mixture.h"

#include <algorithm>
#include <cmath>

#include "reeve/inference/model_file.h"

namespace reeve::inference {
namespace {

Status Bad(const std::string& what) { return Status::Corrupt("mixture: " + what); }

Status ValidateMember(const MixtureMember& member, std::int64_t features, int classes) {
  if (member.model == nullptr || member.model->kind() == "mixture")
    return Bad("a member that is a mixture itself, or none");
  if (!(member.weight > 0 && member.weight <= 1)) return Bad("a weight outside 0 to 1");
  if (member.model->classes() != classes) return Bad("a member of other classes");
  if (member.first_feature < 0 || member.model->features() > features - member.first_feature)
    return Bad("a member looks at columns beyond the last");
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<MixtureModel>> MixtureModel::Make(std::int64_t features, int classes,
                                                         std::vector<MixtureMember> members) {
  if (members.empty()) return Bad("no member");
  double total = 0;
  for (const MixtureMember& member : members) {
    REEVE_RETURN_IF_ERROR(ValidateMember(member, features, classes));
    total += member.weight;
  }
  constexpr double kTolerance = 1e-9;
  if (std::abs(total - 1) > kTolerance) return Bad("weights that do not sum to 1");
  return std::unique_ptr<MixtureModel>(new MixtureModel(features, classes, std::move(members)));
}

void MixtureModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                                WorkMemory& work) const {
  constexpr std::size_t kMostRows = 1024;  // so that what a member says stays in the cache
  const auto width = static_cast<std::size_t>(classes_);
  for (std::size_t first = 0; first < block.rows; first += kMostRows) {
    const std::size_t rows = std::min(kMostRows, block.rows - first);
    const std::span<double> mixed = out.subspan(first * width, rows * width);
    std::fill(mixed.begin(), mixed.end(), 0.0);
    if (work.member.size() < mixed.size()) work.member.resize(mixed.size());
    for (const MixtureMember& member : members_) {
      const auto begin = static_cast<std::size_t>(member.first_feature);
      const FeatureBlock part{
          .values = block.values + begin * block.stride + first * block.row_stride,
          .stride = block.stride,
          .rows = rows,
          .row_stride = block.row_stride};
      const std::span<double> said = std::span(work.member).first(mixed.size());
      member.model->PredictBlock(part, said, work);
      for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += member.weight * said[i];
    }
  }
}

std::string MixtureModel::Serialize() const { return WriteMixture(*this); }

}  // namespace reeve::inference
