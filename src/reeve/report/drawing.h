#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::report {

/// How a text stands at its point.
struct TextStyle {
  /// "start", "middle" or "end".
  std::string_view anchor = "start";
  /// CSS classes: "soft small".
  std::string_view css = "";
  /// Shown when a pointer rests on it: the whole of a name that was cut. Nothing when it is the
  /// text.
  std::string_view hint = "";
  /// Degrees around its point.
  double turn = 0;
};

/// Points in pixels, or in the units of a plot.
using Points = std::vector<std::pair<double, double>>;

/// A pixel coordinate, to hundredths.
std::string Coordinate(double value);

/// Collects SVG elements. Coordinates are pixels from the upper left corner.
class Drawing {
 public:
  /// Escapes `text`.
  void Text(double x, double y, std::string_view text, const TextStyle& style = {});
  void Line(double x1, double y1, double x2, double y2, std::string_view css);
  void Polyline(const Points& points, std::string_view css);
  /// A closed area.
  void Area(const Points& points, std::string_view css);
  /// `opacity` of the fill; 1 leaves it to the style.
  void Rectangle(double x, double y, double width, double height, std::string_view css,
                 double opacity = 1);
  /// A point in the shape of its series: circle, square, triangle, diamond, …
  void Mark(double x, double y, std::size_t series_idx);
  /// An interval from `low` to `high` on the line y = `y`, with ends.
  void Whisker(double low, double high, double y, std::string_view css);

  const std::string& body() const { return body_; }

 private:
  std::string body_;
};

}  // namespace reeve::report
