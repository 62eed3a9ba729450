#include "reeve/report/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reeve/report/pictures.h"

namespace reeve::report {
namespace {

constexpr int kWidth = 480, kHeight = 360;
constexpr double kLeft = 62, kRight = 16, kTop = 36, kBottom = 46;
constexpr int kTicks = 5;

std::string Fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string TextAt(double x, double y, const std::string& anchor, const std::string& text,
                   const std::string& more = "") {
  return "<text x=\"" + Fixed(x) + "\" y=\"" + Fixed(y) + "\" text-anchor=\"" + anchor + "\"" +
         more + ">" + Escape(text) + "</text>\n";
}

constexpr const char* kStyle =
    "<style>svg{font:12px "
    "system-ui,sans-serif;color:#1c2430;background:#fff}text{fill:currentColor}"
    ".axis{stroke:currentColor;stroke-width:1;fill:none}.grid{stroke:currentColor;stroke-opacity:."
    "12}"
    ".line{stroke:#1f6feb;stroke-width:2;fill:none;stroke-linejoin:round}.guide{stroke:"
    "currentColor;stroke-opacity:.45;stroke-dasharray:4 4;fill:none}"
    ".dot,.bar{fill:#1f6feb}.title{font-size:14px;font-weight:600}"
    "@media(prefers-color-scheme:dark){svg{color:#e6e9ef;background:#14181f}.line{stroke:#6ea8fe}."
    "dot,.bar{fill:#6ea8fe}}</style>\n";

}  // namespace

std::string ShortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string SvgFrame(const std::string& title, int width, int height, const std::string& body) {
  const std::string size = std::to_string(width) + " " + std::to_string(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
         std::to_string(width) + "\" height=\"" + std::to_string(height) +
         "\" role=\"img\">\n<title>" + Escape(title) + "</title>\n" + kStyle + body + "</svg>\n";
}

Canvas::Canvas(std::string title, Axis x, Axis y)
    : title_(std::move(title)), x_(std::move(x)), y_(std::move(y)) {
  for (Axis* const axis : {&x_, &y_}) {
    if (!(axis->high > axis->low)) axis->high = axis->low + 1;
  }
  DrawAxes();
}

double Canvas::PixelX(double x) const {
  return kLeft +
         (std::clamp(x, x_.low, x_.high) - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
}
double Canvas::PixelY(double y) const {
  return kHeight - kBottom -
         (std::clamp(y, y_.low, y_.high) - y_.low) / (y_.high - y_.low) *
             (kHeight - kTop - kBottom);
}

void Canvas::DrawAxes() {
  body_ += TextAt(kLeft, 22, "start", title_, " class=\"title\"");
  for (int i = 0; i <= kTicks; ++i) {
    const double x = x_.low + (x_.high - x_.low) * i / kTicks,
                 y = y_.low + (y_.high - y_.low) * i / kTicks;
    body_ += "<path class=\"grid\" d=\"M" + Fixed(PixelX(x)) + " " + Fixed(kTop) + "V" +
             Fixed(kHeight - kBottom) + "M" + Fixed(kLeft) + " " + Fixed(PixelY(y)) + "H" +
             Fixed(kWidth - kRight) + "\"/>\n";
    body_ += TextAt(PixelX(x), kHeight - kBottom + 16, "middle", ShortNumber(x));
    body_ += TextAt(kLeft - 6, PixelY(y) + 4, "end", ShortNumber(y));
  }
  body_ += "<path class=\"axis\" d=\"M" + Fixed(kLeft) + " " + Fixed(kTop) + "V" +
           Fixed(kHeight - kBottom) + "H" + Fixed(kWidth - kRight) + "\"/>\n";
  body_ += TextAt((kLeft + kWidth - kRight) / 2, kHeight - 10, "middle", x_.label);
  const double middle = (kTop + kHeight - kBottom) / 2;
  body_ +=
      TextAt(14, middle, "middle", y_.label, " transform=\"rotate(-90 14 " + Fixed(middle) + ")\"");
}

void Canvas::Line(const std::vector<std::pair<double, double>>& points,
                  const std::string& css_class) {
  body_ += "<polyline class=\"" + css_class + "\" points=\"";
  for (const auto& [x, y] : points) body_ += Fixed(PixelX(x)) + "," + Fixed(PixelY(y)) + " ";
  body_ += "\"/>\n";
}

void Canvas::Dots(const std::vector<std::pair<double, double>>& points) {
  for (const auto& [x, y] : points) {
    body_ += "<circle class=\"dot\" cx=\"" + Fixed(PixelX(x)) + "\" cy=\"" + Fixed(PixelY(y)) +
             "\" r=\"3.5\"/>\n";
  }
}

void Canvas::Note(const std::string& text) {
  body_ += TextAt(kWidth - kRight - 8, kHeight - kBottom - 10, "end", text);
}

std::string Canvas::Svg() const { return SvgFrame(title_, kWidth, kHeight, body_); }

}  // namespace reeve::report
