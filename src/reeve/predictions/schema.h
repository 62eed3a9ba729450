#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/contract/contract.h"

namespace reeve::predictions {

/// What rows of one model version look like. Immutable once made.
struct Schema {
  /// Number within a session of the writer; blocks of rows name it.
  std::uint32_t id = 0;
  std::string model, version;
  /// Columns, classes and how texts are read; without categories and ranges, which are the
  /// bundle's to keep.
  contract::Contract contract;
};

/// The payload of a schema block: one JSON object.
std::string EncodeSchema(const Schema& schema);
/// Fails with kCorrupt.
Result<Schema> DecodeSchema(std::string_view payload);

/// The contract as a Schema keeps it.
contract::Contract LeanContract(const contract::Contract& contract);
/// Whether rows of both look the same.
bool SameLayout(const contract::Contract& a, const contract::Contract& b);

}  // namespace reeve::predictions
