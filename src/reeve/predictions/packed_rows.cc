#include "reeve/predictions/packed_rows.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "reeve/predictions/block.h"
#include "reeve/predictions/bytes.h"
#include "reeve/predictions/packed_numbers.h"
#include "reeve/predictions/packed_texts.h"
#include "reeve/predictions/row_chunk.h"

namespace reeve::predictions {
namespace {

using contract::Cell;

// Behind it stands one kind for each row; any other value is the kind of all rows.
constexpr std::uint8_t kMixed = 255;
constexpr auto kText = static_cast<std::uint8_t>(Cell::Kind::kText);
constexpr auto kMissing = static_cast<std::uint8_t>(Cell::Kind::kMissing);

constexpr std::size_t kMostRequestId = 256;
constexpr std::size_t kMostTextBytes = 16U << 20;
// Texts of a block in memory: more than CanPack lets through, and no more than a plain block holds.
constexpr std::size_t kMostUnpackedTexts = kMostPayloadBytes;
constexpr std::size_t kMostSmallClasses = 256;

// The second of two probabilities tells the first: 1 - p, to the bit.
enum ProbabilityForm : std::uint8_t { kAll = 0, kOfTheLast = 1 };

std::size_t TextBytes(const ScoredCall& call, std::size_t begin, std::size_t end) {
  std::size_t bytes = 0;
  for (std::size_t f = 0; f < call.cells->fields(); ++f) {
    const auto kinds = call.cells->kinds(f);
    const auto texts = call.cells->texts(f);
    for (std::size_t row = begin; row < end; ++row)
      bytes += kinds[row] == Cell::Kind::kText ? texts[row].size() : 0;
  }
  for (std::size_t row = begin; row < std::min(end, call.keys.size()); ++row)
    bytes += call.keys[row].size();
  return bytes;
}

void PackPredicted(const ScoredCall& call, std::size_t begin, std::size_t end, std::string& out) {
  const bool is_small = call.contract->classes.size() <= kMostSmallClasses;
  for (const std::int32_t predicted : call.predicted.subspan(begin, end - begin)) {
    if (is_small) {
      out += static_cast<char>(predicted);
    } else {
      Put(out, predicted);
    }
  }
}

std::uint64_t Bits(double value) { return std::bit_cast<std::uint64_t>(value); }

void PackProbabilities(const ScoredCall& call, std::size_t begin, std::size_t end,
                       std::string& out) {
  const std::size_t classes = call.contract->classes.size();
  const double* const from = call.probabilities.data() + begin * classes;
  const std::size_t rows = end - begin;
  bool last_tells = classes == 2;
  for (std::size_t i = 0; last_tells && i < rows; ++i)
    last_tells = Bits(from[2 * i]) == Bits(1 - from[2 * i + 1]);
  Put<std::uint8_t>(out, last_tells ? kOfTheLast : kAll);
  for (std::size_t k = last_tells ? 1 : 0; k < classes; ++k) {
    const std::size_t at = out.size();
    out.resize(at + 8 * rows);
    for (std::size_t i = 0; i < rows; ++i)
      std::memcpy(out.data() + at + 8 * i, from + i * classes + k, 8);
  }
}

// Gives the bytes of texts that stand as they are.
std::size_t PackField(std::span<const Cell::Kind> kinds, std::span<const double> numbers,
                      std::span<const std::string_view> texts, std::string& out) {
  const bool is_uniform =
      std::adjacent_find(kinds.begin(), kinds.end(), std::not_equal_to<>()) == kinds.end();
  thread_local std::vector<double> some_numbers;
  thread_local std::vector<std::string_view> some_texts;
  if (is_uniform) {
    Put(out, static_cast<std::uint8_t>(kinds.front()));
    const bool has_numbers =
        kinds.front() == Cell::Kind::kNumber || kinds.front() == Cell::Kind::kBoolean;
    if (has_numbers) PackNumbers(numbers, out);
    return kinds.front() == Cell::Kind::kText ? PackTexts(texts, out) : 0;
  }
  Put(out, kMixed);
  some_numbers.clear();
  some_texts.clear();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    out += static_cast<char>(kinds[i]);
    if (kinds[i] == Cell::Kind::kText) {
      some_texts.push_back(texts[i]);
    } else if (kinds[i] != Cell::Kind::kMissing) {
      some_numbers.push_back(numbers[i]);
    }
  }
  if (!some_numbers.empty()) PackNumbers(some_numbers, out);
  return some_texts.empty() ? 0 : PackTexts(some_texts, out);
}

class Unpacker {
 public:
  Unpacker(std::string_view payload, std::uint32_t rows, const Schema& schema)
      : reader_(payload), rows_(rows), classes_(schema.contract.classes.size()) {
    columns_.Clear(schema);
  }

  // Null unless the payload is what it should be.
  RowColumns* Unpack() {
    const bool good = UnpackCall() && UnpackPredicted() && UnpackProbabilities() &&
                      std::all_of(columns_.fields.begin(), columns_.fields.end(),
                                  [&](FieldCells& field) { return UnpackField(field); });
    return good && reader_.left() == 0 ? &columns_ : nullptr;
  }

