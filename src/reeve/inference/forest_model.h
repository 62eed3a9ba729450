#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/inference/compact_forest.h"
#include "reeve/inference/model.h"

namespace reeve::inference {

class CompiledForest;

/// A forest that scores rows through CompiledForest, which is made at the first call (Prepare).
/// Sums add leaf values in tree order in float32 starting from the base margin, whichever engine
/// forms them.
class ForestModel final : public Model {
 public:
  /// Fails with kCorrupt when the forest is not valid.
  static Result<std::unique_ptr<ForestModel>> Make(const Forest& forest);
  static Result<std::unique_ptr<ForestModel>> Make(CompactForest forest);
  ~ForestModel() override;

  std::string_view kind() const override { return "forest"; }
  int classes() const override { return forest_.classes; }
  std::int64_t features() const override { return forest_.features; }
  void Prepare() const override;
  void PredictBlock(const FeatureBlock& block, std::span<double> out,
                    WorkMemory& work) const override;
  std::string Serialize() const override;

  const CompactForest& forest() const { return forest_; }
  /// The sums before the link, float32, row-major rows x forest().outputs(). The reference engine:
  /// walks tree by tree, the truth that the compiled forest equals bit for bit.
  std::vector<float> Margins(const Matrix& matrix) const;
  /// Writes the same sums of a block, by the compiled forest.
  void BlockMargins(const FeatureBlock& block, std::span<float> out, WorkMemory& work) const;

 private:
  explicit ForestModel(CompactForest forest);

  /// Null for the few forests that only the reference engine takes.
  const CompiledForest* Compiled() const;
  void WalkBlock(const FeatureBlock& block, std::span<float> margins) const;
  void StartMargins(std::span<float> margins) const;
  void AddLeaves(const Tree& tree, std::span<const std::uint32_t> leaves, float* margins) const;
  void FillProbabilities(const float* margins, std::size_t rows, std::span<double> out) const;

  CompactForest forest_;
  /// Made by the first thread that needs it; models of folds mostly are only kept.
  mutable std::once_flag compile_once_;
  mutable std::unique_ptr<const CompiledForest> compiled_;
};

}  // namespace reeve::inference
