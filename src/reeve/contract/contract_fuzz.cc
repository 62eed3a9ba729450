#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reeve/contract/contract.h"
#include "reeve/contract/profile.h"

// Documents of bundles, and single values of tables.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using reeve::contract::DateFormat, reeve::contract::NumberFormat;
  for (const NumberFormat format : {NumberFormat::kDecorated, NumberFormat::kDecimalComma})
    (void)reeve::contract::ReadNumber(text, format);
  for (const DateFormat format : {DateFormat::kDayFirst, DateFormat::kMonthFirst})
    (void)reeve::contract::ReadDatetime(text, format);
  const auto json = reeve::ParseJson(text);
  if (!json.ok()) return 0;
  (void)reeve::contract::ContractFromJson(*json);
  (void)reeve::contract::ProfileFromJson(*json);
  return 0;
}
