#include "reeve/tracking/run_name.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace reeve::tracking {
namespace {

constexpr std::array<std::string_view, 24> kColours = {
    "amber", "ashen",  "azure", "bright", "calm",   "coral", "dusky",  "fair",
    "fawn",  "golden", "green", "hazel",  "ivory",  "jade",  "lively", "mellow",
    "misty", "olive",  "pale",  "quiet",  "russet", "sandy", "silver", "swift"};
constexpr std::array<std::string_view, 24> kBirds = {
    "avocet", "bittern", "crane",   "curlew",  "dunlin", "egret",  "finch",    "godwit",
    "heron",  "ibis",    "jackdaw", "kestrel", "lark",   "martin", "nightjar", "oriole",
    "osprey", "plover",  "quail",   "rail",    "siskin", "teal",   "wagtail",  "warbler"};

}  // namespace

std::string ReadableRunName(const std::string& run_id) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : run_id) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  const std::string number = std::to_string(hash / 576 % 1000);
  return std::string(kColours[hash % 24]) + "-" + std::string(kBirds[hash / 24 % 24]) + "-" +
         number;
}

}  // namespace reeve::tracking
