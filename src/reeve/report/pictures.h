#pragma once

#include <span>
#include <string>
#include <vector>

#include "reeve/evaluation/confusion.h"
#include "reeve/report/picture.h"
#include "reeve/report/picture_data.h"

namespace reeve::report {

/// The pictures of a report, one file each. All of them stand empty input: they then draw their
/// axes and say that there is nothing. Up to kSeriesStyles curves share one picture and differ in
/// dashes.

/// False against true positive rates, with the area in the legend.
Picture DrawRoc(const std::vector<NamedCurve>& curves);
/// Recall against precision. `base_rate`: the precision of chance.
Picture DrawPrecisionRecall(const std::vector<NamedCurve>& curves, std::optional<double> base_rate);

/// A calibration curve with its name, as one picture may hold several.
struct NamedCalibration {
  std::string name;
  std::vector<CalibrationBin> bins;
};
/// Predicted probability against what came true, with intervals, above the rows of each bin. A good
/// model lies on the diagonal.
Picture DrawCalibration(const std::vector<NamedCalibration>& curves);

/// Counts by true (row) and predicted (column) class, with their share of the true class where
/// there is room. Shades tell the share; the diagonal is framed. At most 40 classes are drawn.
Picture DrawConfusion(const evaluation::ConfusionMatrix& confusion,
                      const std::vector<std::string>& classes);

/// One group above the axis, the other below it, each as shares of its rows.
Picture DrawScoreDistribution(const ScoreDistribution& distribution);

/// Bars with intervals, the largest 20.
Picture DrawImportance(const ImportanceChart& chart);

/// Losses by round: rows learnt from (solid) and rows watched (dashed), folds as thin lines with
/// the mean above them.
Picture DrawLearningCurves(const std::vector<LearningCurve>& curves);

/// A small plot for each column, all with the same vertical axis; the first 12. One line or mark
/// for each class, and only of a single one what the rows spread over.
Picture DrawPartialDependence(const std::vector<PartialDependence>& dependences);

/// A point with its interval for each slice beside the score of all rows; the first 12.
Picture DrawSlices(const SliceChart& chart);

/// A histogram of a few pixels for a cell of a table.
std::string SmallHistogram(std::span<const std::int64_t> counts, const std::string& description);

}  // namespace reeve::report
