#pragma once

#include <cstdint>
#include <string>

#include "reeve/contract/contract.h"

namespace reeve::bundle {

/// What MLflow wants to know about a model: goes into MLmodel.
struct MlflowInfo {
  /// "m-" and 32 hexadecimal digits, empty when the bundle is not tracked.
  std::string model_id;
  std::string run_id;
  /// Where the bundle will stand, as MLflow writes it.
  std::string artifact_uri;
  std::int64_t created_ms = 0;
};

/// The text of the MLmodel file (YAML) of a bundle: flavor "reeve"; flavor "python_function", which
/// names the installed module `reeve.mlflow` as its loader (python/); the signature from the
/// contract, so that MLflow's client and UI show it.
std::string MlmodelText(const contract::Contract& contract, const MlflowInfo& info,
                        bool has_native_model, std::uint64_t size_bytes);

}  // namespace reeve::bundle
