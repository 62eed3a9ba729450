#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {

Picture DrawPrecisionRecall(const std::vector<NamedCurve>& curves,
                            std::optional<double> base_rate) {
  Picture picture{.name = "precision_recall",
                  .title = "Precision and recall",
                  .description = {},
                  .height = 340};
  Drawing drawing;
  Plot plot(drawing, {.left = 58, .top = 12, .right = 408, .bottom = 298}, {.label = "recall"},
            {.label = "precision"});
  std::vector<LegendEntry> legend;
  if (base_rate) plot.Guide({{0, *base_rate}, {1, *base_rate}});
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const NamedCurve& curve = curves[i];
    plot.Series(curve.points, i);
    const std::string name = (curve.name.empty() ? "" : Shorten(curve.name, 20) + ": ") +
                             "average precision " + Decimals(curve.area, 3);
    legend.push_back({name, i});
    picture.description += (i > 0 ? "; " : "") + name;
  }
  if (base_rate) {
    legend.push_back({"chance: " + Decimals(*base_rate, 3), 0, false, "guide"});
    picture.description += "; by chance " + Decimals(*base_rate, 3);
  }
  // Curves of good models fill the upper right; those of rare classes the lower left.
  const double height = static_cast<double>(legend.size()) * kLegendLine;
  const bool is_low = base_rate && *base_rate > 0.3;
  DrawLegend(drawing, is_low ? 72 : 120,
             is_low ? plot.box().bottom - height : plot.box().bottom - height - 10, legend, 44);
  picture.description =
      "Precision against recall for every threshold. " + picture.description + ".";
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
