#include <algorithm>
#include <cmath>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/plot.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr int kMostClasses = 40;

// Sizes that follow from the number of classes.
struct Layout {
  int classes = 0;
  double cell = 0, left = 0, top = 0;
  bool with_shares = false;
  /// Columns of a class's name at the left and at the top, where long ones are turned.
  std::size_t left_columns = 0, top_columns = 0;
  bool is_turned = false;

  double X(int class_idx) const { return left + class_idx * cell; }
  double Y(int class_idx) const { return top + class_idx * cell; }
};

Layout MakeLayout(int classes, const std::vector<std::string>& names) {
  constexpr double kCharacter = 7;
  Layout layout{.classes = std::min(classes, kMostClasses)};
  layout.cell = classes <= 3 ? 88 : classes <= 6 ? 58 : classes <= 12 ? 46 : 24;
  layout.with_shares = classes <= 12;
  std::size_t longest = 1;
  for (const std::string& name : names) longest = std::max(longest, DisplayWidth(name));
  layout.left_columns = std::min<std::size_t>(longest, 16);
  layout.left = 34 + static_cast<double>(layout.left_columns) * kCharacter;
  layout.is_turned = static_cast<double>(longest) * kCharacter > layout.cell;
  layout.top_columns = layout.is_turned ? std::min<std::size_t>(longest, 14) : longest;
  layout.top =
      layout.is_turned ? 34 + static_cast<double>(layout.top_columns) * kCharacter * 0.75 : 50;
  return layout;
}

void DrawNames(Drawing& drawing, const Layout& layout, const std::vector<std::string>& names) {
  for (int i = 0; i < layout.classes; ++i) {
    const std::string& name = names[static_cast<std::size_t>(i)];
    const double middle = layout.cell / 2;
    const std::string_view css = layout.classes > 12 ? "small" : "";
    drawing.Text(layout.left - 8, layout.Y(i) + middle + 4, Shorten(name, layout.left_columns),
                 {.anchor = "end", .css = css, .hint = name});
    drawing.Text(
        layout.X(i) + middle + (layout.is_turned ? 4 : 0), layout.top - 8,
        Shorten(name, layout.top_columns),
        {.anchor = layout.is_turned ? std::string_view("start") : std::string_view("middle"),
         .css = css,
         .hint = name,
         .turn = layout.is_turned ? -45.0 : 0.0});
  }
}

// 12,345 where there is room, else 12k.
std::string CountText(double count, bool is_small) {
  if (!is_small) return GroupDigits(std::llround(count));
  return count < 1000 ? std::to_string(std::llround(count)) : ShortNumber(count / 1000) + "k";
}

void DrawCell(Drawing& drawing, const Layout& layout, int t, int p, double count, double share) {
  const double x = layout.X(p), y = layout.Y(t), middle = x + layout.cell / 2;
  constexpr double kPalest = 0.04, kStrongest = 0.62;
  drawing.Rectangle(x, y, layout.cell, layout.cell, t == p ? "cell right" : "cell wrong",
                    std::min(kPalest + (kStrongest - kPalest) * share, 0.99));
  const bool is_small = layout.cell < 40;
  if (count == 0 && is_small) return;  // an empty cell says it better than a 0 among hundreds
  if (layout.with_shares) {
    drawing.Text(middle, y + layout.cell / 2 - 1, CountText(count, is_small),
                 {.anchor = "middle", .css = layout.cell > 80 ? "bold" : "small bold"});
    drawing.Text(middle, y + layout.cell / 2 + 14, Percent(share, share < 0.1 ? 1 : 0),
                 {.anchor = "middle", .css = "small"});
  } else {
    drawing.Text(middle, y + layout.cell / 2 + 3, CountText(count, is_small),
                 {.anchor = "middle", .css = "tiny"});
  }
}

}  // namespace

Picture DrawConfusion(const evaluation::ConfusionMatrix& confusion,
                      const std::vector<std::string>& classes) {
  const Layout layout = MakeLayout(confusion.classes, classes);
  const double size = layout.cell * layout.classes;
  Picture picture{.name = "confusion",
                  .title = "Confusion matrix",
                  .description = {},
                  .width = std::max(layout.left + size + 24, 330.0),
                  .height = layout.top + size + 14,
                  .wide = layout.classes > 6};
  Drawing drawing;
  drawing.Text(layout.left + size / 2, 14, "predicted class",
               {.anchor = "middle", .css = "soft small"});
  drawing.Text(12, layout.top + size / 2, "true class",
               {.anchor = "middle", .css = "soft small", .turn = -90});
  DrawNames(drawing, layout, classes);
  double right = 0;
  for (int t = 0; t < layout.classes; ++t) {
    const double actual = std::max(confusion.actual(t), 1.0);
    right += confusion.at(t, t);
    for (int p = 0; p < layout.classes; ++p)
      DrawCell(drawing, layout, t, p, confusion.at(t, p), confusion.at(t, p) / actual);
  }
  for (int t = 0; t < layout.classes; ++t)
    drawing.Rectangle(layout.X(t) + 0.75, layout.Y(t) + 0.75, layout.cell - 1.5, layout.cell - 1.5,
                      "frame");
  const double total = std::max(confusion.total(), 1.0);
  picture.description = "Rows by true and predicted class; shades and percents are shares of the " +
                        std::string("true class. ") + Percent(right / total) +
                        " of the rows are on the framed diagonal: predicted right.";
  if (confusion.classes > layout.classes) {
    picture.description += " The first " + std::to_string(layout.classes) + " of " +
                           std::to_string(confusion.classes) + " classes are drawn.";
  }
  picture.body = drawing.body();
  return picture;
}

}  // namespace reeve::report
