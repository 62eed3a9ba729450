#include "reeve/mlflow/graphql/input_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"

namespace reeve::mlflow::graphql {
namespace {

using Kind = InputType::Kind;

// A value as it is written in a document, for messages.
std::string Written(const Value& value) {
  std::string text;
  switch (value.kind) {
    case Value::Kind::kVariable:
      return "$" + value.text;
    case Value::Kind::kText:
      return DumpJson(Json(value.text));
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kList:
      for (const Value& item : value.items) text += (text.empty() ? "" : ", ") + Written(item);
      return "[" + text + "]";
    case Value::Kind::kObject:
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        text += (text.empty() ? "" : ", ") + value.names[i] + ": " + Written(value.items[i]);
      }
      return "{ " + text + " }";
    default:
      return value.text;
  }
}

Status Refused(const InputType& type, const std::string& shown) {
  switch (type.kind) {
    case Kind::kText:
      return Status::InvalidArgument(std::string(type.name) +
                                     " cannot represent a non string value: " + shown);
    case Kind::kInteger:
      return Status::InvalidArgument("Int cannot represent non-integer value: " + shown);
    case Kind::kReal:
      return Status::InvalidArgument("Float cannot represent non numeric value: " + shown);
    case Kind::kBool:
      return Status::InvalidArgument("Boolean cannot represent a non boolean value: " + shown);
    case Kind::kEnum:
      return Status::InvalidArgument("Enum '" + std::string(type.name) +
                                     "' cannot represent non-enum value: " + shown + ".");
    default:
      return Status::InvalidArgument("Expected value of type '" + std::string(type.name) +
                                     "', found " + shown + ".");
  }
}

Status CheckEnum(const InputType& type, const std::string& name) {
  const bool is_known = std::any_of(type.values.begin(), type.values.end(),
                                    [&](const char* value) { return name == value; });
  if (is_known) return Status::Ok();
  return Status::InvalidArgument("Value '" + name + "' does not exist in '" + type.name +
                                 "' enum.");
}

Result<Json> Integer(const InputType& type, std::optional<std::int64_t> number,
                     const std::string& shown) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const bool fits = number && (type.kind == Kind::kLong || (*number <= kMost && *number >= ~kMost));
  if (fits) return Json(*number);
  if (type.kind == Kind::kLong) return Refused(type, shown);
  return Status::InvalidArgument("Int cannot represent non 32-bit signed integer value: " + shown);
}

const InputField* FindField(const InputType& type, std::string_view name) {
  const auto found = std::find_if(type.fields.begin(), type.fields.end(),
                                  [&](const InputField& field) { return field.name == name; });
  return found == type.fields.end() ? nullptr : &*found;
}

Status NotDefined(const InputType& type, const std::string& name) {
  return Status::InvalidArgument("Field '" + name + "' is not defined by type '" + type.name +
                                 "'.");
}

// Values from the request's JSON.
class GivenReader {
 public:
  explicit GivenReader(const VariableDefinition& variable)
      : name_(variable.name), place_(variable.name) {}

  Result<Json> Read(const Json& given, const Wanted& wanted) {
    if (given.is_null()) return given;
    if (wanted.lists > 0) return ReadList(given, wanted);
    if (wanted.type->kind == Kind::kObject) return ReadObject(given, *wanted.type);
    Result<Json> leaf = ReadLeaf(given, *wanted.type);
    if (leaf.ok()) return leaf;
    return Wrong(given, leaf.status().message());
  }

 private:
  Status Wrong(const Json& given, const std::string& why) const {
    const std::string at = place_ == name_ ? "" : " at '" + place_ + "'";
    return Status::InvalidArgument("Variable '$" + name_ + "' got invalid value " +
                                   DumpJson(given) + at + "; " + why);
  }

  Result<Json> ReadList(const Json& given, Wanted wanted) {
    --wanted.lists;
    Json list = Json::array();
    if (!given.is_array()) {
      REEVE_ASSIGN_OR_RETURN(Json only, Read(given, wanted));
      list.push_back(std::move(only));
      return list;
    }
    const std::string place = place_;
    for (std::size_t i = 0; i < given.size(); ++i) {
      place_ = place + "[" + std::to_string(i) + "]";
      REEVE_ASSIGN_OR_RETURN(Json item, Read(given[i], wanted));
      list.push_back(std::move(item));
    }
    place_ = place;
    return list;
  }

