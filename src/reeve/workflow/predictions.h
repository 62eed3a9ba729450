#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/ingest/writer.h"
#include "reeve/predictions/reader.h"

namespace reeve::workflow {

/// Which served predictions are wanted, and from where.
struct PredictionQuery {
  /// Folder of the prediction log.
  std::string folder = "predictions";
  predictions::ReadFilter filter;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// Milliseconds since 1970 of an ISO 8601 date or time (UTC unless it has a zone), or of "90s",
/// "30m", "1h", "7d", "2w" before `now_ms`. Fails with kInvalidArgument.
Result<std::int64_t> ParseTime(std::string_view text, std::int64_t now_ms);

/// The latest predictions, newest first.
struct PredictionRows {
  /// One object for each, with the fields of its model; values that are missing are null.
  std::vector<Json> rows;
  /// More than were asked for.
  bool has_more = false;
  predictions::ReadProblems problems;
};
/// Fails with kNotFound when there is no such log.
Result<PredictionRows> QueryPredictions(const PredictionQuery& query, std::int64_t most);
/// An array of the rows.
Json ToJson(const PredictionRows& rows);
std::string ToText(const PredictionRows& rows);

struct ExportReport {
  std::string output;
  std::int64_t rows = 0;
  /// "loans version 3", in order of appearance.
  std::vector<std::string> models;
  predictions::ReadProblems problems;
};
/// Writes predictions as a table, in the order in which they were logged, block by block. Fields of
/// all models become columns; those that a model does not have are missing.
Result<ExportReport> ExportPredictions(const PredictionQuery& query, const std::string& output,
                                       std::optional<ingest::WriteMode> mode);
Json ToJson(const ExportReport& report);
std::string ToText(const ExportReport& report);

/// What a log holds. Fails with kNotFound when there is none.
Result<predictions::StoreSummary> CountPredictions(const std::string& folder);
Json ToJson(const predictions::StoreSummary& summary);
std::string ToText(const predictions::StoreSummary& summary);

/// What could not be read, for people; empty when there is nothing to say.
std::vector<std::string> ProblemTexts(const predictions::ReadProblems& problems);

}  // namespace reeve::workflow
