#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {

Picture DrawPrecisionRecall(const std::vector<NamedCurve>& curves,
                            std::optional<double> base_rate) {
  Picture picture{.name = "precision_recall", .title = "Precision and recall", .description = {}};
  Drawing drawing;
  Plot plot(drawing, kSquareBox, {.label = "recall"}, {.label = "precision"});
  std::vector<LegendEntry> legend;
  if (base_rate) plot.Guide({{0, *base_rate}, {1, *base_rate}});
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const NamedCurve& curve = curves[i];
    plot.Series(curve.points, i);
    const std::string name = (curve.name.empty() ? "" : Shorten(curve.name, 26) + ": ") +
                             "average precision " + Decimals(curve.area, 3);
    legend.push_back({name, i});
    picture.description += (i > 0 ? "; " : "") + name;
  }
  if (base_rate) {
    legend.push_back({.name = "chance: " + Decimals(*base_rate, 3), .is_guide = true});
    picture.description += "; by chance " + Decimals(*base_rate, 3);
  }
  picture.height = DrawLegendBelow(drawing, legend);
  picture.description =
      "Precision against recall for every threshold. " + picture.description + ".";
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
