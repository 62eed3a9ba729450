#include "reeve/server/description/form_page.h"

#include "reeve/server/description/static_files.h"

namespace reeve::server {
namespace {

// Fields from which on a search for a field is offered.
constexpr std::size_t kManyFields = 24;

void AppendModels(const FormPage& page, Html& html) {
  if (page.models.size() < 2) return;
  html.Raw("<nav class=\"models\" aria-label=\"Models\">\n");
  for (const std::string& name : page.models) {
    html.Raw("<a").Attribute("href", "?model=" + EncodeQueryValue(name));
    if (name == page.model->name) html.Raw(" aria-current=\"page\"");
    html.Raw(">").Text(name).Raw("</a>\n");
  }
  html.Raw("</nav>\n");
}

void AppendHeading(const FormPage& page, Html& html) {
  const ServedModel& model = *page.model;
  html.Raw("<h1>").Text(model.contract().target).Raw("</h1>\n<p class=\"lead\">");
  html.Element("b", "", model.name).Raw(" version ").Text(model.version);
  if (!model.alias.empty()) html.Raw(" (").Text(model.alias).Raw(")");
  html.Raw(" decides one row at a time. The fields hold a typical row to start from.</p>\n");
}

void AppendForm(const FormPage& page, Html& html) {
  const auto& columns = page.model->contract().columns;
  if (columns.size() > kManyFields) {
    // Without the script it could do nothing, so the script shows it.
    html.Raw(
        "<p class=\"search\" id=\"search\" hidden><label for=\"find\">Find a field</label> "
        "<input id=\"find\" type=\"search\" autocomplete=\"off\"> <span id=\"found\" "
        "role=\"status\"></span></p>\n");
  }
  html.Raw("<form id=\"row\" method=\"post\" accept-charset=\"utf-8\"");
  html.Attribute("action", (page.models.size() > 1 ? ModelQuery(page) : page.address) + "#answer");
  html.Raw(">\n<div class=\"fields\">\n");
  for (std::size_t i = 0; i < columns.size(); ++i) AppendField(columns[i], i, page.fields[i], html);
  html.Raw(
      "</div>\n<div class=\"actions\"><button type=\"submit\">Predict</button>\n"
      "<a class=\"quiet\"");
  html.Attribute("href", page.address + ModelQuery(page)).Raw(">Start over</a></div>\n</form>\n");
}

// Which fields have a warning; what it says stands at the field.
void AppendWarnings(const FormPage& page, Html& html) {
  const auto& columns = page.model->contract().columns;
  bool any = false;
  for (std::size_t i = 0; i < page.fields.size(); ++i) {
    if (page.fields[i].warning.empty()) continue;
    html.Raw(any ? ", " : "<p class=\"warning\">Unlike anything in training: ");
    html.Raw("<a").Attribute("href", "#f" + std::to_string(i)).Raw(">");
    html.Text(columns[i].name).Raw("</a>");
    any = true;
  }
  if (any) html.Raw(".</p>\n");
}

void AppendOutcome(const FormPage& page, Html& html) {
  html.Raw(
      "<section id=\"answer\" class=\"answer\" aria-live=\"polite\" aria-label=\"Answer\" "
      "tabindex=\"-1\" data-swap>\n");
  if (!page.problem.empty()) {
    html.Raw("<p class=\"decision none\">Not scored</p>\n").Element("p", "problem", page.problem);
    html.Raw("<ul class=\"problems\">\n");
    for (std::size_t i = 0; i < page.fields.size(); ++i) {
      if (page.fields[i].problem.empty()) continue;
      html.Raw("<li><a").Attribute("href", "#f" + std::to_string(i)).Raw(">");
      html.Text(page.model->contract().columns[i].name).Raw("</a>: ");
      html.Text(page.fields[i].problem).Raw("</li>\n");
    }
    html.Raw("</ul>\n");
  } else if (page.answer != nullptr) {
    // What casts doubt on an answer comes before it.
    AppendWarnings(page, html);
    AppendAnswer(*page.model, *page.answer, html);
  } else {
    html.Raw(
        "<p class=\"empty\">The decision, its probability and its main reasons appear "
        "here.</p>\n");
  }
  html.Raw("</section>\n");
}

}  // namespace

std::string Render(const FormPage& page) {
  Html html;
  AppendPageStart({.title = page.model->contract().target + " · " + page.model->name,
                   .script = "form.js",
                   .model_query = ModelQuery(page),
                   .form = page.address},
                  html);
  AppendModels(page, html);
  AppendHeading(page, html);
  html.Raw("<div class=\"desk\">\n");
  AppendForm(page, html);
  AppendOutcome(page, html);
  html.Raw("</div>\n");
  AppendPageEnd(html);
  return html.Take();
}

std::string FormAddress(const std::string& form_path) {
  return form_path == "/" ? "./" : form_path.substr(1);
}

std::string ModelQuery(const FormPage& page) {
  return page.models.size() > 1 ? "?model=" + EncodeQueryValue(page.model->name) : "";
}

void AppendPageStart(const PageFrame& frame, Html& html) {
  html.Raw(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n");
  html.Element("title", "", frame.title).Raw("\n<link rel=\"icon\" type=\"image/svg+xml\"");
  html.Attribute("href", StaticFileAddress("icon.svg")).Raw(">\n<link rel=\"stylesheet\"");
  html.Attribute("href", StaticFileAddress("page.css")).Raw(">\n");
  if (!frame.script.empty()) {
    html.Raw("<script defer").Attribute("src", StaticFileAddress(frame.script));
    html.Raw("></script>\n");
  }
  html.Raw("</head>\n<body>\n<header class=\"top\">\n<a class=\"home\"");
  html.Attribute("href", "./" + frame.model_query)
      .Raw(">reeve</a>\n<nav aria-label=\"Service\">\n");
  for (const auto& [address, text] :
       {std::pair(frame.form.c_str(), "Form"), std::pair("docs", "API"),
        std::pair("model", "Model"), std::pair("model/metrics", "Scores")}) {
    html.Raw("<a").Attribute("href", address + frame.model_query).Raw(">").Raw(text).Raw("</a>\n");
  }
  html.Raw("</nav>\n</header>\n<main>\n");
}

void AppendPageEnd(Html& html) { html.Raw("</main>\n</body>\n</html>\n"); }

}  // namespace reeve::server
