#include "reeve/report/pictures.h"

#include <algorithm>
#include <cmath>

#include "reeve/report/canvas.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostPoints = 400;
constexpr std::size_t kMostBars = 20;
constexpr int kMostClasses = 30;

std::vector<std::pair<double, double>> Points(const std::vector<evaluation::CurvePoint>& curve) {
  std::vector<std::pair<double, double>> points;
  for (const evaluation::CurvePoint& point : evaluation::Thin(curve, kMostPoints))
    points.emplace_back(point.x, point.y);
  return points;
}

// At most `most` characters; a UTF-8 sequence is not cut.
std::string Shorten(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts && characters++ == most) return text.substr(0, i) + "…";
  }
  return text;
}

std::string Number(double value) { return ShortNumber(value); }

}  // namespace

std::string Escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') escaped += c;
    }
  }
  return escaped;
}

Picture RocPicture(const std::vector<evaluation::CurvePoint>& curve, double auc) {
  Canvas canvas("ROC", {.label = "false positive rate"}, {.label = "true positive rate"});
  canvas.Line({{0, 0}, {1, 1}}, "guide");
  auto points = Points(curve);
  points.insert(points.begin(), {0, 0});
  canvas.Line(points, "line");
  canvas.Note("AUC " + Number(auc));
  return {"roc", "ROC", canvas.Svg()};
}

Picture PrecisionRecallPicture(const std::vector<evaluation::CurvePoint>& curve,
                               double average_precision) {
  Canvas canvas("Precision and recall", {.label = "recall"}, {.label = "precision"});
  canvas.Line(Points(curve), "line");
  canvas.Note("average precision " + Number(average_precision));
  return {"precision_recall", "Precision and recall", canvas.Svg()};
}

Picture CalibrationPicture(const std::vector<evaluation::ReliabilityBin>& bins) {
  Canvas canvas("Calibration", {.label = "predicted probability"}, {.label = "observed share"});
  canvas.Line({{0, 0}, {1, 1}}, "guide");
  std::vector<std::pair<double, double>> points;
  for (const evaluation::ReliabilityBin& bin : bins)
    points.emplace_back(bin.mean_predicted, bin.observed);
  canvas.Line(points, "line");
  canvas.Dots(points);
  return {"calibration", "Calibration", canvas.Svg()};
}

Picture ConfusionPicture(const evaluation::ConfusionMatrix& confusion,
                         const std::vector<std::string>& classes) {
  const int drawn = std::min(confusion.classes, kMostClasses);
  const int cell = drawn <= 4 ? 84 : drawn <= 10 ? 48 : 28;
  constexpr int kLeft = 150, kTop = 76;
  std::string body =
      "<text class=\"title\" x=\"16\" y=\"24\">Confusion</text><text x=\"16\" y=\"44\">rows: true "
      "class; columns: predicted</text>\n";
  for (int t = 0; t < drawn; ++t) {
    const double actual = std::max(confusion.actual(t), 1.0);
    const int y = kTop + t * cell;
    body += "<text x=\"" + std::to_string(kLeft - 8) + "\" y=\"" +
            std::to_string(y + cell / 2 + 4) + "\" text-anchor=\"end\">" +
            Escape(Shorten(classes[static_cast<std::size_t>(t)], 18)) + "</text>\n";
    body +=
        "<text x=\"" + std::to_string(kLeft + t * cell + cell / 2) + "\" y=\"" +
        std::to_string(kTop - 8) + "\" text-anchor=\"middle\">" +
        Escape(Shorten(classes[static_cast<std::size_t>(t)], static_cast<std::size_t>(cell / 8))) +
        "</text>\n";
    for (int p = 0; p < drawn; ++p) {
      const double share = confusion.at(t, p) / actual;
      const std::string colour = t == p ? "#1f6feb" : "#d9480f";
      body += "<rect x=\"" + std::to_string(kLeft + p * cell) + "\" y=\"" + std::to_string(y) +
              "\" width=\"" + std::to_string(cell - 2) + "\" height=\"" + std::to_string(cell - 2) +
              "\" rx=\"3\" fill=\"" + colour + "\" fill-opacity=\"" + Number(0.06 + 0.6 * share) +
              "\"/>\n";
      body += "<text x=\"" + std::to_string(kLeft + p * cell + cell / 2) + "\" y=\"" +
              std::to_string(y + cell / 2 + 4) + "\" text-anchor=\"middle\">" +
              std::to_string(std::llround(confusion.at(t, p))) + "</text>\n";
    }
  }
  return {"confusion", "Confusion",
          SvgFrame("Confusion", std::max(kLeft + drawn * cell + 16, 300), kTop + drawn * cell + 16,
                   body)};
}

Picture ImportancePicture(const std::vector<std::pair<std::string, double>>& importance) {
  constexpr int kLeft = 210, kRow = 24, kBar = 220, kTop = 40;
  const std::size_t drawn = std::min(importance.size(), kMostBars);
  const double largest = drawn == 0 ? 1 : std::max(importance.front().second, 1e-12);
  std::string body = "<text class=\"title\" x=\"16\" y=\"24\">Importance</text>\n";
  for (std::size_t i = 0; i < drawn; ++i) {
    const auto& [name, share] = importance[i];
    const int y = kTop + static_cast<int>(i) * kRow;
    body += "<text x=\"" + std::to_string(kLeft - 8) + "\" y=\"" + std::to_string(y + 15) +
            "\" text-anchor=\"end\">" + Escape(Shorten(name, 26)) + "</text>\n";
    body += "<rect class=\"bar\" x=\"" + std::to_string(kLeft) + "\" y=\"" + std::to_string(y + 3) +
            "\" width=\"" + Number(kBar * share / largest) + "\" height=\"16\" rx=\"2\"/>\n";
    body += "<text x=\"" + Number(kLeft + kBar * share / largest + 6) + "\" y=\"" +
            std::to_string(y + 15) + "\">" + Number(share * 100) + " %</text>\n";
  }
  return {
      "importance", "Importance",
      SvgFrame("Importance", kLeft + kBar + 70, kTop + static_cast<int>(drawn) * kRow + 12, body)};
}

Picture HistoryPicture(const std::string& metric,
                       const std::vector<std::pair<std::int64_t, double>>& points) {
  std::vector<std::pair<double, double>> line;
  double low = 0, high = 0;
  for (const auto& [step, value] : points) {
    if (!std::isfinite(value)) continue;
    line.emplace_back(static_cast<double>(step), value);
    high = std::max(high, value);
    low = std::min(low, value);
  }
  const double last = line.empty() ? 1 : line.back().first;
  Canvas canvas(metric + " by round", {.label = "round", .low = 0, .high = last},
                {.label = metric, .low = low, .high = high});
  canvas.Line(line, "line");
  return {metric, metric + " by round", canvas.Svg()};
}

}  // namespace reeve::report
