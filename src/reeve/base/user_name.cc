#include "reeve/base/user_name.h"

#include <pwd.h>
#include <unistd.h>

namespace reeve {

std::string UserName() {
  const passwd* const entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "unknown";
}

}  // namespace reeve
