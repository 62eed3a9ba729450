#include "reeve/predictions/packed_numbers.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "reeve/base/wide_loops.h"

namespace reeve::predictions {
namespace {

constexpr std::uint8_t kDoubles = 8;

// The numbers as integers, and their range; false unless all of them are such, of 32 bits.
REEVE_LOOP bool ReadWhole(const double* numbers, std::size_t count, std::int32_t* whole,
                          WholeRange* range) {
  constexpr double kLimit = 2147483647.0;
  std::uint64_t different = 0;
  std::int32_t least = std::numeric_limits<std::int32_t>::max(), most = -least;
  for (std::size_t i = 0; i < count; ++i) {
    const double number = numbers[i];
    // Written so that NaN becomes 0, which then is different.
    const double bounded = number > -kLimit && number < kLimit ? number : 0.0;
    const auto integer = static_cast<std::int32_t>(bounded);
    different |= std::bit_cast<std::uint64_t>(static_cast<double>(integer)) ^
                 std::bit_cast<std::uint64_t>(number);
    whole[i] = integer;
    least = std::min(least, integer);
    most = std::max(most, integer);
  }
  *range = {least, most};
  return different == 0;
}

REEVE_LOOP WholeRange FindRange(const std::int32_t* whole, std::size_t count) {
  WholeRange range{whole[0], whole[0]};
  for (std::size_t i = 1; i < count; ++i) {
    range.least = std::min(range.least, whole[i]);
    range.most = std::max(range.most, whole[i]);
  }
  return range;
}

template <typename T>
REEVE_LOOP void WriteDistances(const std::int32_t* whole, std::size_t count, std::int32_t least,
                               char* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto distance =
        static_cast<T>(static_cast<std::uint32_t>(whole[i]) - static_cast<std::uint32_t>(least));
    std::memcpy(to + i * sizeof(T), &distance, sizeof(T));
  }
}

template <typename T>
bool ReadDistances(ByteReader& reader, std::size_t count, std::int32_t least,
                   std::vector<double>* numbers) {
  std::vector<T> distances;
  if (!reader.ReadArray(count, &distances)) return false;
  numbers->reserve(count);
  for (const T distance : distances)
    numbers->push_back(static_cast<double>(least) + static_cast<double>(distance));
  return true;
}

}  // namespace

WholeRange RangeOf(std::span<const std::int32_t> whole) {
  return RunLoop<FindRange>(whole.data(), whole.size());
}

void PutDistances(std::span<const std::int32_t> whole, std::int32_t least, std::size_t bytes,
                  ByteBuffer& out) {
  char* const to = out.Extend(whole.size() * bytes);
  if (bytes == 1) RunLoop<WriteDistances<std::uint8_t>>(whole.data(), whole.size(), least, to);
  if (bytes == 2) RunLoop<WriteDistances<std::uint16_t>>(whole.data(), whole.size(), least, to);
  if (bytes == 4) RunLoop<WriteDistances<std::uint32_t>>(whole.data(), whole.size(), least, to);
}

void PackNumbers(std::span<const double> numbers, ByteBuffer& out) {
  thread_local std::vector<std::int32_t> memory;
  if (memory.size() < numbers.size()) memory.resize(numbers.size());
  const std::span<std::int32_t> whole = std::span(memory).first(numbers.size());
  WholeRange range;
  if (numbers.empty() ||
      !RunLoop<ReadWhole>(numbers.data(), numbers.size(), whole.data(), &range)) {
    Put(out, kDoubles);
    PutArray<double>(out, numbers);
    return;
  }
  const auto distance =
      static_cast<std::uint32_t>(range.most) - static_cast<std::uint32_t>(range.least);
  const std::uint8_t bytes = distance == 0 ? 0 : distance <= 0xFF ? 1 : distance <= 0xFFFF ? 2 : 4;
  Put(out, bytes);
  Put(out, range.least);
  if (bytes > 0) PutDistances(whole, range.least, bytes, out);
}

bool UnpackNumbers(ByteReader& reader, std::size_t count, std::vector<double>* numbers) {
  std::uint8_t bytes = 0;
  std::int32_t least = 0;
  if (!reader.Read(&bytes)) return false;
  if (bytes == kDoubles) return reader.ReadArray(count, numbers);
  if (!reader.Read(&least)) return false;
  switch (bytes) {
    case 0:
      numbers->assign(count, least);
      return true;
    case 1:
      return ReadDistances<std::uint8_t>(reader, count, least, numbers);
    case 2:
      return ReadDistances<std::uint16_t>(reader, count, least, numbers);
    case 4:
      return ReadDistances<std::uint32_t>(reader, count, least, numbers);
    default:
      return false;
  }
}

}  // namespace reeve::predictions
