#include "reeve/server/description/docs_page.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/form_page.h"
#include "reeve/server/description/html.h"

namespace reeve::server {
namespace {

struct Operation {
  std::string path, method;
  const Json* json = nullptr;
};

std::string MethodText(const Operation& operation) {
  return operation.method == "get" ? "GET" : operation.method == "post" ? "POST" : operation.method;
}

std::string TextOf(const Json& object, const char* member) {
  const auto it = object.find(member);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// Texts of ours mark code by backquotes.
void AppendProse(const std::string& text, Html& html) {
  bool is_code = false;
  for (const std::string& part : Split(text, '`')) {
    if (is_code) {
      html.Element("code", "", part);
    } else {
      html.Text(part);
    }
    is_code = !is_code;
  }
}

std::vector<Operation> OperationsOf(const Json& document, const std::string& tag) {
  std::vector<Operation> operations;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, json] : item.items()) {
      const bool is_tagged = json.contains("tags");
      if (is_tagged ? json["tags"][0] == tag : tag.empty())
        operations.push_back({path, method, &json});
    }
  }
  return operations;
}

const Json& Resolved(const Json& document, const Json& object) {
  const std::string reference = TextOf(object, "$ref");
  if (reference.empty()) return object;
  return document.at(Json::json_pointer(reference.substr(1)));
}

std::string TypeText(const Json& schema) {
  if (schema.contains("$ref")) {
    const std::string reference = TextOf(schema, "$ref");
    return reference.substr(reference.rfind('/') + 1);
  }
  const auto type = schema.find("type");
  if (type == schema.end()) return "any";
  if (type->is_array()) {
    std::vector<std::string> types;
    for (const Json& one : *type) types.push_back(one.get<std::string>());
    return Join(types, " or ");
  }
  if (*type == "array") return "list of " + TypeText(schema["items"]);
  return type->get<std::string>();
}

std::string ExamplesText(const Json& schema) {
  constexpr std::size_t kShown = 6;
  const auto values = schema.contains("enum") ? schema.find("enum") : schema.find("examples");
  if (values == schema.end()) return "";
  std::vector<std::string> texts;
  for (const Json& value : *values) {
    if (texts.size() == kShown) {
      texts.push_back("…");
      break;
    }
    texts.push_back(value.is_string() ? value.get<std::string>() : DumpJson(value));
  }
  return Join(texts, ", ");
}

void AppendMembers(const Json& schema, Html& html) {
  html.Raw(
      "<div class=\"scroll\"><table>\n<thead><tr><th>name</th><th>type</th><th>what</th>"
      "<th>for example</th></tr></thead>\n<tbody>\n");
  for (const auto& [name, member] : schema["properties"].items()) {
    html.Raw("<tr><td>").Element("code", "", name).Raw("</td>");
    html.Element("td", "", TypeText(member)).Raw("<td>");
    AppendProse(TextOf(member, "description"), html);
    html.Raw("</td>").Element("td", "", ExamplesText(member)).Raw("</tr>\n");
  }
  html.Raw("</tbody></table></div>\n");
}

void AppendParameters(const Json& operation, Html& html) {
  if (!operation.contains("parameters")) return;
  html.Raw("<h4>Parameters</h4>\n<div class=\"scroll\"><table><tbody>\n");
  for (const Json& parameter : operation["parameters"]) {
    html.Raw("<tr><td>").Element("code", "", TextOf(parameter, "name")).Raw("</td>");
    html.Element("td", "", "in the " + TextOf(parameter, "in")).Raw("<td>");
    AppendProse(TextOf(parameter, "description"), html);
    html.Raw("</td></tr>\n");
  }
  html.Raw("</tbody></table></div>\n");
}

void AppendResponses(const Json& document, const Json& operation, Html& html) {
  html.Raw("<h4>Answers</h4>\n<div class=\"scroll\"><table><tbody>\n");
  for (const auto& [status, reference] : operation["responses"].items()) {
    const Json& response = Resolved(document, reference);
    std::string type;
    if (response.contains("content")) {
      for (const auto& [media_type, content] : response["content"].items()) {
        type = media_type;
        if (content["schema"].contains("$ref")) type += ", " + TypeText(content["schema"]);
      }
    }
    html.Raw("<tr><td>").Element("code", "", status).Raw("</td><td>");
    AppendProse(TextOf(response, "description"), html);
    html.Raw("</td>").Element("td", "", type).Raw("</tr>\n");
  }
  html.Raw("</tbody></table></div>\n");
}

// The example of a body, if it has one that can be sent from a text area.
std::pair<std::string, std::string> BodyExample(const Json& operation) {
  if (!operation.contains("requestBody")) return {};
  for (const auto& [media_type, content] : operation["requestBody"]["content"].items()) {
    if (content.contains("example")) {
      const Json& example = content["example"];
      return {media_type, example.is_string() ? example.get<std::string>() : DumpJson(example, 2)};
    }
    if (content.contains("examples"))
      return {media_type, DumpJson(content["examples"].begin().value()["value"], 2)};
  }
  return {};
}

