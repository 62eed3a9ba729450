#include <cstdio>

#include <nlohmann/json.hpp>

#include "reeve/cli/command.h"

namespace reeve::cli {

void Console::Print(const std::string& text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Console::Result(const Json& json, const std::string& text) const {
  Print(json_ ? DumpJson(json) + "\n" : text);
}

void Console::Say(const std::string& text) const {
  if (!quiet_) std::fwrite(text.data(), 1, text.size(), stderr);
}

void Console::Warn(const std::string& message, const std::string& fix) const {
  Say("warning: " + message + "\n" + (fix.empty() ? "" : "  " + fix + "\n"));
}

}  // namespace reeve::cli
