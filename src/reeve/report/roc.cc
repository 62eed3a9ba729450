#include <algorithm>

#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {

Picture DrawRoc(const std::vector<NamedCurve>& curves) {
  Picture picture{.name = "roc", .title = "ROC curve", .description = {}, .height = 340};
  Drawing drawing;
  Plot plot(drawing, {.left = 58, .top = 12, .right = 408, .bottom = 298},
            {.label = "false positive rate"}, {.label = "true positive rate"});
  plot.Guide({{0, 0}, {1, 1}});
  std::vector<LegendEntry> legend;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const NamedCurve& curve = curves[i];
    Points points = curve.points;
    points.insert(points.begin(), {0, 0});
    plot.Series(points, i);
    const std::string name = (curve.name.empty() ? "" : Shorten(curve.name, 22) + ": ") + "AUC " +
                             Decimals(curve.area, 3);
    legend.push_back({name, i});
    picture.description += (i > 0 ? "; " : "") + name;
  }
  legend.push_back({"chance", 0, false, "guide"});
  const double height = static_cast<double>(legend.size() - 1) * kLegendLine;
  DrawLegend(drawing, 218, plot.box().bottom - 12 - height, legend, 30);
  picture.description =
      "True against false positive rate for every threshold. " + picture.description + ".";
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
