#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reeve/report/pictures.h"

namespace reeve::report {

/// One table of a page: a heading, column names, rows of texts.
struct PageTable {
  std::string heading;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A report for people: facts on top, then warnings, tables and pictures.
struct Page {
  std::string title;
  /// Name and value, shown as a list.
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> warnings;
  std::vector<PageTable> tables;
  std::vector<Picture> pictures;
};

/// A whole HTML page in one file: no scripts, nothing loaded from elsewhere, light and dark, fit
/// for a phone and for print. Every text is escaped.
std::string Html(const Page& page);

}  // namespace reeve::report
