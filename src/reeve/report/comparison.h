#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reeve/evaluation/interval.h"
#include "reeve/report/page.h"
#include "reeve/report/picture_data.h"

namespace reeve::report {

/// Two runs beside each other: what differs, and whether it matters.

/// One of the two.
struct ComparedRun {
  std::string id, name, status, started;
  /// Version of the table that it was trained on; empty when it is not known.
  std::string data_digest;
  /// What its pictures were drawn from; nothing where the run holds none.
  std::optional<PictureData> pictures;

  /// "A: fair-bittern-546".
  std::string Label(char letter) const { return std::string(1, letter) + ": " + name; }
};

struct ParamDifference {
  std::string name;
  /// Nothing where the run has no such parameter.
  std::optional<std::string> a, b;
};

struct MetricDifference {
  std::string name;
  std::optional<double> a, b;
  /// 95 %, where the run tells them.
  std::optional<evaluation::Interval> a_interval, b_interval;
  /// Nothing for a number that is neither good nor bad.
  std::optional<bool> higher_is_better;

  std::optional<double> Difference() const;
  /// Nothing where an interval is missing.
  std::optional<bool> IntervalsOverlap() const;
  /// "better", "worse", "same", each of `b`; empty where that cannot be said.
  std::string Verdict() const;
};

struct RunComparison {
  ComparedRun a, b;
  /// Parameters that differ, and how many are the same.
  std::vector<ParamDifference> params;
  std::size_t same_params = 0;
  std::vector<MetricDifference> metrics;
  /// Warnings of b that a has not, of a that b has not, and how many both have.
  std::vector<Warning> new_warnings, gone_warnings;
  std::size_t same_warnings = 0;
  /// What could not be read, as sentences.
  std::vector<std::string> notes;

  /// Nothing where a version is not known.
  std::optional<bool> IsSameData() const;
  /// What IsSameData means for the scores, as a sentence.
  std::string DataSentence() const;
};

/// One page with the curves of both runs in the same pictures.
std::string ComparisonHtml(const RunComparison& comparison);
/// For a pull request.
std::string ComparisonMarkdown(const RunComparison& comparison);

}  // namespace reeve::report
