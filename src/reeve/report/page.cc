#include "reeve/report/page.h"

namespace reeve::report {
namespace {

constexpr const char* kHead =
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<style>\n"
    ":root{color-scheme:light "
    "dark;--ink:#1c2430;--soft:#5b6675;--paper:#fff;--line:#dfe3e8;--mark:#fff4e0;--edge:#b35c00}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3adbb;--paper:#14181f;--line:#"
    "2c3440;--mark:#33260f;--edge:#ffb454}}\n"
    "body{font:16px/1.5 "
    "system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:66rem;margin:0 "
    "auto;padding:1.5rem}\n"
    "h1{font-size:1.6rem;margin:.2rem 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem "
    "1.2rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid "
    "var(--line);white-space:nowrap}th{color:var(--soft);font-weight:600}\n"
    ".warnings li{background:var(--mark);border-left:4px solid var(--edge);padding:.45rem "
    ".8rem;margin:.4rem 0;list-style:none}.warnings{padding:0}\n"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:1.2rem}."
    "pictures figure{margin:0}\n"
    ".pictures svg{max-width:100%;height:auto}\n"
    "@media print{body{max-width:none;padding:0}figure{break-inside:avoid}}\n</style>\n";

std::string Row(const std::vector<std::string>& cells, const std::string& tag) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) html += "<" + tag + ">" + Escape(cell) + "</" + tag + ">";
  return html + "</tr>\n";
}

}  // namespace

std::string Html(const Page& page) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
      Escape(page.title) + "</title>\n" + kHead + "</head>\n<body>\n<h1>" + Escape(page.title) +
      "</h1>\n<dl>\n";
  for (const auto& [name, value] : page.facts)
    html += "<dt>" + Escape(name) + "</dt><dd>" + Escape(value) + "</dd>\n";
  html += "</dl>\n";
  if (!page.warnings.empty()) {
    html += "<h2>To mind</h2>\n<ul class=\"warnings\">\n";
    for (const std::string& warning : page.warnings) html += "<li>" + Escape(warning) + "</li>\n";
    html += "</ul>\n";
  }
  for (const PageTable& table : page.tables) {
    html += "<h2>" + Escape(table.heading) + "</h2>\n<div class=\"scroll\"><table>\n<thead>" +
            Row(table.columns, "th") + "</thead>\n<tbody>\n";
    for (const auto& row : table.rows) html += Row(row, "td");
    html += "</tbody></table></div>\n";
  }
  if (!page.pictures.empty()) {
    html += "<h2>Pictures</h2>\n<div class=\"pictures\">\n";
    for (const Picture& picture : page.pictures) html += "<figure>" + picture.svg + "</figure>\n";
    html += "</div>\n";
  }
  return html + "</body>\n</html>\n";
}

}  // namespace reeve::report
