#pragma once

#include <string>
#include <utility>
#include <vector>

namespace reeve::report {

/// A plot area with axes: turns data coordinates into SVG. Colours come from CSS variables with
/// fallbacks, so that a page can restyle them and a dark reader sees light lines.
class Canvas {
 public:
  struct Axis {
    std::string label;
    double low = 0, high = 1;
  };
  Canvas(std::string title, Axis x, Axis y);

  void Line(const std::vector<std::pair<double, double>>& points, const std::string& css_class);
  void Dots(const std::vector<std::pair<double, double>>& points);
  /// A note in the plot's lower right corner.
  void Note(const std::string& text);
  std::string Svg() const;

 private:
  double PixelX(double x) const;
  double PixelY(double y) const;
  void DrawAxes();

  std::string title_;
  Axis x_, y_;
  std::string body_;
};

/// The frame of a drawing of `width` x `height` pixels around `body`.
std::string SvgFrame(const std::string& title, int width, int height, const std::string& body);

/// A number with few digits: 0.25, 1200, 3.1e-05.
std::string ShortNumber(double value);

}  // namespace reeve::report
