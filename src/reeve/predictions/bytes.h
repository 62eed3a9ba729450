#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::predictions {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

/// Appends a number's bytes, little-endian, to a string or a ByteBuffer.
template <typename T, typename Out>
void Put(Out& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

/// Takes numbers off the front of bytes that nobody vouches for: every call says whether there was
/// enough left, and takes no memory before it knows.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size(); }
  bool Take(std::uint64_t count, std::string_view* bytes) {
    if (count > bytes_.size()) return false;
    *bytes = bytes_.substr(0, static_cast<std::size_t>(count));
    bytes_.remove_prefix(static_cast<std::size_t>(count));
    return true;
  }
  template <typename T>
  bool Read(T* value) {
    std::string_view bytes;
    if (!Take(sizeof(T), &bytes)) return false;
    std::memcpy(value, bytes.data(), sizeof(T));
    return true;
  }
  template <typename T>
  bool ReadArray(std::uint64_t count, std::vector<T>* values) {
    std::string_view bytes;
    if (count > left() / sizeof(T) || !Take(count * sizeof(T), &bytes)) return false;
    values->resize(static_cast<std::size_t>(count));
    if (!bytes.empty()) std::memcpy(values->data(), bytes.data(), bytes.size());
    return true;
  }

 private:
  std::string_view bytes_;
};

template <typename T, typename Out>
void PutArray(Out& out, std::span<const T> values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

/// Values of eight bytes as eight planes: the lowest byte of each, then the second of each …  Times
/// and amounts share their high bytes, which then stand side by side and compress to nothing.
template <typename T>
void PutPlanes(std::string& out, std::span<const T> values) {
  static_assert(sizeof(T) == 8);
  const std::size_t start = out.size(), count = values.size();
  out.resize(start + count * 8);
  for (std::size_t i = 0; i < count; ++i) {
    char bytes[8];
    std::memcpy(bytes, &values[i], 8);
    for (std::size_t plane = 0; plane < 8; ++plane) out[start + plane * count + i] = bytes[plane];
  }
}

template <typename T>
bool ReadPlanes(ByteReader& reader, std::uint64_t count, std::vector<T>* values) {
  static_assert(sizeof(T) == 8);
  std::string_view planes;
  if (count > reader.left() / 8 || !reader.Take(count * 8, &planes)) return false;
  const auto size = static_cast<std::size_t>(count);
  values->resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    char bytes[8];
    for (std::size_t plane = 0; plane < 8; ++plane) bytes[plane] = planes[plane * size + i];
    std::memcpy(&(*values)[i], bytes, 8);
  }
  return true;
}

}  // namespace reeve::predictions
