#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/profile.h"
#include "reeve/inference/row_scorer.h"
#include "reeve/inference/scorer.h"
#include "reeve/server/scoring/field_index.h"
#include "reeve/server/service_metrics.h"
#include "reeve/workflow/row_explainer.h"

namespace reeve::server {

/// One version of a model as the service uses it: loaded, verified, warm. Immutable; requests hold
/// it by shared_ptr, so that it lives until the last answer made with it is written.
struct ServedModel {
  /// Registered name ("model" for a bare folder) and version ("0" for a bare folder).
  std::string name, version;
  /// Alias it was asked for by, if any; run and folder it comes from.
  std::string alias, run_id, folder;
  contract::Profile profile;
  /// scores.json and lineage.json of the bundle, each one JSON object.
  std::string scores, lineage;
  /// SHA-256 of the bundle's checksums.
  std::string digest;
  std::int64_t loaded_ms = 0;
  std::unique_ptr<inference::Scorer> scorer;
  std::unique_ptr<inference::RowScorer> row_scorer;
  /// Of the contract.
  std::unique_ptr<FieldIndex> fields;
  std::shared_ptr<ModelMetrics> metrics;

  const contract::Contract& contract() const { return scorer->contract(); }
  /// True for two classes: `prediction` is then 0 or 1 and `probability` that of the positive.
  bool is_binary() const { return contract().classes.size() == 2; }
  /// Why it answers as it does: made when first asked for, which many services never are.
  const Result<workflow::RowExplainer>& explainer() const {
    std::call_once(explainer_made_,
                   [this] { explainer_.emplace(workflow::RowExplainer::Make(*scorer)); });
    return *explainer_;
  }

 private:
  mutable std::once_flag explainer_made_;
  mutable std::optional<Result<workflow::RowExplainer>> explainer_;
};

/// The models of the process. Thread-safe; Find costs a request a few atomic operations.
class ModelDirectory {
 public:
  virtual ~ModelDirectory() = default;
  /// The model of that name and version. No name: the first model that was asked for, or, where the
  /// models come and go by themselves, the only one; no version: the one that is served now. Null
  /// when there is none such.
  virtual std::shared_ptr<const ServedModel> Find(std::string_view name,
                                                  std::string_view version) const = 0;
  /// What is served now, in the order of the command line, or of the names.
  virtual std::vector<std::shared_ptr<const ServedModel>> List() const = 0;
  /// Versions of `name` that Find gives, newest first.
  virtual std::vector<std::string> Versions(std::string_view name) const = 0;
  /// Why a newer version is not served, by the model as it was asked for; empty while all is well.
  virtual std::vector<std::pair<std::string, std::string>> Problems() const = 0;
};

}  // namespace reeve::server
