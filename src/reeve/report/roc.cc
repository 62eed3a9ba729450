#include <algorithm>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {

Picture DrawRoc(const std::vector<NamedCurve>& curves) {
  Picture picture{.name = "roc", .title = "ROC curve", .description = {}};
  Drawing drawing;
  Plot plot(drawing, kSquareBox, {.label = "false positive rate"}, {.label = "true positive rate"});
  plot.Guide({{0, 0}, {1, 1}});
  std::vector<LegendEntry> legend;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const NamedCurve& curve = curves[i];
    Points points = curve.points;
    points.insert(points.begin(), {0, 0});
    plot.Series(points, i);
    const std::string name = (curve.name.empty() ? "" : Shorten(curve.name, 34) + ": ") + "AUC " +
                             Decimals(curve.area, 3);
    legend.push_back({name, i});
    picture.description += (i > 0 ? "; " : "") + name;
  }
  legend.push_back({.name = "chance", .is_guide = true});
  picture.height = DrawLegendBelow(drawing, legend);
  picture.description =
      "True against false positive rate for every threshold. " + picture.description + ".";
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
