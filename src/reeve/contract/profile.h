#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/table/table.h"

namespace reeve::contract {

/// Counts of numbers between fixed edges: bin i holds edges[i] <= x < edges[i+1], the last one
/// closed.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::int64_t> counts;
};

struct ValueCount {
  std::string value;
  std::int64_t count = 0;
};

/// Statistics of one column: the reference that drift is later measured against.
struct ColumnProfile {
  std::string name;
  ColumnType type = ColumnType::kReal;
  std::int64_t rows = 0;
  std::int64_t missing = 0;
  std::int64_t distinct = 0;
  /// Numbers and dates only (dates in seconds).
  std::optional<double> minimum, maximum, mean, standard_deviation;
  /// Probabilities kQuantiles, linear interpolation between order statistics (numpy's default).
  std::vector<double> quantiles;
  /// Equal-width over [minimum, maximum] and equal-frequency edges (distinct quantiles).
  Histogram uniform, frequency;
  /// The most frequent values, most frequent first, ties by value; all of them for categories.
  std::vector<ValueCount> top_values;
};

inline constexpr double kQuantiles[] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

/// Statistics of a table. Written as profile.json (docs/formats/profile.md).
struct Profile {
  /// DigestOf(table): the table's version.
  std::string digest;
  std::int64_t rows = 0;
  std::vector<ColumnProfile> columns;
};

/// REQUIRES: a typed table. Same result for any number of threads.
Profile MakeProfile(const Table& table, int threads = 1);
Json ToJson(const Profile& profile);
Result<Profile> ProfileFromJson(const Json& json);

/// How one column changed between two versions of a table.
struct ColumnChange {
  std::string name;
  /// "added", "removed", "type", "changed", "same".
  std::string kind;
  ColumnProfile before, after;
  /// Population stability index over the frequency bins (or categories) of `before`, missing being
  /// a bin of its own; absent when the types differ.
  std::optional<double> psi;
};

struct ProfileDiff {
  bool same = false;
  std::int64_t rows_before = 0, rows_after = 0;
  std::vector<ColumnChange> columns;
};

/// Compares two versions column by column.
ProfileDiff DiffProfiles(const Profile& before, const Profile& after);

}  // namespace reeve::contract
