#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reeve/base/file_system.h"
#include "reeve/base/result.h"
#include "reeve/bundle/mlmodel.h"
#include "reeve/contract/contract.h"
#include "reeve/contract/profile.h"
#include "reeve/features/pipeline.h"
#include "reeve/inference/decision.h"
#include "reeve/inference/model.h"
#include "reeve/inference/scorer.h"

namespace reeve::bundle {

/// Everything a model needs, in one artifact: a folder that is at once an MLflow model.
/// Format: docs/formats/bundle.md. Nothing in it is executable.
struct Bundle {
  contract::Contract contract;
  /// Statistics of the training rows: the reference for drift.
  contract::Profile profile;
  features::FittedPipeline pipeline;
  std::unique_ptr<inference::Model> model;
  inference::Decision decision;
  /// Scores of the test part and of cross-validation: the text of scores.json, a JSON object.
  std::string scores;
  /// Where it comes from: table, digest, split, parameters, program: the text of lineage.json.
  std::string lineage;
  /// XGBoost's own file (model.ubj), empty when the learner has none.
  std::string native_bytes;
};

/// Writes the bundle to `folder` so that it is there whole or not at all: a temporary folder beside
/// it, every file synced, checksums, MLmodel last, then one rename. Fails with kAlreadyExists when
/// `folder` exists, kIo when it cannot be written.
Status Write(FileSystem& files, const Bundle& bundle, const MlflowInfo& info,
             const std::string& folder);

/// Reads and verifies a bundle: every checksum, every format version, every size and index.
/// Fails with kNotFound when there is no such folder, kCorrupt with the file and the reason when it
/// is foreign, newer than this program, cut short or edited.
Result<Bundle> Read(FileSystem& files, const std::string& folder);

/// The part of a bundle that scores.
Result<inference::Scorer> IntoScorer(Bundle bundle);

}  // namespace reeve::bundle
