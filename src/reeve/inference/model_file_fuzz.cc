#include <cstddef>
#include <cstdint>

#include "reeve/inference/model.h"

// A model that loads must also predict without a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = reeve::inference::LoadModel({reinterpret_cast<const char*>(data), size});
  if (!model.ok() || (*model)->features() > 1000 || (*model)->classes() > 1000) return 0;
  const reeve::Matrix matrix(
      2, std::vector<reeve::MatrixColumn>(static_cast<std::size_t>((*model)->features())));
  (void)(*model)->Predict(matrix);
  return 0;
}
