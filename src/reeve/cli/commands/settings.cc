#include <nlohmann/json.hpp>

#include "reeve/base/credentials.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/help.h"
#include "reeve/cli/option.h"

namespace reeve::cli {

Result<int> RunConfigShow(const Call& call) {
  // Settings of every command, read as each of them would.
  Json json = Json::object();
  std::string text = call.arguments.config_path().empty()
                         ? "# no reeve.toml here or above\n"
                         : "# " + call.arguments.config_path() + "\n";
  for (const Option& option : AllOptions()) {
    if (option.key.empty()) continue;
    const std::string_view commands = option.commands == "*" ? "config" : option.commands;
    REEVE_ASSIGN_OR_RETURN(const Arguments arguments,
                           Arguments::Parse(commands.substr(0, commands.find(' ')), {}));
    const Arguments& source = option.commands == "*" ? call.arguments : arguments;
    const std::string value = MaskCredentials(Join(source.Texts(option.name), ","));
    json[std::string(option.key)] =
        Json{{"value", value}, {"origin", std::string(OriginName(source.OriginOf(option.name)))}};
    text += std::string(option.key) + " = " + Quote(value, 400);
    if (call.arguments.Flag("origin"))
      text += "  # " + std::string(OriginName(source.OriginOf(option.name))) + ", " +
              EnvironmentName(option);
    text += "\n";
  }
  for (const auto& [column, type] : call.arguments.column_types()) {
    json["data.columns." + column] =
        Json{{"value", std::string(ColumnTypeName(type))}, {"origin", "file"}};
    text += "data.columns." + Quote(column) + " = " + Quote(ColumnTypeName(type)) + "\n";
  }
  call.console.Result(json, text);
  return 0;
}

Result<int> RunHelp(const Call& call) {
  const auto& words = call.arguments.positionals();
  if (call.arguments.Flag("reference")) {
    call.console.Print(ReferencePage());
    return 0;
  }
  if (words.empty()) {
    call.console.Print(GeneralHelp());
    return 0;
  }
  const std::string name = Join(words, " ");
  std::vector<std::string> names;
  for (const Command& command : AllCommands()) {
    if (command.name == name) {
      call.console.Print(CommandHelp(command));
      return 0;
    }
    names.emplace_back(command.name);
  }
  return Status::InvalidArgument("unknown command " + Quote(name) + "." + Suggest(name, names));
}

Result<int> RunCompletion(const Call& call) {
  call.console.Print(BashCompletion());
  return 0;
}

}  // namespace reeve::cli
