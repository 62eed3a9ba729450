#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "reeve/inference/decision.h"

// A decision that is read must also correct probabilities and decide without a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = reeve::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  for (const int classes : {2, 3}) {
    const auto decision = reeve::inference::Decision::FromJson(*json, classes);
    if (!decision.ok()) continue;
    for (const double first : {0.0, 1e-300, 0.3, 1.0}) {
      std::vector<double> row(static_cast<std::size_t>(classes), (1 - first) / (classes - 1));
      row[0] = first;
      decision->Correct(row);
      const int decided = decision->Decide(row);
      if (decided < 0 || decided >= classes) std::abort();
    }
  }
  return 0;
}
