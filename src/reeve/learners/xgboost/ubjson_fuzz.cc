#include <cstddef>
#include <cstdint>

#include "reeve/learners/xgboost/read_forest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)reeve::learners::ReadForest({reinterpret_cast<const char*>(data), size});
  return 0;
}
