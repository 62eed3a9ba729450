#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::learners {

/// A value of Universal Binary JSON (draft 12, https://ubjson.org), as far as XGBoost's files use
/// it. Numbers of any width are doubles; arrays of numbers are kept flat.
struct UbjValue {
  enum class Kind { kNull, kNumber, kText, kArray, kNumbers, kObject };
  Kind kind = Kind::kNull;
  double number = 0;
  std::string text = {};
  std::vector<double> numbers = {};
  std::vector<UbjValue> array = {};
  std::map<std::string, UbjValue> object = {};

  /// The member, or kCorrupt naming it.
  Result<const UbjValue*> Get(const std::string& member) const;
  /// The member as flat numbers (an empty array counts).
  Result<std::vector<double>> Numbers(const std::string& member) const;
  Result<std::string> Text(const std::string& member) const;
};

/// Parses all of `bytes`. Fails with kCorrupt for anything cut short, too deep or unknown; takes no
/// memory that the bytes do not pay for.
Result<UbjValue> ParseUbjson(std::string_view bytes);

}  // namespace reeve::learners
