#include "reeve/mlflow/request.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::mlflow {
namespace {

constexpr std::string_view kSeeDocs =
    " See the API docs for more information about request parameters.";

std::optional<std::int64_t> ToInteger(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::nearbyint(number) == number && std::abs(number) < 9e18)
      return static_cast<std::int64_t>(number);
    return std::nullopt;
  }
  if (value.is_string()) return ParseInteger(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<double> ToReal(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  const std::string lower = ToLower(text);
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (lower == "infinity" || lower == "inf") return std::numeric_limits<double>::infinity();
  if (lower == "-infinity" || lower == "-inf") return -std::numeric_limits<double>::infinity();
  return ParseNumber(text);
}

bool AreAll(const Json& value, bool (*fits)(const Json&)) {
  return value.is_array() && std::all_of(value.begin(), value.end(), fits);
}

bool Fits(const Json& value, FieldType type) {
  switch (type) {
    case FieldType::kText:
      return value.is_string();
    case FieldType::kInteger:
      return ToInteger(value).has_value();
    case FieldType::kReal:
      return ToReal(value).has_value();
    case FieldType::kBool:
      return value.is_boolean();
    case FieldType::kEnum:
      return value.is_string() || value.is_number_integer();
    case FieldType::kTexts:
      return AreAll(value, [](const Json& item) { return item.is_string(); });
    case FieldType::kIntegers:
      return AreAll(value, [](const Json& item) { return ToInteger(item).has_value(); });
    case FieldType::kObject:
      return value.is_object();
    case FieldType::kObjects:
      return AreAll(value, [](const Json& item) { return item.is_object(); });
  }
  return false;
}

bool IsList(FieldType type) {
  return type == FieldType::kTexts || type == FieldType::kIntegers || type == FieldType::kObjects;
}

// The words of the language of MLflow's server, which its messages have.
const char* TypeName(const Json& value) {
  if (value.is_string()) return "str";
  if (value.is_boolean()) return "bool";
  if (value.is_number_integer()) return "int";
  if (value.is_number_float()) return "float";
  if (value.is_array()) return "list";
  if (value.is_object()) return "dict";
  return "NoneType";
}

// As MLflow writes values into its messages; bytes that are no UTF-8 become U+FFFD.
std::string DumpAscii(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Makes texts of NaN, Infinity and -Infinity, which are no JSON and yet written into it.
std::string QuoteConstants(std::string_view body) {
  std::string quoted;
  bool is_text = false;
  for (std::size_t at = 0; at < body.size();) {
    std::size_t length = 1;
    bool is_constant = false;
    if (is_text) {
      if (body[at] == '\\' && at + 1 < body.size()) length = 2;
      is_text = body[at] != '"';
    } else {
      is_text = body[at] == '"';
      for (const std::string_view constant : {"NaN", "Infinity", "-Infinity"}) {
        if (is_constant || !body.substr(at).starts_with(constant)) continue;
        is_constant = true;
        length = constant.size();
      }
    }
    if (is_constant) quoted += '"';
    quoted += body.substr(at, length);
    if (is_constant) quoted += '"';
    at += length;
  }
  return quoted;
}

Result<Json> ParseBody(std::string_view body) {
  Result<Json> parsed = ParseJson(body);
  if (parsed.ok() || (body.find("NaN") == std::string_view::npos &&
                      body.find("Infinity") == std::string_view::npos))
    return parsed;
  return ParseJson(QuoteConstants(body));
}

// "run_id" -> "runId", the name that a field of a message has in JSON besides its own.
std::string CamelCase(std::string_view name) {
  std::string camel;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '_') {
      camel += name[i];
    } else if (++i < name.size()) {
      camel += static_cast<char>(name[i] - 'a' + 'A');
    }
  }
  return camel;
}

Result<Json> QueryValue(const Field& field, std::vector<std::string> values) {
  if (IsList(field.type)) return Json(std::move(values));
  std::string& value = values.front();
  if (field.type != FieldType::kBool) return Json(std::move(value));
  const std::string lower = ToLower(value);
  if (lower == "true" || lower == "false") return Json(lower == "true");
  return Status::InvalidArgument("Invalid boolean value: " + value +
                                 ", must be 'true' or 'false'.");
}

}  // namespace

Status InvalidValue(std::string_view parameter, const Json& value, std::string_view hint) {
  std::string message = "Invalid value " + DumpAscii(value) + " for parameter '";
  message += parameter;
  message += "' supplied";
  message += hint.empty() ? "." : ": ";
  message += hint;
  return Status::InvalidArgument(std::move(message));
}

Status InvalidValue(std::string_view parameter, std::string_view value, std::string_view hint) {
  return InvalidValue(parameter, Json(std::string(value)), hint);
}

Status MissingValue(std::string_view parameter) {
  return Status::InvalidArgument("Missing value for required parameter '" + std::string(parameter) +
                                 "'.");
}

