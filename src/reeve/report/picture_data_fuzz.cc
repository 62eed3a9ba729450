#include <cstddef>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "reeve/report/comparison.h"

// Data that are read must also be drawn without a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = reeve::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto pictures = reeve::report::PictureDataFromJson(*json);
  if (!pictures.ok()) return 0;
  reeve::report::RunComparison comparison;
  comparison.a.pictures = comparison.b.pictures = *pictures;
  (void)reeve::report::ComparisonHtml(comparison);
  return 0;
}
