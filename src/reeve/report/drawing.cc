#include "reeve/report/drawing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::string Joined(const Points& points) {
  std::string text;
  for (const auto& [x, y] : points)
    text += (text.empty() ? "" : " ") + Coordinate(x) + "," + Coordinate(y);
  return text;
}

std::string Attribute(std::string_view name, std::string_view value) {
  if (value.empty()) return "";
  return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

}  // namespace

std::string Coordinate(double value) {
  if (!std::isfinite(value)) return "0";
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", std::abs(value) < 0.005 ? 0.0 : value);
  std::string shown = text;
  while (shown.back() == '0') shown.pop_back();
  if (shown.back() == '.') shown.pop_back();
  return shown;
}

void Drawing::Text(double x, double y, std::string_view text, const TextStyle& style) {
  body_ += "<text x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\"";
  if (style.anchor != "start") body_ += Attribute("text-anchor", style.anchor);
  body_ += Attribute("class", style.css);
  if (style.turn != 0) {
    body_ += Attribute("transform", "rotate(" + Coordinate(style.turn) + " " + Coordinate(x) + " " +
                                        Coordinate(y) + ")");
  }
  body_ += ">";
  if (!style.hint.empty() && style.hint != text)
    body_ += "<title>" + Escape(style.hint) + "</title>";
  body_ += Escape(text) + "</text>\n";
}

void Drawing::Line(double x1, double y1, double x2, double y2, std::string_view css) {
  body_ += "<path" + Attribute("class", css) + " d=\"M" + Coordinate(x1) + " " + Coordinate(y1) +
           "L" + Coordinate(x2) + " " + Coordinate(y2) + "\"/>\n";
}

void Drawing::Polyline(const Points& points, std::string_view css) {
  if (points.empty()) return;
  body_ += "<polyline" + Attribute("class", css) + " points=\"" + Joined(points) + "\"/>\n";
}

void Drawing::Area(const Points& points, std::string_view css) {
  if (points.empty()) return;
  body_ += "<polygon" + Attribute("class", css) + " points=\"" + Joined(points) + "\"/>\n";
}

void Drawing::Rectangle(double x, double y, double width, double height, std::string_view css,
                        double opacity) {
  body_ += "<rect" + Attribute("class", css) + " x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) +
           "\" width=\"" + Coordinate(std::max(width, 0.0)) + "\" height=\"" +
           Coordinate(std::max(height, 0.0)) + "\"";
  if (opacity < 1) body_ += Attribute("fill-opacity", Coordinate(opacity));
  body_ += "/>\n";
}

void Drawing::Mark(double x, double y, std::size_t series_idx) {
  const std::string css = "dot " + SeriesClass(series_idx);
  constexpr double kRadius = 4;
  switch (series_idx % 4) {
    case 0:
      body_ += "<circle" + Attribute("class", css) + " cx=\"" + Coordinate(x) + "\" cy=\"" +
               Coordinate(y) + "\" r=\"3.5\"/>\n";
      return;
    case 1:
      Rectangle(x - kRadius + 0.5, y - kRadius + 0.5, 2 * kRadius - 1, 2 * kRadius - 1, css);
      return;
    case 2:
      Area({{x, y - kRadius}, {x + kRadius, y + kRadius - 1}, {x - kRadius, y + kRadius - 1}}, css);
      return;
    default:
      Area({{x, y - kRadius - 1}, {x + kRadius, y}, {x, y + kRadius + 1}, {x - kRadius, y}}, css);
  }
}

void Drawing::Whisker(double low, double high, double y, std::string_view css) {
  constexpr double kEnd = 4;
  Line(low, y, high, y, css);
  Line(low, y - kEnd, low, y + kEnd, css);
  Line(high, y - kEnd, high, y + kEnd, css);
}

}  // namespace reeve::report
