#include "reeve/cli/version.h"

namespace reeve::cli {

std::string VersionText() {
  return std::string("reeve ") + REEVE_VERSION + " (compiler " + __VERSION__ + ")\n";
}

}  // namespace reeve::cli
