#include <algorithm>
#include <numeric>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::int64_t Total(const std::vector<std::int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

double LargestShare(const ScoreDistribution& distribution) {
  double largest = 0.01;
  for (const ScoreDistribution::Group& group : distribution.groups) {
    const auto total = static_cast<double>(std::max<std::int64_t>(Total(group.counts), 1));
    for (const std::int64_t count : group.counts)
      largest = std::max(largest, static_cast<double>(count) / total);
  }
  return largest;
}

}  // namespace

Picture DrawScoreDistribution(const ScoreDistribution& distribution) {
  Picture picture{.name = "score_distribution",
                  .title = "Score distribution",
                  .description = {},
                  .height = 362};
  Drawing drawing;
  const double largest = LargestShare(distribution);
  const Box upper{.left = 66, .top = 22, .right = 408, .bottom = 156},
      lower{.left = 66, .top = 188, .right = 408, .bottom = 322};
  for (std::size_t i = 0; i < std::min<std::size_t>(distribution.groups.size(), 2); ++i) {
    const ScoreDistribution::Group& group = distribution.groups[i];
    const Box& box = i == 0 ? upper : lower;
    Plot plot(drawing, box, {.label = i == 0 ? "" : distribution.label, .is_bare = i == 0},
              {.label = "", .low = 0, .high = largest, .is_share = true});
    const std::int64_t total = Total(group.counts);
    const double width = (box.right - box.left) / static_cast<double>(group.counts.size());
    for (std::size_t bin = 0; bin < group.counts.size(); ++bin) {
      const double share = static_cast<double>(group.counts[bin]) /
                           static_cast<double>(std::max<std::int64_t>(total, 1));
      const double top = plot.Y(share);
      if (group.counts[bin] == 0) continue;
      drawing.Rectangle(box.left + static_cast<double>(bin) * width + 1, top, width - 2,
                        box.bottom - top, "bar " + SeriesClass(i));
    }
    const std::string name = Shorten(group.name, 24) + " (" + GroupDigits(total) + " rows)";
    drawing.Text(box.left, box.top - 8, name, {.css = "small bold", .hint = group.name});
    picture.description += (i > 0 ? " Below: " : "Above: ") + name + ".";
    if (distribution.threshold)
      plot.Threshold(*distribution.threshold,
                     i == 0 ? "threshold " + Decimals(*distribution.threshold, 3) : "");
  }
  if (distribution.threshold)
    picture.description += " The threshold is " + Decimals(*distribution.threshold, 3) + ".";
  drawing.Text(13, 172, "share of the group's rows", {.anchor = "middle", .turn = -90});
  picture.description =
      "How often each " + distribution.label + " was predicted. " + picture.description;
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