 private:
  bool UnpackCall() {
    std::int64_t time_ms = 0;
    std::uint32_t first = 0;
    std::uint8_t id_bytes = 0, has_keys = 0;
    std::string_view id;
    if (!reader_.Read(&time_ms) || !reader_.Read(&first) || !reader_.Read(&has_keys) ||
        has_keys > 1 || !reader_.Read(&id_bytes) || !reader_.Take(id_bytes, &id))
      return false;
    columns_.times_ms.assign(rows_, time_ms);
    columns_.rows.resize(rows_);
    std::iota(columns_.rows.begin(), columns_.rows.end(), first);
    for (std::uint32_t i = 0; i < rows_; ++i) columns_.request_ids.Add(id);
    if (has_keys == 1) return UnpackTexts(reader_, rows_, budget_, &columns_.keys);
    columns_.keys.lengths.assign(rows_, 0);
    return true;
  }

  bool UnpackPredicted() {
    if (classes_ <= kMostSmallClasses) {
      std::string_view bytes;
      if (!reader_.Take(rows_, &bytes)) return false;
      for (const char byte : bytes) columns_.predicted.push_back(static_cast<unsigned char>(byte));
    } else if (!reader_.ReadArray(rows_, &columns_.predicted)) {
      return false;
    }
    return std::all_of(columns_.predicted.begin(), columns_.predicted.end(),
                       [&](std::int32_t predicted) {
                         return predicted >= 0 && static_cast<std::size_t>(predicted) < classes_;
                       });
  }

  bool UnpackProbabilities() {
    std::uint8_t form = 0;
    if (!reader_.Read(&form) || form > kOfTheLast || (form == kOfTheLast && classes_ != 2))
      return false;
    for (std::size_t k = form == kOfTheLast ? 1 : 0; k < classes_; ++k) {
      if (!reader_.ReadArray(rows_, &columns_.probabilities[k])) return false;
    }
    if (form == kOfTheLast) {
      for (const double last : columns_.probabilities[1])
        columns_.probabilities[0].push_back(1 - last);
    }
    return true;
  }

  bool UnpackField(FieldCells& field) {
    std::uint8_t kind = 0;
    if (!reader_.Read(&kind)) return false;
    if (kind == kMixed) {
      if (!reader_.ReadArray(rows_, &field.kinds)) return false;
    } else {
      field.kinds.assign(rows_, kind);
    }
    if (std::any_of(field.kinds.begin(), field.kinds.end(),
                    [](std::uint8_t k) { return k > kText; }))
      return false;
    const auto texts =
        static_cast<std::size_t>(std::count(field.kinds.begin(), field.kinds.end(), kText));
    const auto missing =
        static_cast<std::size_t>(std::count(field.kinds.begin(), field.kinds.end(), kMissing));
    const std::size_t numbers = rows_ - texts - missing;
    return (numbers == 0 || UnpackNumbers(reader_, numbers, &field.numbers)) &&
           (texts == 0 || UnpackTexts(reader_, texts, budget_, &field.texts));
  }

  ByteReader reader_;
  const std::uint32_t rows_;
  const std::size_t classes_;
  std::size_t budget_ = kMostUnpackedTexts;
  RowColumns columns_;
};

}  // namespace

bool CanPack(const ScoredCall& call, std::size_t begin, std::size_t end) {
  const std::size_t rows = end - begin;
  const std::size_t width = call.contract->columns.size() + call.contract->classes.size();
  if (rows < kFewestPackedRows || rows > kMostPackedRows || rows > kMostPackedValues / width ||
      call.request_id.size() >= kMostRequestId || TextBytes(call, begin, end) > kMostTextBytes)
    return false;
  for (std::size_t row = begin; row < end; ++row) {
    if (!IsUsable(call, row)) return false;
  }
  return true;
}

bool PackRows(const ScoredCall& call, std::size_t begin, std::size_t end, std::string& out) {
  const std::size_t rows = end - begin;
  Put(out, call.time_ms);
  Put(out, static_cast<std::uint32_t>(begin));
  Put<std::uint8_t>(out, call.keys.empty() ? 0 : 1);
  Put(out, static_cast<std::uint8_t>(call.request_id.size()));
  out.append(call.request_id);
  std::size_t plain = 0;
  if (!call.keys.empty()) plain += PackTexts(call.keys.subspan(begin, rows), out);
  PackPredicted(call, begin, end, out);
  PackProbabilities(call, begin, end, out);
  for (std::size_t f = 0; f < call.cells->fields(); ++f) {
    plain += PackField(call.cells->kinds(f).subspan(begin, rows),
                       call.cells->numbers(f).subspan(begin, rows),
                       call.cells->texts(f).subspan(begin, rows), out);
  }
  return 2 * plain > out.size();
}

Result<RowColumns> UnpackRows(std::string_view payload, std::uint32_t rows, const Schema& schema) {
  const std::size_t width = schema.contract.classes.size() + schema.contract.columns.size();
  const bool fits = rows > 0 && rows <= kMostPackedRows && rows <= kMostPackedValues / width;
  Unpacker unpacker(payload, fits ? rows : 0, schema);
  RowColumns* const columns = fits ? unpacker.Unpack() : nullptr;
  if (columns == nullptr)
    return Status::Corrupt("a block of packed rows is not what its head says");
  columns->bytes = payload.size();
  return std::move(*columns);
}

}  // namespace reeve::predictions
