#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/status.h"

namespace reeve::inference {

static_assert(std::endian::native == std::endian::little,
              "model.reeve is written as memory stands");

/// Appends numbers as model.reeve has them: little-endian, no padding.
class ByteWriter {
 public:
  template <typename T>
  void Value(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// The elements alone.
  template <typename T>
  void Elements(const std::vector<T>& values) {
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  /// Count (u64), then the elements.
  template <typename T>
  void Array(const std::vector<T>& values) {
    Value<std::uint64_t>(values.size());
    Elements(values);
  }
  void Text(std::string_view text) { bytes_.append(text); }
  std::size_t size() const { return bytes_.size(); }
  /// Writes over what stands at `at`. REQUIRES: it fits before the end.
  template <typename T>
  void Overwrite(std::size_t at, T value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads from hostile bytes: never past the end, never takes more memory than there are bytes for.
/// Fails with kCorrupt.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  Status Value(T& value) {
    if (bytes_.size() < sizeof value) return Short();
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return Status::Ok();
  }
  /// `count` elements.
  template <typename T>
  Status Elements(std::uint64_t count, std::vector<T>& values) {
    if (count > bytes_.size() / sizeof(T)) return Short();
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
    return Status::Ok();
  }
  /// A count (u64) and as many elements.
  template <typename T>
  Status Array(std::vector<T>& values) {
    std::uint64_t count = 0;
    REEVE_RETURN_IF_ERROR(Value(count));
    return Elements(count, values);
  }
  /// `count` bytes where they are.
  Status Bytes(std::uint64_t count, std::string_view& bytes) {
    if (count > bytes_.size()) return Short();
    bytes = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return Status::Ok();
  }
  std::string_view rest() const { return bytes_; }

 private:
  static Status Short() { return Status::Corrupt("model: the file ends too early"); }
  std::string_view bytes_;
};

}  // namespace reeve::inference