// The address relative to the page, with the example's names in the place of those in braces.
std::string RelativePath(const Operation& operation, const std::string& model_query) {
  std::string path = "./" + operation.path.substr(1);
  bool chooses_model = false;
  if (!operation.json->contains("parameters")) return path;
  for (const Json& parameter : (*operation.json)["parameters"]) {
    const std::string name = TextOf(parameter, "name");
    if (TextOf(parameter, "in") == "query") {
      chooses_model = chooses_model || name == "model";
      continue;
    }
    const std::size_t at = path.find("{" + name + "}");
    if (at != std::string::npos)
      path.replace(at, name.size() + 2, EncodeQueryValue(TextOf(parameter, "example")));
  }
  return chooses_model ? path + model_query : path;
}

void AppendTry(const Operation& operation, const std::string& model_query, Html& html) {
  const auto [media_type, body] = BodyExample(*operation.json);
  if (operation.method != "get" && body.empty()) return;
  html.Raw("<form class=\"try\" hidden").Attribute("data-method", MethodText(operation));
  html.Attribute("data-path", RelativePath(operation, model_query));
  html.Attribute("data-type", media_type).Raw(">\n");
  if (!body.empty()) {
    html.Raw("<textarea rows=\"8\" spellcheck=\"false\"");
    html.Attribute("aria-label", "Body of " + operation.path).Raw(">\n");
    html.Text(body).Raw("</textarea>\n");
  }
  html.Raw("<button type=\"submit\">Send</button>\n<output></output>\n</form>\n");
}

void AppendOperation(const Json& document, const Operation& operation,
                     const std::string& model_query, Html& html) {
  const Json& json = *operation.json;
  html.Raw("<article class=\"operation\"").Attribute("id", TextOf(json, "operationId"));
  html.Raw(">\n<h3>").Element("span", "method " + operation.method,
                              operation.method == "get"    ? "GET"
                              : operation.method == "post" ? "POST"
                                                           : operation.method);
  html.Element("code", "", operation.path).Raw("</h3>\n<p>");
  AppendProse(TextOf(json, "summary"), html);
  html.Raw(".</p>\n");
  if (const std::string text = TextOf(json, "description"); !text.empty()) {
    html.Raw("<p class=\"fine\">");
    AppendProse(text, html);
    html.Raw("</p>\n");
  }
  AppendParameters(json, html);
  AppendResponses(document, json, html);
  html.Raw("<h4>From a shell</h4>\n<pre><code>");
  html.Text(TextOf(json["x-codeSamples"][0], "source")).Raw("</code></pre>\n");
  AppendTry(operation, model_query, html);
  html.Raw("</article>\n");
}

void AppendContents(const std::vector<Operation>& operations, Html& html) {
  for (const Operation& operation : operations) {
    html.Raw("<li><a").Attribute("href", "#" + TextOf(*operation.json, "operationId")).Raw(">");
    html.Element("code", "", MethodText(operation) + " " + operation.path);
    html.Raw("</a></li>\n");
  }
}

}  // namespace

std::string RenderDocs(const Json& document, const std::string& model_query,
                       const std::string& form) {
  Html html;
  const std::string title = TextOf(document["info"], "title");
  AppendPageStart(
      {.title = "API of " + title, .script = "docs.js", .model_query = model_query, .form = form},
      html);
  html.Raw("<div class=\"docs\">\n<h1>API of ").Text(title).Raw("</h1>\n<p class=\"lead\">");
  AppendProse(TextOf(document["info"], "description"), html);
  html.Raw(" For programs: <a").Attribute("href", "openapi.json" + model_query);
  html.Raw(">openapi.json</a> (OpenAPI 3.1).</p>\n");

  std::vector<std::string> tags;
  for (const Json& tag : document["tags"]) tags.push_back(TextOf(tag, "name"));
  tags.emplace_back();
  html.Raw("<ul class=\"contents\">\n");
  for (const std::string& tag : tags) AppendContents(OperationsOf(document, tag), html);
  html.Raw("<li><a href=\"#row\">Fields of a row</a></li>\n</ul>\n");
  for (const std::string& tag : tags) {
    const auto operations = OperationsOf(document, tag);
    if (operations.empty()) continue;
    html.Element("h2", "", tag.empty() ? "More" : tag).Raw("\n");
    for (const Operation& operation : operations)
      AppendOperation(document, operation, model_query, html);
  }
  html.Raw("<h2 id=\"row\">Fields of a row</h2>\n");
  AppendMembers(document["components"]["schemas"]["Row"], html);
  html.Raw("</div>\n");
  AppendPageEnd(html);
  return html.Take();
}

}  // namespace reeve::server
