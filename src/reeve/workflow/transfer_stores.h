#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/tracking/transfer.h"

namespace reeve::workflow {

struct TransferRequest {
  /// What is copied from has to be there.
  tracking::StoreUris from, to;
  /// Only these; empty: all.
  std::vector<std::string> experiments;
  bool without_artifacts = false;
  const Cancellation* cancellation = &Cancellation::Never();
  std::function<void(std::int64_t done, std::int64_t total)> on_progress;
};

/// Copies everything of one tracking store to another (tracking::Transfer says what and how).
Result<tracking::TransferReport> TransferStores(const TransferRequest& request);

Json ToJson(const tracking::TransferReport& report);
std::string ToText(const tracking::TransferReport& report);
/// Ok, or kUnavailable with the first of the problems.
Status Outcome(const tracking::TransferReport& report);

}  // namespace reeve::workflow
