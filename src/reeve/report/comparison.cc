#include "reeve/report/comparison.h"

namespace reeve::report {

std::optional<double> MetricDifference::Difference() const {
  if (!a || !b) return std::nullopt;
  return *b - *a;
}

std::optional<bool> MetricDifference::IntervalsOverlap() const {
  if (!a_interval || !b_interval) return std::nullopt;
  return a_interval->low <= b_interval->high && b_interval->low <= a_interval->high;
}

std::string MetricDifference::Verdict() const {
  const auto difference = Difference();
  if (!difference || !higher_is_better) return "";
  if (*difference == 0) return "same";
  std::string verdict = (*difference > 0) == *higher_is_better ? "better" : "worse";
  const auto overlap = IntervalsOverlap();
  if (overlap) verdict += *overlap ? ", intervals overlap" : ", intervals apart";
  return verdict;
}

std::optional<bool> RunComparison::IsSameData() const {
  if (a.data_digest.empty() || b.data_digest.empty()) return std::nullopt;
  return a.data_digest == b.data_digest;
}

std::string RunComparison::DataSentence() const {
  const auto is_same = IsSameData();
  if (!is_same) return "Whether both runs learnt from the same table is not known.";
  if (*is_same) return "Both runs learnt from the same table, version " + a.data_digest + ".";
  return "The tables differ: version " + a.data_digest + " and version " + b.data_digest +
         ". Scores are not of the same rows; a difference may be that of the data.";
}

}  // namespace reeve::report