Status WithHintAtDocs(const Status& status) {
  return {status.code(), status.message() + std::string(kSeeDocs)};
}

Request::Request() : Request(Json::object()) {}
Request::Request(Json fields)
    : owned_(std::make_unique<Json>(std::move(fields))), fields_(owned_.get()) {}
Request::Request(const Json* fields) : fields_(fields) {}
Request::~Request() = default;
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;

Result<Request> Request::FromBody(std::string_view body) {
  if (Trim(body).empty()) return Request();
  Result<Json> parsed = ParseBody(body);
  if (!parsed.ok()) return Request();
  if (parsed->is_string()) parsed = ParseJson(std::string(parsed->get_ref<const std::string&>()));
  if (!parsed.ok()) return Request();
  if (parsed->is_null()) return Request();
  if (!parsed->is_object()) {
    return Status::InvalidArgument("the body is a JSON " + std::string(TypeName(*parsed)) +
                                   ", expected an object");
  }
  return Request(std::move(*parsed));
}

Result<Request> Request::FromQuery(std::string_view query, const std::vector<Field>& fields) {
  std::map<std::string, std::vector<std::string>> values;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    values[DecodeFormValue(pair.substr(0, equals))].push_back(DecodeFormValue(value));
  }
  Json object = Json::object();
  for (const Field& field : fields) {
    auto given = values.find(field.name);
    if (given == values.end() && field.name == std::string_view("run_id"))
      given = values.find("run_uuid");
    if (given == values.end()) continue;
    REEVE_ASSIGN_OR_RETURN(Json value, QueryValue(field, std::move(given->second)));
    object[field.name] = std::move(value);
  }
  return Request(std::move(object));
}

Status Request::Check(const std::vector<Field>& fields, std::string_view element) const {
  for (const Field& field : fields) {
    const Json* const value = Member(field.name);
    // An empty text is a text that is missing, but no number, list or object.
    const bool is_empty =
        value == nullptr || (field.type == FieldType::kText && value->is_string() &&
                             value->get_ref<const std::string&>().empty());
    if (is_empty ? !field.is_required : Fits(*value, field.type)) continue;
    const std::string name = element.empty() ? field.name : std::string(element) + "." + field.name;
    if (is_empty) return WithHintAtDocs(MissingValue(name));
    return WithHintAtDocs(InvalidValue(
        name, *value, " Hint: Value was of type '" + std::string(TypeName(*value)) + "'."));
  }
  return Status::Ok();
}

const Json* Request::Member(std::string_view name) const {
  auto found = fields_->find(name);
  if (found == fields_->end() && name.find('_') != std::string_view::npos)
    found = fields_->find(CamelCase(name));
  if (found == fields_->end() && name == "run_id") return Member("run_uuid");
  return found == fields_->end() || found->is_null() ? nullptr : &*found;
}

bool Request::Has(std::string_view name) const { return Member(name) != nullptr; }

std::string Request::Text(std::string_view name) const {
  return OptionalText(name).value_or(std::string());
}

std::optional<std::string> Request::OptionalText(std::string_view name) const {
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::int64_t> Request::Integer(std::string_view name) const {
  const Json* const value = Member(name);
  return value == nullptr ? std::nullopt : ToInteger(*value);
}

std::optional<double> Request::Real(std::string_view name) const {
  const Json* const value = Member(name);
  return value == nullptr ? std::nullopt : ToReal(*value);
}

std::optional<bool> Request::Bool(std::string_view name) const {
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

std::vector<std::string> Request::Texts(std::string_view name) const {
  std::vector<std::string> texts;
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const Json& item : *value) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<std::int64_t> Request::Integers(std::string_view name) const {
  std::vector<std::int64_t> numbers;
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_array()) return numbers;
  for (const Json& item : *value) {
    if (const auto number = ToInteger(item)) numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::string> Request::Enum(std::string_view name,
                                         std::initializer_list<const char*> names,
                                         std::int64_t first) const {
  const Json* const value = Member(name);
  if (value == nullptr) return std::nullopt;
  const auto number = ToInteger(*value);
  std::int64_t at = first;
  for (const char* const candidate : names) {
    if (number == at++) return candidate;
    if (value->is_string() && value->get_ref<const std::string&>() == candidate) return candidate;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Request::Pairs(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Request& item : Objects(name))
    pairs.emplace_back(item.Text("key"), item.Text("value"));
  return pairs;
}

std::vector<Request> Request::Objects(std::string_view name) const {
  std::vector<Request> objects;
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_array()) return objects;
  for (const Json& item : *value) {
    if (item.is_object()) objects.push_back(Request(&item));
  }
  return objects;
}

std::optional<Request> Request::Object(std::string_view name) const {
  const Json* const value = Member(name);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return Request(value);
}

}  // namespace reeve::mlflow
