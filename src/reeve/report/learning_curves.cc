#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

// Rows learnt from are the first series, rows watched the second, whatever else the others.
std::size_t SeriesOf(const std::string& name) {
  if (name.starts_with("train")) return 0;
  return name.starts_with("watched") ? 1 : 2;
}

std::string Spelt(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// What is on the vertical axis: the part of the names behind "train_" or "watched_".
std::string Metric(const std::string& name) {
  const std::size_t at = name.find('_');
  return at == std::string::npos || SeriesOf(name) == 2 ? Spelt(name) : Spelt(name.substr(at + 1));
}

struct Extent {
  double x = 1;
  double low = std::numeric_limits<double>::infinity(),
         high = -std::numeric_limits<double>::infinity();
};

Extent ExtentOf(const std::vector<LearningCurve>& curves) {
  Extent extent;
  for (const LearningCurve& curve : curves) {
    for (const auto& [x, y] : curve.points) {
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      extent.x = std::max(extent.x, x);
      extent.low = std::min(extent.low, y);
      extent.high = std::max(extent.high, y);
    }
  }
  if (!(extent.high > extent.low)) {
    if (!std::isfinite(extent.low)) extent.low = 0;
    extent.high = extent.low + 1;
  }
  const double margin = 0.05 * (extent.high - extent.low);
  extent.high += margin;
  extent.low = extent.low >= 0 ? std::max(0.0, extent.low - margin) : extent.low - margin;
  return extent;
}

int FoldCount(const std::vector<LearningCurve>& curves) {
  std::set<int> folds;
  for (const LearningCurve& curve : curves) {
    if (curve.fold) folds.insert(*curve.fold);
  }
  return static_cast<int>(folds.size());
}

// What the legend says behind a curve's name.
std::string KindOf(const LearningCurve& curve, const std::vector<LearningCurve>& curves) {
  const int folds = FoldCount(curves);
  if (folds == 0) return "";
  return curve.fold ? ", " + std::to_string(folds) + " folds" : ", mean";
}

LineWeight WeightOf(const LearningCurve& curve, const std::vector<LearningCurve>& curves) {
  if (curve.fold) return LineWeight::kThin;
  return FoldCount(curves) > 0 ? LineWeight::kBold : LineWeight::kPlain;
}

// Thin lines below, what they are told by above them.
std::vector<LearningCurve> FoldsFirst(std::vector<LearningCurve> curves) {
  std::ranges::stable_partition(curves,
                                [](const LearningCurve& curve) { return curve.fold.has_value(); });
  return curves;
}

}  // namespace

Picture DrawLearningCurves(const std::vector<LearningCurve>& curves) {
  Picture picture{
      .name = "learning_curves", .title = "Learning curves", .description = {}, .height = 320};
  const Extent extent = ExtentOf(curves);
  Drawing drawing;
  Plot plot(drawing, {.left = 58, .top = 12, .right = 408, .bottom = 278},
            {.label = "round", .low = 0, .high = extent.x},
            {.label = curves.empty() ? "" : Metric(curves.front().name),
             .low = extent.low,
             .high = extent.high});
  std::vector<LegendEntry> legend;
  for (const LearningCurve& curve : FoldsFirst(curves)) {
    plot.Series(curve.points, SeriesOf(curve.name), WeightOf(curve, curves));
    const std::string name = Spelt(curve.name) + KindOf(curve, curves);
    const auto known = std::find_if(legend.begin(), legend.end(),
                                    [&](const LegendEntry& entry) { return entry.name == name; });
    if (known != legend.end()) continue;
    legend.push_back(
        {.name = name, .series_idx = SeriesOf(curve.name), .weight = WeightOf(curve, curves)});
    if (!curve.points.empty() && !curve.fold) {
      picture.description += " " + name + ": from " + ShortNumber(curve.points.front().second) +
                             " to " + ShortNumber(curve.points.back().second) + ".";
    }
  }
  DrawLegend(drawing, 190, 28, legend, 32);
  picture.description = "Loss by round of boosting." + picture.description;
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
