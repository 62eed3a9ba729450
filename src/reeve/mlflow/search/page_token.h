#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/mlflow/search/order_by.h"

namespace reeve::mlflow {

/// Where the next page begins, as base64 of `{"offset": N}`. MLflow's servers read and write the
/// same, so a client may change servers between two pages. REQUIRES: offset > 0.
std::string EncodePageToken(std::int64_t offset);

/// The offset of a token; 0 for an empty one. kInvalidArgument, in MLflow's words, for anything
/// that EncodePageToken does not write.
Result<std::int64_t> DecodePageToken(std::string_view token);

/// The search that a token of logged models continues.
struct LoggedModelPage {
  std::vector<std::string> experiment_ids;
  std::string filter;
  std::vector<LoggedModelOrder> order;
};

/// As EncodePageToken, with the search itself in it.
std::string EncodeLoggedModelToken(const LoggedModelPage& page, std::int64_t offset);

/// The offset; 0 for an empty token. kInvalidArgument for a token that is none, or that was given
/// for a search with other experiments, another filter or another order than `page`.
Result<std::int64_t> DecodeLoggedModelToken(std::string_view token, const LoggedModelPage& page);

}  // namespace reeve::mlflow
