#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reeve/base/result.h"

namespace reeve {

/// A JSON value whose objects keep the order of insertion, so that files are stable and readable.
/// Headers only name the type; include <nlohmann/json.hpp> in the few .cc files that build values.
using Json = nlohmann::ordered_json;

/// How deep arrays and objects may nest in what we read.
inline constexpr int kMaxJsonDepth = 64;

/// Parses a whole text. Fails with kCorrupt: where it broke, and why; also for texts nested deeper
/// than kMaxJsonDepth, duplicate members and invalid UTF-8.
Result<Json> ParseJson(std::string_view text);

/// Compact when `indent` is negative. Doubles are written with the shortest digits that read back
/// equal; NaN and infinities become null. Invalid UTF-8 is replaced.
std::string DumpJson(const Json& json, int indent = -1);

/// Typed members of an object, for readers of our own formats: kCorrupt with the member's name when
/// it is absent or of another type.
Result<std::string> JsonString(const Json& object, std::string_view member);
Result<double> JsonNumber(const Json& object, std::string_view member);
Result<std::int64_t> JsonInteger(const Json& object, std::string_view member);
Result<bool> JsonBool(const Json& object, std::string_view member);
Result<std::vector<double>> JsonNumbers(const Json& object, std::string_view member);
Result<std::vector<std::string>> JsonStrings(const Json& object, std::string_view member);
/// The member itself, of any type. The pointer lives as long as `object`.
Result<const Json*> JsonMember(const Json& object, std::string_view member);
/// The member when it is an array.
Result<const Json*> JsonArray(const Json& object, std::string_view member);
/// A number, or nothing when the member is null or absent.
Result<std::optional<double>> JsonOptionalNumber(const Json& object, std::string_view member);

}  // namespace reeve
