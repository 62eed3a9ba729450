#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostPanels = 12, kMostCategories = 10, kPanelsInRow = 3;
constexpr double kPanelWidth = 300, kPanelHeight = 210, kLeft = 46;

// One column's dependences, one for each class that is drawn.
using Panel = std::span<const PartialDependence>;

std::vector<Panel> PanelsOf(const std::vector<PartialDependence>& dependences) {
  std::vector<Panel> panels;
  for (std::size_t begin = 0; begin < dependences.size();) {
    std::size_t end = begin + 1;
    while (end < dependences.size() && dependences[end].column == dependences[begin].column) ++end;
    panels.push_back(Panel(dependences).subspan(begin, end - begin));
    begin = end;
  }
  return panels;
}

bool IsOfCategories(const Panel& panel) {
  return !panel.front().points.empty() && !panel.front().points.front().label.empty();
}

// The common vertical axis. Of several classes there are no bands: they would hide each other.
Axis VerticalAxis(const std::vector<Panel>& panels) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Panel& panel : panels) {
    for (const PartialDependence& dependence : panel) {
      for (const PartialDependence::Point& point : dependence.points) {
        const bool has_band = point.interval && panel.size() == 1;
        low = std::min({low, point.mean, has_band ? point.interval->low : point.mean});
        high = std::max({high, point.mean, has_band ? point.interval->high : point.mean});
      }
    }
  }
  if (!std::isfinite(low) || !std::isfinite(high)) return {};
  const double margin = std::max(0.05 * (high - low), 0.01);
  return {.label = "", .low = std::max(low - margin, 0.0), .high = std::min(high + margin, 1.0)};
}

void DrawBand(Drawing& drawing, const Plot& plot, const PartialDependence& dependence) {
  Points upper, lower;
  for (const PartialDependence::Point& point : dependence.points) {
    if (!point.interval) continue;
    upper.emplace_back(plot.X(point.x), plot.Y(point.interval->high));
    lower.emplace_back(plot.X(point.x), plot.Y(point.interval->low));
  }
  std::reverse(lower.begin(), lower.end());
  upper.insert(upper.end(), lower.begin(), lower.end());
  drawing.Area(upper, "band");
}

void DrawNumbers(Drawing& drawing, const Box& box, const Panel& panel, const Axis& y) {
  const std::vector<PartialDependence::Point>& grid = panel.front().points;
  double low = 0, high = 1;
  if (!grid.empty()) {
    low = grid.front().x;
    high = grid.back().x;
  }
  Plot plot(drawing, box, {.label = "", .low = low, .high = high}, y);
  if (panel.size() == 1) DrawBand(drawing, plot, panel.front());
  for (std::size_t i = 0; i < panel.size(); ++i) {
    Points line;
    for (const PartialDependence::Point& point : panel[i].points)
      line.emplace_back(point.x, point.mean);
    plot.Series(line, i);
  }
  // Where the grid's points are: in between the line is only drawn.
  for (const PartialDependence::Point& point : grid)
    drawing.Line(plot.X(point.x), box.bottom, plot.X(point.x), box.bottom - 5, "axis");
}

void DrawCategories(Drawing& drawing, const Box& box, const Panel& panel, const Axis& y) {
  const std::size_t drawn = std::min(panel.front().points.size(), kMostCategories);
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
    const PartialDependence::Point& point = panel.front().points[i];
    const double at = box.top + step * (static_cast<double>(i) + 0.5);
    drawing.Text(left - 6, at + 4, Shorten(point.label, 16),
                 {.anchor = "end", .css = "small", .hint = point.label});
    if (point.interval && panel.size() == 1)
      drawing.Whisker(x(point.interval->low), x(point.interval->high), at, "error s0");
    // The most frequent class on top.
    for (std::size_t k = panel.size(); k-- > 0;)
      if (i < panel[k].points.size()) drawing.Mark(x(panel[k].points[i].mean), at, k);
  }
  drawing.Line(left, box.top, left, box.bottom, "axis");
}

// Which line is which class, below the panels.
void DrawClasses(Drawing& drawing, const std::vector<Panel>& panels, Picture& picture) {
  std::vector<LegendEntry> legend;
  for (const PartialDependence& one : panels.front())
    legend.push_back({one.class_name, legend.size(), std::ranges::any_of(panels, IsOfCategories)});
  DrawLegend(drawing, kLeft, picture.height + 12, legend, 32);
  picture.height += static_cast<double>(legend.size()) * kLegendLine + 6;
}

}  // namespace

Picture DrawPartialDependence(const std::vector<PartialDependence>& dependences) {
  std::vector<Panel> panels = PanelsOf(dependences);
  if (panels.size() > kMostPanels) panels.resize(kMostPanels);
  const std::size_t columns = std::clamp<std::size_t>(panels.size(), 1, kPanelsInRow);
  const std::size_t rows = std::max<std::size_t>((panels.size() + columns - 1) / columns, 1);
  const bool has_classes = !panels.empty() && panels.front().size() > 1;
  const std::string whose =
      has_classes || panels.empty() ? "each class" : panels.front().front().class_name;
  Picture picture{.name = "partial_dependence",
                  .title = "Partial dependence",
                  .description = "Mean probability of " + whose +
                                 " as one column moves and the others stay as they are.",
                  .width = static_cast<double>(columns) * kPanelWidth,
                  .height = static_cast<double>(rows) * kPanelHeight,
                  .wide = columns > 1};
  Drawing drawing;
  const Axis y = VerticalAxis(panels);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const double left = static_cast<double>(i % columns) * kPanelWidth,
                 top = static_cast<double>(i / columns) * kPanelHeight;
    const std::string& column = panels[i].front().column;
    drawing.Text(left + kLeft, top + 16, Shorten(column, 32),
                 {.css = "bold small", .hint = column});
    const Box box{.left = left + kLeft,
                  .top = top + 26,
                  .right = left + kPanelWidth - 12,
                  .bottom = top + kPanelHeight - 28};
    if (IsOfCategories(panels[i])) {
      DrawCategories(drawing, box, panels[i], y);
    } else {
      DrawNumbers(drawing, box, panels[i], y);
    }
  }
  if (has_classes) DrawClasses(drawing, panels, picture);
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