  Result<Json> ReadObject(const Json& given, const InputType& type) {
    if (!given.is_object())
      return Wrong(given, "Expected type '" + std::string(type.name) + "' to be a mapping.");
    const std::string place = place_;
    Json object = Json::object();
    for (const auto& [name, value] : given.items()) {
      const InputField* const field = FindField(type, name);
      if (field == nullptr) return Wrong(given, NotDefined(type, name).message());
      place_ = place + "." + name;
      const Wanted wanted{.type = field->type, .lists = field->is_list ? 1 : 0};
      REEVE_ASSIGN_OR_RETURN(object[ToSnakeCase(name)], Read(value, wanted));
    }
    place_ = place;
    return object;
  }

  static Result<Json> ReadLeaf(const Json& given, const InputType& type) {
    const bool is_text = given.is_string();
    switch (type.kind) {
      case Kind::kText:
        if (is_text) return given;
        break;
      case Kind::kEnum:
        if (!is_text) break;
        REEVE_RETURN_IF_ERROR(CheckEnum(type, given.get<std::string>()));
        return given;
      case Kind::kBool:
        if (given.is_boolean()) return given;
        break;
      case Kind::kReal:
        if (given.is_number()) return given;
        break;
      default:
        return ReadInteger(given, type);
    }
    return Refused(type, DumpJson(given));
  }

  static Result<Json> ReadInteger(const Json& given, const InputType& type) {
    constexpr double kExact = 9007199254740992.0;
    const std::string shown = DumpJson(given);
    std::optional<std::int64_t> number;
    if (given.is_string() && type.kind == Kind::kLong) {
      number = ParseInteger(given.get_ref<const std::string&>());
    } else if (given.is_number_float()) {
      const double real = given.get<double>();
      if (real != std::trunc(real)) return Refused(type, shown);
      if (std::abs(real) <= kExact) number = static_cast<std::int64_t>(real);
    } else if (given.is_number_unsigned()) {
      const auto value = given.get<std::uint64_t>();
      if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        number = static_cast<std::int64_t>(value);
    } else if (given.is_number_integer()) {
      number = given.get<std::int64_t>();
    } else {
      return Refused(type, shown);
    }
    return Integer(type, number, shown);
  }

  std::string name_;
  // The path of what is being read: "data.runIds[2]".
  std::string place_;
};

// Values from the document.
class LiteralReader {
 public:
  explicit LiteralReader(const Variables& variables) : variables_(variables) {}

  // Nothing for a variable that was not given.
  Result<std::optional<Json>> Read(const Value& value, const Wanted& wanted) const {
    if (value.kind == Value::Kind::kVariable) return ReadVariable(value.text, wanted);
    if (value.kind == Value::Kind::kNull) {
      if (!wanted.is_required) return Json();
      return Refused(*wanted.type, "null");
    }
    Result<Json> read = wanted.lists > 0                     ? ReadList(value, wanted)
                        : wanted.type->kind == Kind::kObject ? ReadObject(value, *wanted.type)
                                                             : ReadLeaf(value, *wanted.type);
    if (!read.ok()) return read.status();
    return std::optional<Json>(std::move(*read));
  }

 private:
  Result<std::optional<Json>> ReadVariable(const std::string& name, const Wanted& wanted) const {
    const VariableDefinition* const definition = variables_.Definition(name);
    if (definition == nullptr)
      return Status::InvalidArgument("Variable '$" + name + "' is not defined.");
    const TypeReference& type = definition->type;
    const bool may_be_null = !type.is_required && !definition->otherwise;
    if (type.name != wanted.type->name || type.lists != wanted.lists ||
        (wanted.is_required && may_be_null)) {
      const auto lists = static_cast<std::size_t>(wanted.lists);
      return Status::InvalidArgument(
          "Variable '$" + name + "' of type '" + type.as_written +
          "' used in position expecting type '" + std::string(lists, '[') + wanted.type->name +
          std::string(lists, ']') + (wanted.is_required ? "!" : "") + "'.");
    }
    const Json* const given = variables_.Find(name);
    if (given == nullptr) return std::optional<Json>();
    return std::optional<Json>(*given);
  }

  Result<Json> ReadList(const Value& value, Wanted wanted) const {
    --wanted.lists;
    Json list = Json::array();
    const bool is_list = value.kind == Value::Kind::kList;
    for (const Value& item : is_list ? value.items : std::vector<Value>{value}) {
      REEVE_ASSIGN_OR_RETURN(std::optional<Json> read, Read(item, wanted));
      list.push_back(read ? std::move(*read) : Json());
    }
    return list;
  }

