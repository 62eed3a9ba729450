#include "reeve/cli/arguments.h"

#include <algorithm>
#include <cstdlib>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/cli/option.h"

namespace reeve::cli {
namespace {

const Option* FindLong(std::string_view command, std::string_view name) {
  for (const Option& option : AllOptions()) {
    if (option.name == name && Knows(command, option)) return &option;
  }
  return nullptr;
}

const Option* FindShort(std::string_view command, std::string_view name) {
  for (const Option& option : AllOptions()) {
    if (!option.short_name.empty() && option.short_name == name && Knows(command, option))
      return &option;
  }
  return nullptr;
}

Status UnknownFlag(std::string_view command, const std::string& word) {
  std::vector<std::string> known;
  for (const Option& option : AllOptions()) {
    if (Knows(command, option)) known.push_back("--" + std::string(option.name));
  }
  const auto near = Nearest(word, known);
  return Status::InvalidArgument("unknown flag " + Quote(word) + " of reeve " +
                                 std::string(command) + "." +
                                 (near ? " Did you mean \"" + *near + "\"?" : ""))
      .WithFix("reeve " + std::string(command) + " --help lists the flags");
}

// The variable of MLflow's client that means the same; empty for none.
const char* MlflowVariable(const Option& option) {
  if (option.name == "tracking-uri") return "MLFLOW_TRACKING_URI";
  if (option.name == "registry-uri") return "MLFLOW_REGISTRY_URI";
  return "";
}

// nullptr for none.
const char* VariableOf(const Option& option) {
  const std::string name = EnvironmentName(option);
  return name.empty() ? nullptr : std::getenv(name.c_str());
}

// What a variable or a file says of a flag, as one spelling.
Status ReadSwitch(const Option& option, std::vector<std::string>& texts) {
  const std::string given = texts.empty() ? "" : texts.back();
  const std::optional<bool> is_on = ParseSwitch(given);
  if (!is_on) {
    return Status::InvalidArgument("--" + std::string(option.name) + " is " + Quote(given, 60) +
                                   ", expected true or false");
  }
  texts = {*is_on ? "true" : "false"};
  return Status::Ok();
}

}  // namespace

std::optional<bool> ParseSwitch(std::string_view text) {
  const std::string word = ToLower(text);
  if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
  if (word.empty() || word == "false" || word == "0" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kFlag:
      return "flag";
    case Origin::kEnvironment:
      return "environment";
    case Origin::kFile:
      return "file";
    case Origin::kDefault:
      return "default";
  }
  return "default";
}

Result<Arguments> Arguments::Parse(std::string_view command,
                                   const std::vector<std::string>& words) {
  Arguments arguments;
  REEVE_RETURN_IF_ERROR(arguments.ReadFlags(command, words));
  REEVE_RETURN_IF_ERROR(arguments.ReadEnvironmentAndFile(command));
  return arguments;
}

Status Arguments::ReadFlags(std::string_view command, const std::vector<std::string>& words) {
  bool only_positionals = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_positionals || word == "-" || !word.starts_with('-')) {
      positionals_.push_back(word);
      continue;
    }
    if (word == "--") {
      only_positionals = true;
      continue;
    }
    const bool is_long = word.starts_with("--");
    const std::size_t equals = is_long ? word.find('=') : std::string::npos;
    const std::string name =
        word.substr(is_long ? 2 : 1, equals == std::string::npos ? std::string::npos : equals - 2);
    const Option* const option = is_long ? FindLong(command, name) : FindShort(command, name);
    if (option == nullptr) return UnknownFlag(command, word.substr(0, equals));
    Value& value = values_[std::string(option->name)];
    value.origin = Origin::kFlag;
    if (option->value.empty()) {
      if (equals != std::string::npos)
        return Status::InvalidArgument("--" + name + " takes no value, found " + Quote(word, 100));
      value.texts = {"true"};
      continue;
    }
    if (equals == std::string::npos && i + 1 >= words.size()) {
      return Status::InvalidArgument("--" + std::string(option->name) +
                                     " needs a value, expected --" + std::string(option->name) +
                                     " " + std::string(option->value));
    }
    const std::string text = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    if (!option->repeatable) value.texts.clear();
    value.texts.push_back(text);
  }
  return Status::Ok();
}

