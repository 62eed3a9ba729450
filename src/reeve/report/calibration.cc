#include <algorithm>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

void DrawCurve(Drawing& drawing, Plot& plot, const NamedCalibration& curve,
               std::size_t series_idx) {
  Points points;
  for (const CalibrationBin& bin : curve.bins) {
    points.emplace_back(bin.predicted, bin.observed);
    drawing.Line(plot.X(bin.predicted), plot.Y(bin.interval.low), plot.X(bin.predicted),
                 plot.Y(bin.interval.high), "error " + SeriesClass(series_idx));
  }
  plot.Series(points, series_idx);
  for (const auto& [x, y] : points) drawing.Mark(plot.X(x), plot.Y(y), series_idx);
}

// Rows of each bin as bars at their mean probability.
void DrawRows(Drawing& drawing, const Box& box, const Plot& above,
              const std::vector<CalibrationBin>& bins) {
  std::int64_t most = 1;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.rows);
  Plot plot(drawing, box, {.label = "predicted probability"},
            {.label = "", .low = 0, .high = static_cast<double>(most)});
  constexpr double kBar = 4;
  for (const CalibrationBin& bin : bins) {
    const double top = plot.Y(static_cast<double>(bin.rows));
    drawing.Rectangle(above.X(bin.predicted) - kBar / 2, top, kBar, box.bottom - top, "bar");
  }
  drawing.Text(13, (box.top + box.bottom) / 2, "rows", {.anchor = "middle", .turn = -90});
}

}  // namespace

Picture DrawCalibration(const std::vector<NamedCalibration>& curves) {
  Picture picture{.name = "calibration", .title = "Calibration", .description = {}, .height = 400};
  Drawing drawing;
  Plot plot(drawing, {.left = 58, .top = 12, .right = 408, .bottom = 270}, {.label = ""},
            {.label = "observed share"});
  plot.Guide({{0, 0}, {1, 1}});
  std::vector<LegendEntry> legend;
  std::int64_t bins = 0, off = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    DrawCurve(drawing, plot, curves[i], i);
    if (!curves[i].name.empty()) legend.push_back({curves[i].name, i, true});
    for (const CalibrationBin& bin : curves[i].bins) {
      ++bins;
      off += bin.predicted < bin.interval.low || bin.predicted > bin.interval.high;
    }
  }
  legend.push_back({.name = "perfect", .is_guide = true});
  DrawLegend(drawing, 68, 30, legend, 30);
  DrawRows(drawing, {.left = 58, .top = 300, .right = 408, .bottom = 358}, plot,
           curves.empty() ? std::vector<CalibrationBin>() : curves.front().bins);
  picture.description =
      "Mean predicted probability against the share that came true, in bins with equally many "
      "rows, "
      "with 95 % intervals. In " +
      GroupDigits(off) + " of " + GroupDigits(bins) + " bins the interval misses the prediction.";
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
