#include <algorithm>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostSlices = 12;
constexpr double kLeft = 190, kRight = 400, kTop = 30, kRow = 26;

Axis ScoreAxis(const SliceChart& chart, std::size_t drawn) {
  double low = chart.overall, high = chart.overall;
  for (std::size_t i = 0; i < drawn; ++i) {
    low = std::min(low, chart.slices[i].interval.low);
    high = std::max(high, chart.slices[i].interval.high);
  }
  const double margin = std::max(0.04 * (high - low), 1e-6);
  return {.label = chart.metric, .low = low - margin, .high = high + margin};
}

}  // namespace

Picture DrawSlices(const SliceChart& chart) {
  const std::size_t drawn = std::min(chart.slices.size(), kMostSlices);
  const double bottom = kTop + static_cast<double>(drawn) * kRow;
  Picture picture{.name = "slices",
                  .title = "Slices of the table with the worst " + chart.metric,
                  .description = "Scores with 95 % intervals of " + chart.rows + "; the line is " +
                                 Decimals(chart.overall) + ", the score of all of them.",
                  .height = bottom + 44};
  Drawing drawing;
  Plot plot(drawing, {.left = kLeft, .top = kTop - 6, .right = kRight, .bottom = bottom},
            ScoreAxis(chart, drawn), {.label = "", .is_bare = true});
  drawing.Line(plot.X(chart.overall), kTop - 6, plot.X(chart.overall), bottom, "threshold");
  drawing.Text(
      plot.X(chart.overall), 14, "all rows " + Decimals(chart.overall, 3),
      {.anchor = plot.X(chart.overall) > (kLeft + kRight) / 2 ? "end" : "start", .css = "small"});
  for (std::size_t i = 0; i < drawn; ++i) {
    const SliceRow& slice = chart.slices[i];
    const double y = kTop + (static_cast<double>(i) + 0.5) * kRow;
    // A triangle: worse than the model knows; a circle: hard; a hollow square: perhaps luck.
    const std::size_t series = slice.IsSurprise(chart.higher_is_better) ? 2
                               : slice.IsWorse()                        ? 0
                                                                        : 1;
    drawing.Text(kLeft - 8, y + 4, Shorten(slice.name, 25),
                 {.anchor = "end", .css = "small", .hint = slice.name});
    drawing.Whisker(plot.X(slice.interval.low), plot.X(slice.interval.high), y,
                    series == 1 ? "axis" : "error " + SeriesClass(series));
    drawing.Mark(plot.X(slice.score), y, series);
  }
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
