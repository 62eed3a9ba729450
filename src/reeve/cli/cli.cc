#include "reeve/cli/cli.h"

#include <algorithm>
#include <clocale>
#include <cstdio>

#include <signal.h>
#include <unistd.h>

#include "reeve/base/credentials.h"
#include "reeve/base/log.h"
#include "reeve/base/nearest.h"
#include "reeve/base/parallel.h"
#include "reeve/base/text.h"
#include "reeve/cli/command.h"
#include "reeve/cli/help.h"
#include "reeve/cli/unknown_variables.h"
#include "reeve/cli/version.h"

namespace reeve::cli {
namespace {

// Asked for by signals, looked at by every long loop.
Cancellation stop_requested;

void OnSignal(int number) { stop_requested.Request(number); }

void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), not the end of us
}

int ExitCode(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 0;
    case StatusCode::kInvalidArgument:
      return 2;
    case StatusCode::kInvalidData:
      return 3;
    case StatusCode::kRequirementUnmet:
      return 4;
    case StatusCode::kCancelled:
      return 128 + (stop_requested.signal() > 0 ? stop_requested.signal() : SIGINT);
    default:
      return 1;
  }
}

// One line, whatever a library put into the message.
std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  constexpr std::size_t kMostBytes = 900;
  if (text.size() > kMostBytes) {
    std::size_t end = kMostBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "…";
  }
  return text;
}

int Fail(const Status& status) {
  std::fprintf(stderr, "error: %s\n", OneLine(status.message()).c_str());
  for (const std::string& fix : status.fixes())
    std::fprintf(stderr, "  fix: %s\n", OneLine(fix).c_str());
  return ExitCode(status.code());
}

// "models list" before "models".
const Command* FindCommand(const std::vector<std::string>& words, std::size_t& used) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const Command& command : AllCommands()) {
      if (command.name == name) {
        used = count;
        return &command;
      }
    }
  }
  return nullptr;
}

Status UnknownCommand(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const Command& command : AllCommands()) names.emplace_back(command.name);
  const auto starts = [&](const std::string& name) { return name.starts_with(words[0] + " "); };
  if (std::any_of(names.begin(), names.end(),
                  starts)) {  // the group exists, its second word does not
    std::erase_if(names, [&](const std::string& name) { return !starts(name); });
    const std::string wrong = words.size() > 1 ? words[0] + " " + words[1] : words[0];
    const std::string suggestion =
        Nearest(wrong, names) ? Suggest(wrong, names) : " Valid: " + Join(names, ", ") + ".";
    return Status::InvalidArgument("unknown command " + Quote(wrong) + "." + suggestion);
  }
  if (words[0].starts_with('-')) {
    return Status::InvalidArgument("found " + Quote(words[0]) +
                                   " where a command was expected: options stand behind it")
        .WithFix("reeve COMMAND … " + words[0]);
  }
  std::vector<std::string> first;
  for (const std::string& name : names) first.push_back(name.substr(0, name.find(' ')));
  return Status::InvalidArgument("unknown command " + Quote(words[0]) + "." +
                                 Suggest(words[0], first))
      .WithFix("reeve --help lists the commands");
}

Status CheckPositionals(const Command& command, const Arguments& arguments) {
  const std::size_t count = arguments.positionals().size();
  const std::string usage = "reeve " + std::string(command.name) + " " + std::string(command.usage);
  if (count < command.fewest_positionals)
    return Status::InvalidArgument("too few arguments, expected: " + usage);
  if (count > command.most_positionals) {
    return Status::InvalidArgument("superfluous argument " +
                                   Quote(arguments.positionals()[command.most_positionals], 100) +
                                   ", expected: " + usage);
  }
  return Status::Ok();
}

Status CheckOutput(const Command& command, const std::string& output) {
  std::vector<std::string> words = {"text", "json"};
  if (!command.more_outputs.empty()) {
    for (std::string& word : Split(command.more_outputs, ' ')) words.push_back(std::move(word));
  }
  if (std::find(words.begin(), words.end(), output) != words.end()) return Status::Ok();
  const std::string last = words.back();
  words.pop_back();
  return Status::InvalidArgument("--output is " + Quote(output) + ", expected " +
                                 Join(words, ", ") + " or " + last);
}

Status SetLogLevelByName(const std::string& name) {
  const std::pair<const char*, LogLevel> levels[] = {{"debug", LogLevel::kDebug},
                                                     {"info", LogLevel::kInfo},
                                                     {"warning", LogLevel::kWarning},
                                                     {"error", LogLevel::kError},
                                                     {"off", LogLevel::kOff}};
  for (const auto& [word, level] : levels) {
    if (name == word) {
      SetLogLevel(level);
      return Status::Ok();
    }
  }
  return Status::InvalidArgument("--log-level is " + Quote(name) + "." +
                                 Suggest(name, {"debug", "info", "warning", "error", "off"}));
}

Result<int> RunCommand(const Command& command, const Arguments& arguments,
                       const std::string& command_line) {
  REEVE_RETURN_IF_ERROR(CheckPositionals(command, arguments));
  REEVE_RETURN_IF_ERROR(SetLogLevelByName(arguments.Text("log-level")));
  for (const std::string& warning : WarnOfUnknownVariables(environ))
    Log(LogLevel::kWarning, warning);
  const std::string output = arguments.Text("output");
  REEVE_RETURN_IF_ERROR(CheckOutput(command, output));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t threads, arguments.Integer("threads", 0, 1024));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t seed, arguments.Integer("seed", 0, INT64_MAX));
  const Console console(output == "json", arguments.Flag("quiet"));
  return command.run({.arguments = arguments,
                      .console = console,
                      .threads = threads == 0 ? DefaultThreads() : static_cast<int>(threads),
                      .seed = static_cast<std::uint64_t>(seed),
                      .cancellation = stop_requested,
                      .command_line = command_line});
}

}  // namespace

int Main(int argc, char** argv) {
  CatchSignals();
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto asks = [&](const char* word) { return !words.empty() && words[0] == word; };
  if (words.empty() || asks("--help") || asks("-h")) {
    std::fputs(GeneralHelp().c_str(), stdout);
    return 0;
  }
  if (asks("--version")) {
    std::fputs(VersionText().c_str(), stdout);
    return 0;
  }
  if (words.size() == 1 || words[1] == "--help" || words[1] == "-h") {
    const std::string help = GroupHelp(words[0]);
    if (!help.empty()) {
      std::fputs(help.c_str(), stdout);
      return 0;
    }
  }
  std::size_t used = 0;
  const Command* const command = FindCommand(words, used);
  if (command == nullptr) return Fail(UnknownCommand(words));
  std::string command_line = "reeve";
  for (const std::string& word : words) command_line += " " + MaskCredentials(word);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  const Result<Arguments> arguments = Arguments::Parse(command->name, words);
  if (!arguments.ok()) return Fail(arguments.status());
  if (arguments->Flag("help")) {
    std::fputs(CommandHelp(*command).c_str(), stdout);
    return 0;
  }
  const Result<int> code = RunCommand(*command, *arguments, command_line);
  if (!code.ok()) return Fail(arguments->WithPlaces(code.status()));
  if (std::fflush(stdout) != 0) return Fail(Status::Io("standard output cannot be written"));
  return *code;
}

}  // namespace reeve::cli
