#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reeve/report/picture.h"

namespace reeve::report {

/// What a page is made of. All texts are plain and are escaped when the page is written; only what
/// this module draws itself (Picture, Cell::svg) goes in as it is.

/// Something that should be known before a model is trusted.
struct Warning {
  /// "leak_suspected"; docs/guide/warnings.md explains them.
  std::string code;
  /// The column it is about; empty for the table as a whole.
  std::string column;
  std::string message;
  /// What to do, as a sentence; empty where nothing can be done.
  std::string fix;
};

struct Paragraph {
  std::string text;
  /// Small and pale: how to read what stands above.
  bool is_note = false;
};

/// Names and values, one pair a line.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// One cell of a table: a text, or a drawing of a few pixels.
struct Cell {
  std::string text;
  /// Written as it is; from SmallHistogram only.
  std::string svg = {};
};

struct PageTable {
  /// Numbers stand to the right.
  struct Heading {
    std::string text;
    bool is_number = false;
  };
  std::string caption;
  std::vector<Heading> headings;
  struct Row {
    std::vector<Cell> cells;
    /// Set apart from the others, e.g. the model that was chosen.
    bool is_strong = false;
  };
  std::vector<Row> rows;
};

/// A figure that is seen first.
struct Tile {
  std::string name, value;
  /// "95 %: 0.81 to 0.85".
  std::string detail;
};

/// Pictures with the text that is said below each.
struct Figure {
  Picture picture;
  std::string caption;
};

using Block = std::variant<Paragraph, Facts, PageTable, std::vector<Tile>, std::vector<Figure>,
                           std::vector<Warning>>;

struct Section {
  /// Where links lead: "scores".
  std::string id;
  std::string heading;
  std::vector<Block> blocks;
};

/// A report for people.
struct Page {
  std::string title;
  /// A sentence below the title.
  std::string lead;
  /// Before the table of contents.
  std::vector<Block> head;
  /// Sections without blocks are left out.
  std::vector<Section> sections;
  std::string footer;
};

/// A whole HTML page in one file: no scripts, nothing loaded from elsewhere, light and dark, for a
/// phone and for A4, with a table of contents from three sections on.
std::string Html(const Page& page);

}  // namespace reeve::report
