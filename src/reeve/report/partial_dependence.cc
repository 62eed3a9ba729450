#include <algorithm>
#include <cmath>
#include <limits>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostPanels = 12, kMostCategories = 10, kPanelsInRow = 3;
constexpr double kPanelWidth = 300, kPanelHeight = 210;

bool IsOfCategories(const PartialDependence& dependence) {
  return !dependence.points.empty() && !dependence.points.front().label.empty();
}

// The common vertical axis.
Axis VerticalAxis(const std::vector<PartialDependence>& dependences) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const PartialDependence& dependence : dependences) {
    for (const PartialDependence::Point& point : dependence.points) {
      low = std::min({low, point.mean, point.interval ? point.interval->low : point.mean});
      high = std::max({high, point.mean, point.interval ? point.interval->high : point.mean});
    }
  }
  if (!std::isfinite(low) || !std::isfinite(high)) return {};
  const double margin = std::max(0.05 * (high - low), 0.01);
  return {.label = "", .low = std::max(low - margin, 0.0), .high = std::min(high + margin, 1.0)};
}

void DrawNumbers(Drawing& drawing, const Box& box, const PartialDependence& dependence,
                 const Axis& y) {
  double low = 0, high = 1;
  if (!dependence.points.empty()) {
    low = dependence.points.front().x;
    high = dependence.points.back().x;
  }
  Plot plot(drawing, box, {.label = "", .low = low, .high = high}, y);
  Points line, upper, lower;
  for (const PartialDependence::Point& point : dependence.points) {
    line.emplace_back(point.x, point.mean);
    if (!point.interval) continue;
    upper.emplace_back(plot.X(point.x), plot.Y(point.interval->high));
    lower.emplace_back(plot.X(point.x), plot.Y(point.interval->low));
  }
  std::reverse(lower.begin(), lower.end());
  upper.insert(upper.end(), lower.begin(), lower.end());
  drawing.Area(upper, "band");
  plot.Series(line, 0);
  // Where the grid's points are: in between the line is only drawn.
  for (const auto& [x, mean] : line)
    drawing.Line(plot.X(x), box.bottom, plot.X(x), box.bottom - 5, "axis");
}

void DrawCategories(Drawing& drawing, const Box& box, const PartialDependence& dependence,
                    const Axis& y) {
  const std::size_t drawn = std::min(dependence.points.size(), kMostCategories);
  const double step = (box.bottom - box.top) / static_cast<double>(std::max<std::size_t>(drawn, 1));
  // Names need the width: categories lie one below the other, the probability to the right.
  const double left = box.left + 64;
  const auto x = [&](double value) {
    return left + (box.right - left) * (value - y.low) / std::max(y.high - y.low, 1e-12);
  };
  for (const double tick : Ticks(y.low, y.high, 4)) {
    drawing.Line(x(tick), box.top, x(tick), box.bottom, "grid");
    drawing.Text(x(tick), box.bottom + 16, ShortNumber(tick),
                 {.anchor = "middle", .css = "soft small"});
  }
  for (std::size_t i = 0; i < drawn; ++i) {
    const PartialDependence::Point& point = dependence.points[i];
    const double at = box.top + step * (static_cast<double>(i) + 0.5);
    drawing.Text(left - 6, at + 4, Shorten(point.label, 16),
                 {.anchor = "end", .css = "small", .hint = point.label});
    if (point.interval)
      drawing.Whisker(x(point.interval->low), x(point.interval->high), at, "error s0");
    drawing.Mark(x(point.mean), at, 0);
  }
  drawing.Line(left, box.top, left, box.bottom, "axis");
}

}  // namespace

Picture DrawPartialDependence(const std::vector<PartialDependence>& dependences,
                              const std::string& class_name) {
  const std::size_t drawn = std::min(dependences.size(), kMostPanels);
  const std::size_t columns = std::clamp<std::size_t>(drawn, 1, kPanelsInRow);
  const std::size_t rows = (drawn + columns - 1) / columns;
  Picture picture{.name = "partial_dependence",
                  .title = "Partial dependence",
                  .description = "Mean probability of " + class_name +
                                 " as one column moves and the others stay as they are.",
                  .width = static_cast<double>(columns) * kPanelWidth,
                  .height = static_cast<double>(std::max<std::size_t>(rows, 1)) * kPanelHeight,
                  .wide = columns > 1};
  Drawing drawing;
  const Axis y = VerticalAxis(dependences);
  for (std::size_t i = 0; i < drawn; ++i) {
    const PartialDependence& dependence = dependences[i];
    const double left = static_cast<double>(i % columns) * kPanelWidth,
                 top = static_cast<double>(i / columns) * kPanelHeight;
    drawing.Text(left + 46, top + 16, Shorten(dependence.column, 32),
                 {.css = "bold small", .hint = dependence.column});
    const Box box{.left = left + 46,
                  .top = top + 26,
                  .right = left + kPanelWidth - 12,
                  .bottom = top + kPanelHeight - 28};
    if (IsOfCategories(dependence)) {
      DrawCategories(drawing, box, dependence, y);
    } else {
      DrawNumbers(drawing, box, dependence, y);
    }
  }
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
