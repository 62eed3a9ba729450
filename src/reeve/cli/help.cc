#include "reeve/cli/help.h"

#include <set>

#include "reeve/base/text.h"
#include "reeve/cli/option.h"

namespace reeve::cli {
namespace {

constexpr std::size_t kColumn = 28;

std::string Padded(const std::string& text, std::size_t width) {
  std::size_t shown = 0;
  // Bytes that continue a character take no room on a screen.
  for (const char c : text) shown += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return text + std::string(shown + 2 > width ? 2 : width - shown, ' ');
}

std::string OptionUsage(const Option& option) {
  std::string usage = option.short_name.empty() ? "" : "-" + std::string(option.short_name) + ", ";
  usage += "--" + std::string(option.name);
  return option.value.empty() ? usage : usage + " " + std::string(option.value);
}

std::string OptionLine(const Option& option) {
  std::string line = "  " + Padded(OptionUsage(option), kColumn) + std::string(option.help);
  if (!option.default_value.empty()) line += " [" + std::string(option.default_value) + "]";
  return line + "\n";
}

// Options that only some commands know, then those of all. The first one of a name is meant.
std::string OptionList(std::string_view command, bool common) {
  std::string list;
  std::set<std::string_view> shown;
  for (const Option& option : AllOptions()) {
    if (Knows(command, option) && shown.insert(option.name).second &&
        (option.commands == "*") == common)
      list += OptionLine(option);
  }
  return list;
}

std::string CommandLine(const Command& command) {
  return "  " + Padded("reeve " + std::string(command.name), kColumn) +
         std::string(command.summary) + "\n";
}

std::string Title(const Command& command) {
  return "reeve " + std::string(command.name) +
         (command.usage.empty() ? "" : " " + std::string(command.usage));
}

}  // namespace

std::string GeneralHelp() {
  std::string help =
      "Reeve: a table goes in, a tuned, tested, tracked classifier comes out.\n\nCommands:\n";
  for (const Command& command : AllCommands()) help += CommandLine(command);
  return help +
         "\nreeve COMMAND --help tells more, reeve --version which one this is. Try it now: reeve "
         "demo\n";
}

std::string GroupHelp(const std::string& group) {
  std::string lines;
  for (const Command& command : AllCommands()) {
    if (command.name.starts_with(group + " ")) lines += CommandLine(command);
  }
  return lines.empty() ? lines : "Commands:\n" + lines + "\nEach tells more with --help.\n";
}

std::string CommandHelp(const Command& command) {
  std::string help = std::string(command.summary) + "\n\nUsage: " + Title(command) + "\n";
  const std::string own = OptionList(command.name, false);
  if (!own.empty()) help += "\nOptions:\n" + own;
  help += "\nOptions of every command:\n" + OptionList(command.name, true);
  if (!command.examples.empty()) help += "\nExamples:\n" + std::string(command.examples);
  return help;
}

std::string ReferencePage() {
  std::string page =
      "# Commands and options\n\nMade from the program's own tables by `reeve help --reference`; a "
      "test compares the two.\n\n";
  page +=
      "A value comes from the flag, else from the environment variable, else from `reeve.toml`, "
      "else it is the default.\n\n## Commands\n\n";
  for (const Command& command : AllCommands())
    page += "- `" + Title(command) + "`: " + std::string(command.summary) + "\n";
  page +=
      "\n## Options\n\n| option | variable | key | default | commands | meaning "
      "|\n|---|---|---|---|---|---|\n";
  for (const Option& option : AllOptions()) {
    const auto cell = [](std::string_view text) {
      return text.empty() ? std::string("–") : "`" + std::string(text) + "`";
    };
    std::string usage = OptionUsage(option);
    for (std::size_t at = 0; (at = usage.find('|', at)) != std::string::npos; at += 2)
      usage.replace(at, 1, "\\|");
    page += "| `" + usage + "` | " + cell(EnvironmentName(option)) + " | " + cell(option.key) +
            " | " + cell(option.default_value) + " | " +
            (option.commands == "*" ? "all" : std::string(option.commands)) + " | " +
            std::string(option.help) + " |\n";
  }
  return page;
}

std::string BashCompletion() {
  std::set<std::string> commands;
  std::string cases;
  for (const Command& command : AllCommands())
    commands.insert(std::string(command.name.substr(0, command.name.find(' '))));
  for (const std::string& command : commands) {
    std::string flags;
    for (const Option& option : AllOptions()) {
      if (Knows(command, option)) flags += " --" + std::string(option.name);
    }
    cases += "    " + command + ") words=\"" + flags.substr(1) + "\" ;;\n";
  }
  return "# eval \"$(reeve completion)\"\n_reeve() {\n  local word=\"${COMP_WORDS[COMP_CWORD]}\" "
         "words=\"\"\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"" +
         Join({commands.begin(), commands.end()}, " ") + "\"; else case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac; fi\n  case \"$word\" in -*) ;; *) [ \"$COMP_CWORD\" -gt 1 ] && words=\"\" ;; "
         "esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [ \"${#COMPREPLY[@]}\" -eq 0 ] && COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete "
         "-o filenames -F _reeve reeve\n";
}

}  // namespace reeve::cli
