#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/contract/profile.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

/// Statistics and version of a whole source.
Result<contract::Profile> ProfileSource(const std::string& data, const SourceOptions& options);
std::string ToText(const contract::Profile& profile);

Json ToJson(const contract::ProfileDiff& diff);
std::string ToText(const contract::ProfileDiff& diff);

/// A version of a table that a run was trained on.
struct DataUse {
  std::string name, digest, context;
  std::int64_t rows = 0;
  std::string run_id, run_name;
  std::int64_t start_ms = 0;
};
/// Newest first.
Result<std::vector<DataUse>> DataHistory(const tracking::StoreUris& stores, std::int64_t most);
Json ToJson(const std::vector<DataUse>& history);
std::string ToText(const std::vector<DataUse>& history);

}  // namespace reeve::workflow
