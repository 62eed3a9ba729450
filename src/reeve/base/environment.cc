#include "reeve/base/environment.h"

#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

#include "reeve/base/text.h"

namespace reeve {

std::string EnvironmentVariable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

Result<bool> EnvironmentSwitch(const char* name) {
  const std::string value = ToLower(EnvironmentVariable(name));
  if (value == "true" || value == "1") return true;
  if (value.empty() || value == "false" || value == "0") return false;
  return Status::InvalidArgument(std::string(name) + " is " + Quote(value, 40) +
                                 ", expected true or false");
}

std::string HomeFolder() {
  std::string home = EnvironmentVariable("HOME");
  if (home.empty()) {
    const passwd* const entry = ::getpwuid(::geteuid());
    if (entry != nullptr) home = entry->pw_dir;
  }
  return home.starts_with('/') ? home : "";
}

}  // namespace reeve
