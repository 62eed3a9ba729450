#pragma once

#include <string>

namespace reeve::report {

/// A drawing: what stands inside of an SVG element, and what is said of it to those who cannot see
/// it. No scripts, nothing loaded from elsewhere, every text escaped.
struct Picture {
  /// Of its file, without ending; also begins its ids, so it is unique on a page.
  std::string name;
  std::string title;
  /// One or two sentences with the figures that matter: the text for screen readers.
  std::string description;
  double width = 420, height = 320;
  std::string body = {};
  /// Takes the whole width of a page and may be scrolled on a phone.
  bool wide = false;
};

/// A file of its own, with its style, light and dark.
std::string StandaloneSvg(const Picture& picture);
/// An element for a page that holds PageStyle().
std::string InlineSvg(const Picture& picture);

}  // namespace reeve::report
