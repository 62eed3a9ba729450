#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reeve/contract/contract.h"

namespace reeve::server {

/// Finds the columns of a contract by name, as fast as a request wants it, and knows how its
/// classes stand in JSON. Immutable.
class FieldIndex {
 public:
  /// Copies the names: `contract` need not live on.
  explicit FieldIndex(const contract::Contract& contract);
  FieldIndex(const FieldIndex&) = delete;
  FieldIndex& operator=(const FieldIndex&) = delete;

  std::optional<std::size_t> Find(std::string_view name) const {
    const auto it = index_.find(name);
    return it == index_.end() ? std::nullopt : std::optional(it->second);
  }
  std::size_t size() const { return quoted_.size(); }
  /// No other index of the process has it, whatever its address.
  std::uint64_t id() const { return id_; }
  std::string_view name(std::size_t field) const { return names_[field]; }
  /// The name between quotes as JSON most often spells it; empty when it needs escapes.
  std::string_view quoted(std::size_t field) const { return quoted_[field]; }
  /// A class as a JSON text, quotes included.
  std::string_view class_json(std::size_t class_idx) const { return classes_[class_idx]; }

 private:
  std::uint64_t id_;
  std::vector<std::string> names_, quoted_, classes_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace reeve::server
