#include "reeve/report/markdown.h"

#include "reeve/report/texts.h"

namespace reeve::report {

std::string MarkdownRow(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + EscapeMarkdown(cell) + " |";
  return row + "\n";
}

std::string MarkdownRule(std::string_view kinds) {
  std::string rule = "|";
  for (const char kind : kinds) rule += kind == 'n' ? " ---: |" : " --- |";
  return rule + "\n";
}

}  // namespace reeve::report
