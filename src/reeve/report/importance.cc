#include <algorithm>
#include <cmath>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostBars = 20;
constexpr double kLeft = 150, kRight = 350, kTop = 26, kRow = 24;

std::string ValueText(const ImportanceChart& chart, double value) {
  return chart.is_share ? Percent(value) : ShortNumber(value);
}

}  // namespace

Picture DrawImportance(const ImportanceChart& chart) {
  const std::size_t drawn = std::min(chart.bars.size(), kMostBars);
  Picture picture{.name = "importance",
                  .title = "Importance of the columns",
                  .description = "Measured as " + chart.measure + ".",
                  .height = kTop + static_cast<double>(drawn) * kRow + 12};
  Drawing drawing;
  double low = 0, high = 1e-12;
  for (std::size_t i = 0; i < drawn; ++i) {
    const ImportanceBar& bar = chart.bars[i];
    high = std::max({high, bar.mean, bar.interval ? bar.interval->high : bar.mean});
    low = std::min({low, bar.mean, bar.interval ? bar.interval->low : bar.mean});
  }
  const auto x = [&](double value) {
    return kLeft + (kRight - kLeft) * (value - low) / (high - low);
  };
  drawing.Text(kLeft, 14, chart.measure, {.css = "soft small"});
  drawing.Line(x(0), kTop - 4, x(0), picture.height - 8, "axis");
  for (std::size_t i = 0; i < drawn; ++i) {
    const ImportanceBar& bar = chart.bars[i];
    const double y = kTop + static_cast<double>(i) * kRow;
    drawing.Text(kLeft - 8, y + 15, Shorten(bar.column, 19),
                 {.anchor = "end", .css = "small", .hint = bar.column});
    drawing.Rectangle(std::min(x(0), x(bar.mean)), y + 3, std::abs(x(bar.mean) - x(0)), 16, "bar");
    double end = std::max(x(bar.mean), x(0));
    if (bar.interval) {
      drawing.Whisker(x(bar.interval->low), x(bar.interval->high), y + 11, "axis");
      end = std::max(end, x(bar.interval->high));
    }
    drawing.Text(end + 6, y + 15, ValueText(chart, bar.mean), {.css = "small"});
    if (i < 5) picture.description += " " + bar.column + ": " + ValueText(chart, bar.mean) + ".";
  }
  if (drawn < chart.bars.size()) {
    picture.description += " The largest " + std::to_string(drawn) + " of " +
                           std::to_string(chart.bars.size()) + " are drawn.";
  }
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
