#include "reeve/base/json.h"

#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve {
namespace {

Status WrongMember(std::string_view member, std::string_view expected) {
  return Status::Corrupt("member " + Quote(member) + " is missing or is not " +
                         std::string(expected));
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  // The library takes a NUL for the end and would not look at what stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Status::Corrupt("not valid JSON at byte " + std::to_string(nul + 1));
  }
  int depth = 0;
  std::vector<std::set<std::string>> names;
  std::string trouble;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start) {
      if (++depth > kMaxJsonDepth && trouble.empty()) {
        trouble = "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
      }
      if (event == Json::parse_event_t::object_start) names.emplace_back();
    } else if (event == Json::parse_event_t::object_end ||
               event == Json::parse_event_t::array_end) {
      --depth;
      if (event == Json::parse_event_t::object_end) names.pop_back();
    } else if (event == Json::parse_event_t::key) {
      if (!names.back().insert(parsed.get<std::string>()).second && trouble.empty()) {
        trouble = "member " + Quote(parsed.get<std::string>()) + " stands twice in one object";
      }
    }
    return true;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), watch);
    if (!trouble.empty()) return Status::Corrupt("not usable JSON: " + trouble);
    return json;
  } catch (const Json::parse_error& error) {
    return Status::Corrupt("not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    return Status::Corrupt("not valid JSON: a number is out of range");
  }
}

std::string DumpJson(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<const Json*> JsonMember(const Json& object, std::string_view member) {
  if (!object.is_object()) return WrongMember(member, "there (no object around it)");
  const auto it = object.find(std::string(member));
  if (it == object.end()) return WrongMember(member, "there");
  return &*it;
}

Result<const Json*> JsonArray(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonMember(object, member));
  if (!json->is_array()) return WrongMember(member, "an array");
  return json;
}

Result<std::string> JsonString(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonMember(object, member));
  if (!json->is_string()) return WrongMember(member, "a string");
  return json->get<std::string>();
}

Result<double> JsonNumber(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonMember(object, member));
  if (!json->is_number()) return WrongMember(member, "a number");
  return json->get<double>();
}

Result<std::int64_t> JsonInteger(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonMember(object, member));
  const bool fits = json->is_number_integer() &&
                    (!json->is_number_unsigned() ||
                     json->get<std::uint64_t>() <=
                         static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (!fits) return WrongMember(member, "an integer of 64 bits");
  return json->get<std::int64_t>();
}

Result<bool> JsonBool(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonMember(object, member));
  if (!json->is_boolean()) return WrongMember(member, "true or false");
  return json->get<bool>();
}

Result<std::vector<double>> JsonNumbers(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonArray(object, member));
  std::vector<double> numbers;
  numbers.reserve(json->size());
  for (const Json& element : *json) {
    if (!element.is_number()) return WrongMember(member, "an array of numbers");
    numbers.push_back(element.get<double>());
  }
  return numbers;
}

Result<std::vector<std::string>> JsonStrings(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const json, JsonArray(object, member));
  std::vector<std::string> strings;
  strings.reserve(json->size());
  for (const Json& element : *json) {
    if (!element.is_string()) return WrongMember(member, "an array of strings");
    strings.push_back(element.get<std::string>());
  }
  return strings;
}

Result<std::optional<double>> JsonOptionalNumber(const Json& object, std::string_view member) {
  if (!object.is_object()) return WrongMember(member, "there (no object around it)");
  const auto it = object.find(std::string(member));
  if (it == object.end() || it->is_null()) return std::optional<double>();
  if (!it->is_number()) return WrongMember(member, "a number or null");
  return std::optional<double>(it->get<double>());
}

}  // namespace reeve
