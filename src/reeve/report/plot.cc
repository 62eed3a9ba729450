#include "reeve/report/plot.h"

#include <algorithm>
#include <cmath>

#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr int kMostTicks = 6;

void Mend(Axis& axis) {
  if (!std::isfinite(axis.low)) axis.low = 0;
  if (!std::isfinite(axis.high) || !(axis.high > axis.low)) axis.high = axis.low + 1;
}

std::string TickText(double value, const Axis& axis) {
  if (axis.is_share) return ShortNumber(value * 100) + " %";
  return ShortNumber(value);
}

std::string LineClasses(std::size_t series_idx, LineWeight weight) {
  const std::string series = "series " + SeriesClass(series_idx);
  if (weight == LineWeight::kPlain) return series;
  return series + (weight == LineWeight::kThin ? " thin" : " thick");
}

}  // namespace

std::vector<double> Ticks(double low, double high, int most) {
  const double raw = (high - low) / std::max(most, 1);
  if (!std::isfinite(raw) || !(raw > 0)) return {low};
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double slack = step * 1e-6, first = std::ceil((low - slack) / step);
  // Multiples of the step, not sums of it: 0.3 is written so. Counted, since a step may be too
  // small to be told from its sum.
  for (int i = 0; i <= most + 1; ++i) {
    const double tick = (first + i) * step;
    if (!(tick <= high + slack)) break;
    ticks.push_back(tick);
  }
  return ticks.empty() ? std::vector<double>{low} : ticks;
}

Plot::Plot(Drawing& drawing, const Box& box, Axis x, Axis y)
    : drawing_(drawing), box_(box), x_(std::move(x)), y_(std::move(y)) {
  Mend(x_);
  Mend(y_);
  const double width = box_.right - box_.left, height = box_.bottom - box_.top;
  const int x_ticks = std::clamp(static_cast<int>(width / 46), 2, kMostTicks);
  const int y_ticks = std::clamp(static_cast<int>(height / 34), 2, kMostTicks);
  for (const double tick : Ticks(x_.low, x_.high, x_ticks)) {
    if (x_.is_bare) break;
    drawing_.Line(X(tick), box_.top, X(tick), box_.bottom, "grid");
    drawing_.Text(X(tick), box_.bottom + 16, TickText(tick, x_),
                  {.anchor = "middle", .css = "soft small"});
  }
  for (const double tick : Ticks(y_.low, y_.high, y_ticks)) {
    if (y_.is_bare) break;
    drawing_.Line(box_.left, Y(tick), box_.right, Y(tick), "grid");
    drawing_.Text(box_.left - 6, Y(tick) + 4, TickText(tick, y_),
                  {.anchor = "end", .css = "soft small"});
  }
  drawing_.Line(box_.left, box_.bottom, box_.right, box_.bottom, "axis");
  drawing_.Line(box_.left, box_.top, box_.left, box_.bottom, "axis");
  constexpr double kCharacter = 7.5;
  const auto cut = [](const std::string& label, double length) {
    return Shorten(label, static_cast<std::size_t>(length / kCharacter));
  };
  if (!x_.label.empty()) {
    drawing_.Text((box_.left + box_.right) / 2, box_.bottom + 33, cut(x_.label, width),
                  {.anchor = "middle", .hint = x_.label});
  }
  if (!y_.label.empty()) {
    drawing_.Text(13, (box_.top + box_.bottom) / 2, cut(y_.label, height),
                  {.anchor = "middle", .hint = y_.label, .turn = -90});
  }
}

double Plot::X(double x) const {
  const double share = (std::clamp(x, x_.low, x_.high) - x_.low) / (x_.high - x_.low);
  return box_.left + share * (box_.right - box_.left);
}

double Plot::Y(double y) const {
  const double share = (std::clamp(y, y_.low, y_.high) - y_.low) / (y_.high - y_.low);
  return box_.bottom - share * (box_.bottom - box_.top);
}

Points Plot::ToPixels(const Points& points) const {
  Points pixels;
  for (const auto& [x, y] : points) {
    if (std::isfinite(x) && std::isfinite(y)) pixels.emplace_back(X(x), Y(y));
  }
  return pixels;
}

void Plot::Series(const Points& points, std::size_t series_idx, LineWeight weight) {
  drawing_.Polyline(ToPixels(points), LineClasses(series_idx, weight));
}

void Plot::Guide(const Points& points) { drawing_.Polyline(ToPixels(points), "guide"); }

void Plot::Threshold(double x, std::string_view text) {
  drawing_.Line(X(x), box_.top, X(x), box_.bottom, "threshold");
  const bool is_right = X(x) > (box_.left + box_.right) / 2;
  drawing_.Text(X(x) + (is_right ? -6 : 6), box_.top + 12, text,
                {.anchor = is_right ? "end" : "start", .css = "small halo"});
}

void DrawLegend(Drawing& drawing, double x, double y, const std::vector<LegendEntry>& entries,
                std::size_t columns) {
  constexpr double kSample = 30;
  for (const LegendEntry& entry : entries) {
    std::string css = "guide";
    if (!entry.is_guide) css = LineClasses(entry.series_idx, entry.weight);
    drawing.Line(x, y - 4, x + kSample, y - 4, css);
    if (entry.with_mark) drawing.Mark(x + kSample / 2, y - 4, entry.series_idx);
    drawing.Text(x + kSample + 7, y, Shorten(entry.name, columns),
                 {.css = "small halo", .hint = entry.name});
    y += kLegendLine;
  }
}

double DrawLegendBelow(Drawing& drawing, const std::vector<LegendEntry>& entries) {
  constexpr std::size_t kColumns = 48;
  const double top = kSquareBox.bottom + 56;
  DrawLegend(drawing, kSquareBox.left, top, entries, kColumns);
  return top + static_cast<double>(entries.size()) * kLegendLine - 6;
}

}  // namespace reeve::report
