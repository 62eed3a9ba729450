#include <cstddef>
#include <cstdint>

#include "reeve/base/json.h"
#include "reeve/features/pipeline.h"
#include "reeve/features/step.h"

// A step that is read must also take a text without a fault; the text is the file itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto json = reeve::ParseJson(bytes);
  if (!json.ok()) return 0;
  const auto step = reeve::features::StepFromJson(*json);
  if (!step.ok()) return 0;
  const auto inputs = (*step)->Inputs();
  if (inputs.size() != 1 || inputs[0].storage != reeve::Column::Storage::kTexts) return 0;
  std::vector<float> out((*step)->Outputs().size());
  const reeve::features::StepValues values = {.texts = {&bytes, 1}};
  (*step)->Apply({&values, 1}, 1, {.first = out.data(), .stride = 1});
  return 0;
}
