#include "reeve/base/cancellation.h"

namespace reeve {

const Cancellation& Cancellation::Never() {
  static const Cancellation never;
  return never;
}

}  // namespace reeve
