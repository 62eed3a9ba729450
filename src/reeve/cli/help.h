#pragma once

#include <string>

#include "reeve/cli/command.h"

namespace reeve::cli {

/// What `reeve` without a command says: commands in the order of use, and the one to try now.
std::string GeneralHelp();
/// The commands of a group such as "models", a line each; empty when there is no such group.
std::string GroupHelp(const std::string& group);
/// Usage, options with defaults, variables and keys, and examples of one command.
std::string CommandHelp(const Command& command);
/// docs/reference/cli.md: every command and option.
std::string ReferencePage();
/// A completion script for bash.
std::string BashCompletion();

}  // namespace reeve::cli
