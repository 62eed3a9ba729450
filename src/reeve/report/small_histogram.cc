#include <algorithm>

#include "reeve/report/drawing.h"
#include "reeve/report/pictures.h"
#include "reeve/report/texts.h"

namespace reeve::report {

std::string SmallHistogram(std::span<const std::int64_t> counts, const std::string& description) {
  constexpr double kWidth = 84, kHeight = 20;
  Drawing drawing;
  std::int64_t most = 1;
  for (const std::int64_t count : counts) most = std::max(most, count);
  const double step = kWidth / static_cast<double>(std::max<std::size_t>(counts.size(), 1));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double height = kHeight * static_cast<double>(counts[i]) / static_cast<double>(most);
    // What occurs at all is seen.
    const double seen = counts[i] > 0 ? std::max(height, 0.8) : 0;
    drawing.Rectangle(static_cast<double>(i) * step, kHeight - seen, std::max(step - 0.6, 0.6),
                      seen, "bar");
  }
  return "<svg class=\"picture\" viewBox=\"0 0 84 20\" width=\"84\" height=\"20\" role=\"img\" "
         "aria-label=\"" +
         Escape(description) + "\">" + drawing.body() + "</svg>";
}

}  // namespace reeve::report
