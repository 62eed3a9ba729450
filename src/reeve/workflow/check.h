#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

struct CheckRequest {
  /// A model, or the path of a contract.json.
  std::string model;
  std::string data;
  /// File for all violations (.csv .parquet .jsonl), or empty.
  std::string output;
  /// How many violations the report itself holds; all are counted.
  std::int64_t limit = 20;
  ingest::BadRowLimit skip_bad_rows;
  /// Rows with a violation that are accepted.
  ingest::BadRowLimit allow;
  tracking::StoreUris stores = {};
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

struct CheckReport {
  std::string contract, data;
  std::int64_t rows = 0, broken_rows = 0, violation_count = 0;
  /// Column -> rule -> count.
  std::map<std::string, std::map<std::string, std::int64_t>> counts;
  /// The first ones.
  std::vector<contract::Violation> violations;
  std::vector<std::string> unknown_columns;
  bool kept = true;
};

/// Compares a table with a contract: absent columns, missing required values, wrong types,
/// categories that training never saw, numbers outside the range that it saw.
Result<CheckReport> Check(const CheckRequest& request);

Json ToJson(const CheckReport& report);
std::string ToText(const CheckReport& report);

}  // namespace reeve::workflow
