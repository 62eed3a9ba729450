#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/capi/cell_scorer.h"
#include "reeve/capi/reeve.h"
#include "reeve/inference/scorer.h"

namespace reeve::capi {

/// The contract of a model in the words of C. Points into the contract it was made of and into
/// itself, so it stays where it is.
class Description {
 public:
  /// `contract` and `decision` have to outlive it. Fails with kCorrupt when a name holds a zero
  /// byte, at which C would end it.
  static Result<std::unique_ptr<const Description>> Make(const contract::Contract& contract,
                                                         const inference::Decision& decision);
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  const reeve_description& c() const { return c_; }

 private:
  Description() = default;

  std::string contract_json_;
  std::vector<const char*> classes_;
  std::vector<std::vector<const char*>> categories_;
  std::vector<reeve_feature> features_;
  std::vector<const reeve_feature*> feature_pointers_;
  reeve_description c_{};
};

}  // namespace reeve::capi

/// An open model; see reeve.h.
struct reeve_model {
  reeve::inference::Scorer scorer;
  // Both point into the scorer.
  std::unique_ptr<const reeve::capi::Description> description;
  std::unique_ptr<const reeve::capi::CellScorer> cell_scorer;
  int threads = 1;
};
