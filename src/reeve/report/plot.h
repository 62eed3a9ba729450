#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/report/drawing.h"

namespace reeve::report {

/// One axis of a plot: from `low` to `high`, with a label below or beside it.
struct Axis {
  std::string label;
  double low = 0, high = 1;
  /// Values are shares, written as percents.
  bool is_share = false;
  /// Without numbers and grid.
  bool is_bare = false;
};

/// Where a plot's area lies in its picture, in pixels.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// Round numbers from `low` to `high`, about `most` of them at most: steps of 1, 2 or 5 times a
/// power of ten. At least one.
std::vector<double> Ticks(double low, double high, int most);

/// How a line stands among others of its series.
enum class LineWeight {
  kPlain,
  /// One of many, without dashes: they would run into each other.
  kThin,
  /// What the thin ones are summed up by.
  kBold,
};

/// An area with axes that turns the units of data into pixels. Draws into a Drawing that outlives
/// it.
class Plot {
 public:
  /// Draws grid, axes, numbers and labels. An axis that is empty or not finite becomes one of
  /// length 1.
  Plot(Drawing& drawing, const Box& box, Axis x, Axis y);

  /// Pixels; values beyond the axes are drawn at their ends.
  double X(double x) const;
  double Y(double y) const;
  const Box& box() const { return box_; }

  /// A line in the dashes of its series. Values that are not finite are left out.
  void Series(const Points& points, std::size_t series_idx, LineWeight weight = LineWeight::kPlain);
  /// A helping line, e.g. the diagonal.
  void Guide(const Points& points);
  /// A vertical line with a text beside it.
  void Threshold(double x, std::string_view text);

 private:
  Points ToPixels(const Points& points) const;

  Drawing& drawing_;
  Box box_;
  Axis x_, y_;
};

/// One line of a legend: a sample of the series and its name.
struct LegendEntry {
  std::string name;
  std::size_t series_idx = 0;
  /// Also a mark on the sample.
  bool with_mark = false;
  LineWeight weight = LineWeight::kPlain;
  /// The line of Plot::Guide instead of a series.
  bool is_guide = false;
};

/// Draws a legend whose first line begins at (x, y), one below the other; names are cut to
/// `columns` characters.
void DrawLegend(Drawing& drawing, double x, double y, const std::vector<LegendEntry>& entries,
                std::size_t columns);
inline constexpr double kLegendLine = 17;

/// A plot of two shares from 0 to 1 whose legend stands below it, where no curve can hide it: ROC,
/// precision and recall.
inline constexpr Box kSquareBox{.left = 58, .top = 12, .right = 408, .bottom = 298};
/// Draws the legend below kSquareBox. Returns the height of the picture.
double DrawLegendBelow(Drawing& drawing, const std::vector<LegendEntry>& entries);

}  // namespace reeve::report
