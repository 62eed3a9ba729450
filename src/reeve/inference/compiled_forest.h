#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "reeve/inference/compact_forest.h"
#include "reeve/inference/model.h"

namespace reeve::inference {

/// Which instructions the kernels may use.
enum class Instructions {
  /// The best that this CPU has.
  kBest,
  kPortable,
  kAvx2,
  /// F, BW, DQ, VL, VBMI and GFNI (Ice Lake, Zen 4 and newer).
  kAvx512,
};
/// True when this CPU has them and this build brings kernels for them.
bool HasInstructions(Instructions instructions);

struct CompileOptions {
  /// Tests force each in turn; all give the same bits.
  Instructions instructions = Instructions::kBest;
};

/// A forest made ready for speed, in milliseconds and without a compiler: bit-sliced blocks and all
/// nodes of a tree at once for trees of up to 8 levels, small nodes walked side by side for deeper
/// ones (README.md tells how, docs/adr/0007 why). Margins are those of ForestModel::Margins, the
/// reference, bit for bit. Immutable; safe to use from many threads.
class CompiledForest {
 public:
  /// Nothing for the few forests that no kernel takes, which the reference engine has to score.
  /// REQUIRES: the forest is valid (CompactForest::Validate). It need not outlive the result.
  static std::unique_ptr<CompiledForest> Make(const CompactForest& forest,
                                              const CompileOptions& options);
  ~CompiledForest();

  /// Bytes that Margins works in.
  std::size_t work_bytes() const;
  /// Writes block.rows x outputs sums, row-major. `work` holds work_bytes() bytes, aligned to 64;
  /// one for each call at a time.
  void Margins(const FeatureBlock& block, float* margins, std::uint8_t* work) const;

 private:
  struct Impl;
  explicit CompiledForest(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reeve::inference
