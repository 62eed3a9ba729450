#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/refusal.h"
#include "reeve/server/scoring/scoring.h"
#include "reeve/server/scoring/v2_tensor.h"

namespace reeve::server {

/// An output tensor that a model gives.
enum class V2Output : std::uint8_t { kLabel, kProbability, kPrediction, kProbabilities };

/// What one of the model's outputs is.
struct V2OutputInfo {
  V2Output output = V2Output::kLabel;
  std::string_view name, datatype;
  /// Elements of a row; 1 where the shape has no second dimension.
  std::size_t columns = 1;
  bool has_columns = false;
};

/// The outputs of a model, in the order of its answers: label, probability, prediction and, for
/// more than two classes, probabilities.
std::vector<V2OutputInfo> V2Outputs(const ServedModel& model);

/// An inference request, read. Texts are views into the parsed body.
struct V2Request {
  /// Whether there was an id, and what it was.
  bool has_id = false;
  std::string_view id;
  struct Wanted {
    V2OutputInfo info;
    bool is_binary = false;
  };
  /// In the order that was asked for.
  std::vector<Wanted> outputs;
};

/// Reads the body of an inference request into `rows`: one tensor for each column ([n] or [n,1]),
/// or one matrix [n, columns] of the contract's columns in its order. Tensors are JSON or follow it
/// as bytes (Inference-Header-Content-Length). Columns that the model does not know are noted.
/// REQUIRES: rows.Begin was called for the model.
Refusal ReadV2Request(const ScoringContext& context, const ServedModel& model,
                      const Request& request, RequestRows& rows, V2Request& read);

}  // namespace reeve::server
