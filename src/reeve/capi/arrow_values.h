#pragma once

#include <cstdint>
#include <cstring>

#include "reeve/capi/reeve.h"

namespace reeve::capi {

/// A run of rows of one Arrow array. Buffers of foreign memory may stand at any address, so values
/// are copied out, never pointed at. Borrows the array.
class ArrowValues {
 public:
  /// The rows from `begin` on, counted behind the array's own offset.
  /// REQUIRES: the array was checked: the buffers that are asked for exist.
  ArrowValues(const ArrowArray& array, std::int64_t begin, std::int64_t rows)
      : array_(array), first_(array.offset + begin), rows_(rows) {}

  std::int64_t rows() const { return rows_; }
  const ArrowArray& array() const { return array_; }

  /// False where the bitmap says null; without a bitmap there are none.
  bool IsValid(std::int64_t row) const { return array_.buffers[0] == nullptr || GetBit(0, row); }
  bool GetBit(std::int64_t buffer, std::int64_t row) const {
    const std::int64_t i = first_ + row;
    const auto* const bytes = static_cast<const std::uint8_t*>(array_.buffers[buffer]);
    return (bytes[i / 8] >> (i % 8) & 1) != 0;
  }
  /// Entry `row` of a buffer of T; offsets have one more than there are rows.
  template <typename T>
  T Get(std::int64_t buffer, std::int64_t row) const {
    T value;
    std::memcpy(&value,
                static_cast<const char*>(array_.buffers[buffer]) +
                    (first_ + row) * static_cast<std::int64_t>(sizeof(T)),
                sizeof(T));
    return value;
  }

 private:
  const ArrowArray& array_;
  std::int64_t first_;
  std::int64_t rows_;
};

}  // namespace reeve::capi
