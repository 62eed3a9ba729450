#include "reeve/server/description/form_field.h"

#include <algorithm>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/table/column.h"

namespace reeve::server {
namespace {

using contract::ContractColumn;

std::string Id(std::string_view what, std::size_t position) {
  return std::string(what) + std::to_string(position);
}

// Numbers by value, then texts by name: as people look for them.
bool ComesBefore(const std::string& a, const std::string& b) {
  const auto number_a = ParseNumber(a), number_b = ParseNumber(b);
  if (number_a && number_b && *number_a != *number_b) return *number_a < *number_b;
  if (number_a.has_value() != number_b.has_value()) return number_a.has_value();
  const std::string lower_a = ToLower(a), lower_b = ToLower(b);
  return lower_a != lower_b ? lower_a < lower_b : a < b;
}

std::vector<std::string> Listed(const ContractColumn& column) {
  std::vector<std::string> listed;
  for (const auto& [category, rows] : column.categories) {
    if (listed.size() == kListedCategories) break;
    listed.push_back(category);
  }
  std::sort(listed.begin(), listed.end(), ComesBefore);
  return listed;
}

// id, name and what is read aloud with it; what every input has.
void AppendCommon(const ContractColumn& column, std::size_t position, const FieldView& view,
                  Html& html) {
  html.Attribute("id", Id("f", position)).Attribute("name", column.name);
  html.Attribute("aria-describedby", Id("h", position) + " " + Id("m", position));
  if (column.required) html.Raw(" required");
  if (!view.problem.empty()) html.Raw(" aria-invalid=\"true\"");
}

void AppendOption(std::string_view value, std::string_view text, bool is_chosen, Html& html) {
  html.Raw("<option").Attribute("value", value);
  if (is_chosen) html.Raw(" selected");
  html.Raw(">").Text(text).Raw("</option>\n");
}

void AppendCategoryList(const ContractColumn& column, std::size_t position, const FieldView& view,
                        Html& html) {
  const std::vector<std::string> listed = Listed(column);
  const bool is_known = std::find(listed.begin(), listed.end(), view.value) != listed.end();
  const bool is_other = !is_known && !view.value.empty();
  html.Raw("<select");
  AppendCommon(column, position, view, html);
  html.Raw(">\n");
  if (!column.required || view.value.empty())
    AppendOption("", column.required ? "Choose …" : "— none —", view.value.empty(), html);
  for (const std::string& category : listed)
    AppendOption(category, category, category == view.value, html);
  html.Raw("<option class=\"other\"").Attribute("value", OtherMarker(column));
  html.Raw(is_other ? " selected>" : ">").Raw("Other …</option>\n</select>\n");
  html.Raw("<input class=\"other\" autocomplete=\"off\" placeholder=\"Another value\"");
  html.Attribute("name", column.name).Attribute("value", is_other ? view.value : "");
  html.Attribute("aria-label", column.name + ": another value").Raw(">\n");
}

void AppendSuggestions(const ContractColumn& column, std::size_t position, const FieldView& view,
                       Html& html) {
  html.Raw("<input autocomplete=\"off\"").Attribute("list", Id("l", position));
  AppendCommon(column, position, view, html);
  html.Attribute("value", view.value).Raw(">\n<datalist").Attribute("id", Id("l", position));
  html.Raw(">\n");
  for (const std::string& category : Listed(column))
    html.Raw("<option").Attribute("value", category).Raw("></option>\n");
  html.Raw("</datalist>\n");
}

void AppendBoolean(const ContractColumn& column, std::size_t position, const FieldView& view,
                   Html& html) {
  const auto value = contract::ReadBoolean(view.value);
  html.Raw("<select");
  AppendCommon(column, position, view, html);
  html.Raw(">\n");
  if (!column.required || !value)
    AppendOption("", column.required ? "Choose …" : "— none —", !value, html);
  AppendOption("true", "true", value.has_value() && *value, html);
  AppendOption("false", "false", value.has_value() && !*value, html);
  html.Raw("</select>\n");
}

void AppendNumber(const ContractColumn& column, std::size_t position, const FieldView& view,
                  Html& html) {
  // The browser's own number input refuses "$3,199.00" and would drop a text that is no number.
  const bool is_plain = column.number_format == contract::NumberFormat::kPlain &&
                        (view.value.empty() || ParseNumber(view.value));
  html.Raw(is_plain ? "<input type=\"number\" step=\"any\"" : "<input type=\"text\"");
  html.Attribute("inputmode", column.minimum.value_or(-1) >= 0 ? "decimal" : "text");
  html.Raw(" autocomplete=\"off\"");
  AppendCommon(column, position, view, html);
  html.Attribute("value", view.value).Raw(">\n");
}

void AppendText(const ContractColumn& column, std::size_t position, const FieldView& view,
                Html& html) {
  if (column.type == ColumnType::kDatetime) {
    html.Raw("<input type=\"text\" autocomplete=\"off\" placeholder=\"2025-03-01T12:30:00\"");
    AppendCommon(column, position, view, html);
    html.Attribute("value", view.value).Raw(">\n");
    return;
  }
  html.Raw("<textarea rows=\"3\"");
  AppendCommon(column, position, view, html);
  html.Raw(">").Text(view.value).Raw("</textarea>\n");
}

void AppendInput(const ContractColumn& column, std::size_t position, const FieldView& view,
                 Html& html) {
  switch (column.type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
      return AppendNumber(column, position, view, html);
    case ColumnType::kBoolean:
      return AppendBoolean(column, position, view, html);
    case ColumnType::kCategory:
      return column.categories.size() <= kListedCategories
                 ? AppendCategoryList(column, position, view, html)
                 : AppendSuggestions(column, position, view, html);
    case ColumnType::kDatetime:
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      return AppendText(column, position, view, html);
  }
}

const char* DateFormatHint(contract::DateFormat format) {
  switch (format) {
    case contract::DateFormat::kIso:
      return "ISO 8601";
    case contract::DateFormat::kDayFirst:
      return "ISO 8601 or day first";
    case contract::DateFormat::kMonthFirst:
      return "ISO 8601 or month first";
  }
  return "";
}

std::string Hint(const ContractColumn& column) {
  const std::string range = RangeOf(column, column.number_format);
  switch (column.type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
      return range.empty() ? "" : range + " in training";
    case ColumnType::kDatetime:
      return std::string("date or time, ") + DateFormatHint(column.date_format) +
             (range.empty() ? "" : "; " + range + " in training");
    case ColumnType::kCategory:
      if (column.categories.size() <= kListedCategories) return "";
      return GroupDigits(static_cast<long long>(column.categories.size())) + " values in training";
    case ColumnType::kList:
      return "list, as JSON: [\"a\",\"b\"]";
    case ColumnType::kBoolean:
    case ColumnType::kText:
    case ColumnType::kId:
      return "";
  }
  return "";
}

}  // namespace

void AppendField(const ContractColumn& column, std::size_t position, const FieldView& view,
                 Html& html) {
  const bool is_long = column.type == ColumnType::kText || column.type == ColumnType::kList;
  html.Raw(is_long ? "<div class=\"field wide\">\n" : "<div class=\"field\">\n");
  html.Raw("<label").Attribute("for", Id("f", position)).Raw(">").Text(column.name);
  if (!column.required) html.Raw(" <small>optional</small>");
  html.Raw("</label>\n");
  AppendInput(column, position, view, html);
  html.Raw("<p class=\"hint\"").Attribute("id", Id("h", position));
  html.Raw(">").Text(Hint(column)).Raw("</p>\n");
  html.Raw("<p data-swap").Attribute("id", Id("m", position));
  html.Attribute("class", view.problem.empty() ? "warning" : "problem").Raw(">");
  html.Text(view.problem.empty() ? view.warning : view.problem).Raw("</p>\n</div>\n");
}

std::string SentValue(const ContractColumn& column, const FormData& form) {
  const std::string marker =
      column.type == ColumnType::kCategory ? OtherMarker(column) : std::string();
  bool is_other = false;
  for (const auto& [name, value] : form) {
    if (name != column.name) continue;
    const std::string_view trimmed = Trim(value);
    if (is_other || marker.empty() || trimmed != marker) return std::string(trimmed);
    is_other = true;
  }
  return "";
}

std::string OtherMarker(const ContractColumn& column) {
  std::string marker = "(other)";
  const auto is_category = [&] {
    return std::any_of(column.categories.begin(), column.categories.end(),
                       [&](const auto& category) { return category.first == marker; });
  };
  while (is_category()) marker = "(" + marker + ")";
  return marker;
}

std::string RangeOf(const ContractColumn& column, contract::NumberFormat format) {
  if (!column.minimum || !column.maximum || column.type == ColumnType::kBoolean) return "";
  const auto text = [&](double value) {
    if (column.type == ColumnType::kDatetime)
      return Column::Numbers("", column.type, {value}).ToText(0);
    return format == contract::NumberFormat::kDecimalComma ? contract::SpellNumber(value, format)
                                                           : ReadableNumber(value);
  };
  return text(*column.minimum) + " to " + text(*column.maximum);
}

}  // namespace reeve::server
