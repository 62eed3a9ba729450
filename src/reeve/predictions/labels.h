#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "reeve/base/result.h"
#include "reeve/predictions/columns.h"

namespace reeve::predictions {

/// True answers by what they were given for, to be joined to predictions.
class Labels {
 public:
  struct Found {
    std::string_view label;
    std::int64_t time_ms = 0;
  };

  /// Adds what stands behind everything added before. Fails with kInvalidData when that would be
  /// more than `most_bytes`.
  Status Add(const LabelColumns& columns, std::uint64_t most_bytes);
  bool is_empty() const { return labels_.empty(); }

  /// The latest label of a row (for one and the same name the one added last among equals), given
  /// by request id and row or by key; null when there is none. Lives as long as nothing is added.
  const Found* Find(std::string_view request_id, std::uint32_t row, std::string_view key,
                    std::string_view model) const;

 private:
  struct Label : Found {
    std::string text;
  };

  std::unordered_map<std::string, Label> labels_;
  std::uint64_t bytes_ = 0;
  // Reused, so that a row costs no allocation.
  mutable std::string name_;
};

}  // namespace reeve::predictions
