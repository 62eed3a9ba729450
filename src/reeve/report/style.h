#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reeve::report {

/// One style for pictures and pages. Colours are CSS variables with a light and a dark set; print
/// is always light. Nothing is told by colour alone: lines differ in dashes, points in shape.

/// Rules for what stands inside of pictures, to be put on a page once.
std::string_view PictureRules();
/// The variables and PictureRules for a picture that stands alone in a file.
std::string StandaloneStyle();
/// Everything a page needs, its pictures included.
std::string PageStyle();

/// How many series can be told apart by their dashes; further ones begin again.
inline constexpr std::size_t kSeriesStyles = 6;
/// The CSS class of the line or mark of a series: "s0" … "s5".
std::string SeriesClass(std::size_t series_idx);

}  // namespace reeve::report
