#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/ingest/writer.h"
#include "reeve/workflow/explain.h"

namespace reeve::workflow {

/// A table of reasons, one row for each: row, prediction, probability, class, rank, field, value,
/// contribution, direction. Fails as TableWriter::Open does.
Result<std::unique_ptr<ingest::TableWriter>> OpenReasons(const std::string& output,
                                                         std::optional<ingest::WriteMode> mode);
/// Rows for it.
Table ReasonRows(const std::vector<ExplainedRow>& rows);

/// column, importance, low, high.
Status WriteImportance(const ImportanceTable& table, const std::string& output,
                       std::optional<ingest::WriteMode> mode);
/// column, value, share, class, probability, low, high.
Status WriteDependence(const std::vector<explain::PartialDependence>& dependence,
                       const std::vector<std::string>& classes, const std::string& output,
                       std::optional<ingest::WriteMode> mode);

/// The object that `reeve explain --output json` prints, and the same for people.
Json ToJson(const ExplainReport& report);
std::string ToText(const ExplainReport& report);

}  // namespace reeve::workflow