  Result<Json> ReadObject(const Value& value, const InputType& type) const {
    if (value.kind != Value::Kind::kObject) return Refused(type, Written(value));
    Json object = Json::object();
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const std::string& name = value.names[i];
      if (!seen.insert(name).second)
        return Status::InvalidArgument("There can be only one input field named '" + name + "'.");
      const InputField* const field = FindField(type, name);
      if (field == nullptr) return NotDefined(type, name);
      REEVE_ASSIGN_OR_RETURN(
          std::optional<Json> read,
          Read(value.items[i], {.type = field->type, .lists = field->is_list ? 1 : 0}));
      if (read) object[ToSnakeCase(name)] = std::move(*read);
    }
    return object;
  }

  static Result<Json> ReadLeaf(const Value& value, const InputType& type) {
    const bool is_integer = value.kind == Value::Kind::kInteger;
    switch (type.kind) {
      case Kind::kText:
        if (value.kind == Value::Kind::kText) return Json(value.text);
        break;
      case Kind::kEnum:
        if (value.kind != Value::Kind::kEnum) break;
        REEVE_RETURN_IF_ERROR(CheckEnum(type, value.text));
        return Json(value.text);
      case Kind::kBool:
        if (value.kind == Value::Kind::kBool) return Json(value.text == "true");
        break;
      case Kind::kReal:
        if (is_integer || value.kind == Value::Kind::kReal) {
          if (const auto real = ParseNumber(value.text)) return Json(*real);
        }
        break;
      case Kind::kInteger:
      case Kind::kLong:
        if (is_integer) return Integer(type, ParseInteger(value.text), Written(value));
        // As MLflow has it: only a variable may be the text of a long number.
        if (type.kind == Kind::kLong) return Json();
        break;
      default:
        break;
    }
    return Refused(type, Written(value));
  }

  const Variables& variables_;
};

Status CheckDefinition(const VariableDefinition& variable, const InputType* type) {
  if (type != nullptr) return Status::Ok();
  if (!IsObjectType(variable.type.name))
    return Status::InvalidArgument("Unknown type '" + variable.type.name + "'.");
  return Status::InvalidArgument("Variable '$" + variable.name + "' cannot be non-input type '" +
                                 variable.type.as_written + "'.");
}

}  // namespace

Variables::Variables() = default;
Variables::~Variables() = default;
Variables::Variables(Variables&&) noexcept = default;
Variables& Variables::operator=(Variables&&) noexcept = default;

Result<Variables> Variables::Read(const std::vector<VariableDefinition>& definitions,
                                  const Json& given) {
  Variables variables;
  for (const VariableDefinition& variable : definitions) {
    if (!variables.definitions_.emplace(variable.name, &variable).second)
      return Status::InvalidArgument("There can be only one variable named '$" + variable.name +
                                     "'.");
    const InputType* const type = FindInputType(variable.type.name);
    REEVE_RETURN_IF_ERROR(CheckDefinition(variable, type));
    const Wanted wanted{
        .type = type, .lists = variable.type.lists, .is_required = variable.type.is_required};
    const auto value = given.is_object() ? given.find(variable.name) : given.end();
    if (value != given.end()) {
      if (value->is_null() && wanted.is_required)
        return Status::InvalidArgument("Variable '$" + variable.name + "' of non-null type '" +
                                       variable.type.as_written + "' must not be null.");
      REEVE_ASSIGN_OR_RETURN(Json read, GivenReader(variable).Read(*value, wanted));
      variables.values_.emplace(variable.name, std::move(read));
    } else if (variable.otherwise) {
      // Without variables: a default is a constant.
      REEVE_ASSIGN_OR_RETURN(std::optional<Json> read,
                             LiteralReader(Variables()).Read(*variable.otherwise, wanted));
      if (read) variables.values_.emplace(variable.name, std::move(*read));
    } else if (wanted.is_required) {
      return Status::InvalidArgument("Variable '$" + variable.name + "' of required type '" +
                                     variable.type.as_written + "' was not provided.");
    }
  }
  return variables;
}

const Json* Variables::Find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

const VariableDefinition* Variables::Definition(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : found->second;
}

Result<std::optional<std::string>> ReadArgument(const Value& value, const Wanted& wanted,
                                                const Variables& variables) {
  REEVE_ASSIGN_OR_RETURN(const std::optional<Json> read,
                         LiteralReader(variables).Read(value, wanted));
  if (!read) return std::optional<std::string>();
  return std::optional<std::string>(DumpJson(*read));
}

}  // namespace reeve::mlflow::graphql
