#include "reeve/report/page.h"

#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::string Html(const Paragraph& paragraph) {
  return std::string(paragraph.is_note ? "<p class=\"note\">" : "<p>") + Escape(paragraph.text) +
         "</p>\n";
}

std::string Html(const Facts& facts) {
  std::string html = "<dl>\n";
  for (const auto& [name, value] : facts)
    html += "<dt>" + Escape(name) + "</dt><dd>" + Escape(value) + "</dd>\n";
  return html + "</dl>\n";
}

std::string Html(const PageTable& table) {
  std::string html = "<div class=\"scroll\" tabindex=\"0\"><table>\n";
  if (!table.caption.empty()) html += "<caption>" + Escape(table.caption) + "</caption>\n";
  html += "<thead><tr>";
  for (const PageTable::Heading& heading : table.headings) {
    html += std::string("<th scope=\"col\"") + (heading.is_number ? " class=\"number\">" : ">") +
            Escape(heading.text) + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const PageTable::Row& row : table.rows) {
    html += row.is_strong ? "<tr class=\"strong\">" : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const bool is_number = i < table.headings.size() && table.headings[i].is_number;
      html += std::string(is_number ? "<td class=\"number\">" : "<td>") +
              Escape(row.cells[i].text) + row.cells[i].svg + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string Html(const std::vector<Tile>& tiles) {
  std::string html = "<div class=\"tiles\">\n";
  for (const Tile& tile : tiles) {
    html += "<div class=\"tile\"><span>" + Escape(tile.name) + "</span><b>" + Escape(tile.value) +
            "</b><span>" + Escape(tile.detail) + "</span></div>\n";
  }
  return html + "</div>\n";
}

std::string Html(const std::vector<Warning>& warnings) {
  std::string html = "<ul class=\"warnings\">\n";
  for (const Warning& warning : warnings) {
    html += "<li><code>" + Escape(warning.code) + "</code> ";
    if (!warning.column.empty()) html += "<strong>" + Escape(warning.column) + "</strong>: ";
    html += Escape(warning.message);
    if (!warning.fix.empty())
      html += "<span class=\"fix\"><strong>What to do:</strong> " + Escape(warning.fix) + "</span>";
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

// A title that repeats the section's is left out.
std::string Html(const std::vector<Figure>& figures, const std::string& heading) {
  std::string html = "<div class=\"pictures\">\n";
  for (const Figure& figure : figures) {
    html += figure.picture.wide ? "<figure class=\"wide\" tabindex=\"0\">\n" : "<figure>\n";
    if (figure.picture.title != heading) html += "<h3>" + Escape(figure.picture.title) + "</h3>\n";
    html += InlineSvg(figure.picture);
    if (!figure.caption.empty())
      html += "<figcaption>" + Escape(figure.caption) + "</figcaption>\n";
    html += "</figure>\n";
  }
  return html + "</div>\n";
}

// Each kind of block; only figures look at the heading that they stand under.
struct BlockWriter {
  const std::string& heading;
  std::string operator()(const std::vector<Figure>& figures) const {
    return Html(figures, heading);
  }
  template <typename Content>
  std::string operator()(const Content& content) const {
    return Html(content);
  }
};

std::string Html(const std::vector<Block>& blocks, const std::string& heading) {
  std::string html;
  for (const Block& block : blocks) html += std::visit(BlockWriter{heading}, block);
  return html;
}

std::string Contents(const Page& page) {
  constexpr std::size_t kFewest = 3;
  std::string items;
  std::size_t count = 0;
  for (const Section& section : page.sections) {
    if (section.blocks.empty()) continue;
    ++count;
    items +=
        "<li><a href=\"#" + Escape(section.id) + "\">" + Escape(section.heading) + "</a></li>\n";
  }
  if (count < kFewest) return "";
  return "<nav aria-label=\"Contents\"><ol>\n" + items + "</ol></nav>\n";
}

}  // namespace

std::string Html(const Page& page) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src "
      "'unsafe-inline'\">\n<title>" +
      Escape(page.title) + "</title>\n<style>\n" + PageStyle() +
      "</style>\n</head>\n<body>\n<header>\n<h1>" + Escape(page.title) + "</h1>\n";
  if (!page.lead.empty()) html += "<p class=\"lead\">" + Escape(page.lead) + "</p>\n";
  html += Html(page.head, page.title) + "</header>\n" + Contents(page) + "<main>\n";
  for (const Section& section : page.sections) {
    if (section.blocks.empty()) continue;
    html += "<section aria-labelledby=\"" + Escape(section.id) + "\">\n<h2 id=\"" +
            Escape(section.id) + "\">" + Escape(section.heading) + "</h2>\n" +
            Html(section.blocks, section.heading) + "</section>\n";
  }
  html += "</main>\n";
  if (!page.footer.empty()) html += "<footer>" + Escape(page.footer) + "</footer>\n";
  return html + "</body>\n</html>\n";
}

}  // namespace reeve::report