Status Arguments::ReadEnvironmentAndFile(std::string_view command) {
  const auto named = values_.find("config");
  std::optional<std::string> path =
      named != values_.end() ? std::optional(named->second.texts.back()) : FindConfigFile();
  ConfigFile config;
  if (path) {
    REEVE_ASSIGN_OR_RETURN(config, ReadConfigFile(*path));
    config_path_ = *path;
    column_types_ = config.column_types;
  }
  for (const Option& option : AllOptions()) {
    if (!Knows(command, option) || values_.contains(option.name)) continue;
    Value value;
    const char* const variable = VariableOf(option);
    const auto in_file =
        option.key.empty() ? config.values.end() : config.values.find(std::string(option.key));
    if (variable != nullptr) {
      value = {{variable}, Origin::kEnvironment, EnvironmentName(option)};
    } else if (in_file != config.values.end()) {
      value = {in_file->second, Origin::kFile, std::string(option.key) + " in " + *path};
    } else if (const char* const name = MlflowVariable(option); std::getenv(name) != nullptr) {
      value = {{std::getenv(name)}, Origin::kEnvironment, name};
    } else if (!option.default_value.empty()) {
      value = {{std::string(option.default_value)}, Origin::kDefault};
    } else {
      continue;
    }
    const bool is_switch = option.value.empty();
    const Status read = is_switch ? ReadSwitch(option, value.texts) : Status::Ok();
    values_[std::string(option.name)] = std::move(value);
    if (!read.ok()) return WithPlaces(read);
  }
  return Status::Ok();
}

Status Arguments::WithPlaces(Status status) const {
  const std::string message = status.message() + " ";
  for (const auto& [name, value] : values_) {
    if (value.place.empty()) continue;
    const bool is_named = message.find("--" + name + " ") != std::string::npos;
    const bool is_quoted =
        status.code() == StatusCode::kInvalidArgument &&
        std::any_of(value.texts.begin(), value.texts.end(), [&](const std::string& text) {
          return message.find(Quote(text)) != std::string::npos;
        });
    if (is_named || is_quoted)
      (void)std::move(status).WithFix("mend " + value.place + ", where it was set");
  }
  return status;
}

bool Arguments::Has(std::string_view option) const { return values_.contains(option); }

bool Arguments::IsGiven(std::string_view option) const {
  const auto it = values_.find(option);
  return it != values_.end() && it->second.origin != Origin::kDefault;
}

std::string Arguments::Text(std::string_view option) const {
  const auto it = values_.find(option);
  return it == values_.end() || it->second.texts.empty() ? "" : it->second.texts.back();
}

std::vector<std::string> Arguments::Texts(std::string_view option) const {
  const auto it = values_.find(option);
  return it == values_.end() ? std::vector<std::string>() : it->second.texts;
}

bool Arguments::Flag(std::string_view option) const { return Text(option) == "true"; }

Result<std::int64_t> Arguments::Integer(std::string_view option, std::int64_t low,
                                        std::int64_t high) const {
  const std::string text = Text(option);
  const auto number = ParseInteger(text);
  if (number && *number >= low && *number <= high) return *number;
  return Status::InvalidArgument("--" + std::string(option) + " is " + Quote(text, 60) +
                                 ", expected a whole number from " + std::to_string(low) +
                                 (high == INT64_MAX ? " on" : " to " + std::to_string(high)));
}

Result<double> Arguments::Number(std::string_view option) const {
  const std::string text = Text(option);
  const auto number = ParseNumber(text);
  if (number) return *number;
  return Status::InvalidArgument("--" + std::string(option) + " is " + Quote(text, 60) +
                                 ", expected a number");
}

tracking::StoreUris Arguments::Stores() const {
  return {.tracking = Text("tracking-uri"), .registry = Text("registry-uri")};
}

Result<ingest::BadRowLimit> Arguments::Allowance(std::string_view option) const {
  std::string text = Text(option);
  const bool percent = text.ends_with('%');
  if (percent) text.pop_back();
  const auto number = ParseNumber(text);
  const bool fits =
      number && *number >= 0 && (percent ? *number <= 100 : ParseInteger(text).has_value());
  if (!fits)
    return Status::InvalidArgument("--" + std::string(option) + " is " + Quote(Text(option), 60) +
                                   ", expected a number of rows or a share such as 1%");
  if (percent) return ingest::BadRowLimit{.rows = 0, .share = *number / 100};
  return ingest::BadRowLimit{.rows = *ParseInteger(text), .share = 0};
}

Result<std::map<std::string, std::string>> Arguments::Pairs(std::string_view option) const {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : Texts(option)) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Status::InvalidArgument("--" + std::string(option) + " is " + Quote(text, 60) +
                                     ", expected KEY=VALUE");
    }
    pairs[std::string(Trim(text.substr(0, equals)))] = std::string(Trim(text.substr(equals + 1)));
  }
  return pairs;
}

Origin Arguments::OriginOf(std::string_view option) const {
  const auto it = values_.find(option);
  return it == values_.end() ? Origin::kDefault : it->second.origin;
}

}  // namespace reeve::cli
