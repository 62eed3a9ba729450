#pragma once

#include <string>
#include <vector>

#include "reeve/mlflow/request.h"
#include "reeve/mlflow/search/page_token.h"
#include "reeve/mlflow/search/query.h"

// What searches for runs and for experiments have in common on the wire.

namespace reeve::mlflow {

inline constexpr std::int64_t kMostSearched = 50'000;
inline constexpr std::int64_t kDefaultSearched = 1000;

/// ACTIVE_ONLY when absent or unknown.
ViewType ReadViewType(const Request& request, std::string_view field);

/// From `max_results` and `page_token`; the limit is one more than asked for, which tells whether
/// there is a next page. kInvalidArgument for sizes and tokens that MLflow refuses.
Result<Page> ReadPage(const Request& request);

/// The token of the next page; empty, when there is none. Takes the row of it off.
template <typename Row>
std::string TakeNextPage(const Page& page, std::vector<Row>& rows) {
  if (static_cast<std::int64_t>(rows.size()) < *page.limit) return {};
  rows.pop_back();
  return EncodePageToken(page.offset + *page.limit - 1);
}

}  // namespace reeve::mlflow
