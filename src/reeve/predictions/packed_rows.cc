#include "reeve/predictions/packed_rows.h"

#include <algorithm>
#include <bit>
#include <numeric>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "reeve/base/wide_loops.h"
#include "reeve/predictions/bytes.h"
#include "reeve/predictions/cell_kinds.h"
#include "reeve/predictions/packed_numbers.h"
#include "reeve/predictions/packed_texts.h"

namespace reeve::predictions {
namespace {

using contract::Cell;

constexpr std::size_t kMostRequestId = 256;
// Texts of a block in memory: more than the writer lets through (kMostPackedBytes of plain ones,
// kMostPackedValues short ones that return), and no more than a plain block holds.
constexpr std::size_t kMostUnpackedTexts = kMostPayloadBytes;
constexpr std::size_t kMostSmallClasses = 256;

// The second of two probabilities tells the first: 1 - p, to the bit.
enum ProbabilityForm : std::uint8_t { kAll = 0, kOfTheLast = 1 };

void PackPredicted(const ScoredCall& call, std::size_t begin, std::size_t end, ByteBuffer& out) {
  const auto predicted = call.predicted.subspan(begin, end - begin);
  PutDistances(predicted, 0, call.contract->classes.size() > kMostSmallClasses ? 4 : 1, out);
}

// Whether that holds for pairs of probabilities.
REEVE_LOOP bool LastTells(const double* pairs, std::size_t rows) {
  std::uint64_t different = 0;
  for (std::size_t i = 0; i < rows; ++i)
    different |= std::bit_cast<std::uint64_t>(pairs[2 * i]) ^
                 std::bit_cast<std::uint64_t>(1 - pairs[2 * i + 1]);
  return different == 0;
}

// Numbers that stand `stride` apart.
REEVE_LOOP void CopyApart(const double* from, std::size_t count, std::size_t stride, char* to) {
  for (std::size_t i = 0; i < count; ++i) std::memcpy(to + 8 * i, from + i * stride, 8);
}

void PackProbabilities(const ScoredCall& call, std::size_t begin, std::size_t end,
                       ByteBuffer& out) {
  const std::size_t classes = call.contract->classes.size();
  const double* const from = call.probabilities.data() + begin * classes;
  const std::size_t rows = end - begin;
  const bool last_tells = classes == 2 && RunLoop<LastTells>(from, rows);
  Put<std::uint8_t>(out, last_tells ? kOfTheLast : kAll);
  for (std::size_t k = last_tells ? 1 : 0; k < classes; ++k) {
    RunLoop<CopyApart>(from + k, rows, classes, out.Extend(8 * rows));
  }
}

// One column of the rows that are packed.
struct FieldPart {
  std::span<const Cell::Kind> kinds;
  std::span<const double> numbers;
  TextPart texts;
};

FieldPart PartOf(const ScoredCall& call, std::size_t field, std::size_t begin, std::size_t rows) {
  FieldPart part{.kinds = call.cells->kinds(field).subspan(begin, rows),
                 .numbers = call.cells->numbers(field).subspan(begin, rows),
                 .texts = {.texts = call.cells->texts(field).subspan(begin, rows),
                           .heads = call.cells->heads(field).subspan(begin, rows)}};
  if (call.read.empty()) return part;
  const ReadTexts& read = call.read[field];
  const std::size_t all = call.cells->rows();
  if (read.codes.size() == all) part.texts.read.codes = read.codes.subspan(begin, rows);
  if (read.dates.size() == all) part.texts.read.dates = read.dates.subspan(begin, rows);
  return part;
}

// Sets of kinds, a bit for each.
constexpr unsigned SetOf(Cell::Kind kind) { return 1U << static_cast<unsigned>(kind); }
constexpr unsigned kTexts = SetOf(Cell::Kind::kText);
// Whatever has a number.
constexpr unsigned kNumbers = ~(kTexts | SetOf(Cell::Kind::kMissing));

REEVE_LOOP unsigned KindsOf(const Cell::Kind* kinds, std::size_t count) {
  unsigned set = 0;
  for (std::size_t i = 0; i < count; ++i) set |= SetOf(kinds[i]);
  return set;
}

// Gives the bytes of texts that stand as they are.
std::size_t PackUniform(const FieldPart& part, ByteBuffer& out) {
  Put(out, static_cast<std::uint8_t>(part.kinds.front()));
  switch (part.kinds.front()) {
    case Cell::Kind::kMissing:
      return 0;
    case Cell::Kind::kText:
      return PackTexts(part.texts, out);
    default:
      PackNumbers(part.numbers, out);
      return 0;
  }
}

// Puts down each value, and the next one over it where its kind is none of the set; gives how many
// count.
template <typename T>
std::size_t Keep(const T* values, const Cell::Kind* kinds, std::size_t rows, unsigned set, T* to) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    to[count] = values[i];
    count += (set & SetOf(kinds[i])) != 0 ? 1 : 0;
  }
  return count;
}

#ifdef REEVE_WIDE
// The same, eight at a time: no compiler makes this of the loop.
REEVE_WIDE std::size_t KeepWide(const double* values, const Cell::Kind* kinds, std::size_t rows,
                                unsigned set, double* to) {
  std::size_t count = 0, i = 0;
  for (; i + 8 <= rows; i += 8) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kinds + i));
    const __m512i sets = _mm512_sllv_epi64(_mm512_set1_epi64(1), _mm512_cvtepu8_epi64(bytes));
    const __mmask8 counts = _mm512_test_epi64_mask(sets, _mm512_set1_epi64(set));
    const __m512d kept = _mm512_maskz_compress_pd(counts, _mm512_loadu_pd(values + i));
    _mm512_storeu_pd(to + count, kept);
    count += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(counts)));
  }
  return count + Keep<double>(values + i, kinds + i, rows - i, set, to + count);
}

std::size_t Keep(const double* values, const Cell::Kind* kinds, std::size_t rows, unsigned set,
                 double* to) {
  return HasWideVectors() ? KeepWide(values, kinds, rows, set, to)
                          : Keep<double>(values, kinds, rows, set, to);
}
#endif

// The values of cells of these kinds, without those between them.
template <unsigned kSet, typename T>
std::span<const T> ValuesOf(std::span<const T> values, std::span<const Cell::Kind> kinds,
                            std::vector<T>& memory) {
  if (values.empty()) return {};
  if (memory.size() < kinds.size()) memory.resize(kinds.size());
  const std::size_t count = Keep(values.data(), kinds.data(), kinds.size(), kSet, memory.data());
  return std::span<const T>(memory).first(count);
}

std::size_t PackSomeTexts(const TextPart& part, std::span<const Cell::Kind> kinds,
                          ByteBuffer& out) {
  thread_local std::vector<std::string_view> text_memory;
  thread_local std::vector<contract::TextHead> head_memory;
  thread_local std::vector<std::int32_t> code_memory;
  thread_local std::vector<double> date_memory;
  TextPart some{.texts = ValuesOf<kTexts>(part.texts, kinds, text_memory)};
  // Texts that have codes are no dates.
  if (part.read.codes.empty()) {
    some.heads = ValuesOf<kTexts>(part.heads, kinds, head_memory);
    some.read.dates = ValuesOf<kTexts>(part.read.dates, kinds, date_memory);
  } else {
    some.read.codes = ValuesOf<kTexts>(part.read.codes, kinds, code_memory);
  }
  return PackTexts(some, out);
}

// The same as PackUniform for cells of several kinds.
std::size_t PackMixed(const FieldPart& part, unsigned set, ByteBuffer& out) {
  thread_local std::vector<double> number_memory;
  Put(out, kMixed);
  out.append(reinterpret_cast<const char*>(part.kinds.data()), part.kinds.size());
  if ((set & kNumbers) != 0)
    PackNumbers(ValuesOf<kNumbers>(part.numbers, part.kinds, number_memory), out);
  return (set & kTexts) != 0 ? PackSomeTexts(part.texts, part.kinds, out) : 0;
}

// The same.
std::size_t PackField(const FieldPart& part, ByteBuffer& out) {
  const unsigned set = RunLoop<KindsOf>(part.kinds.data(), part.kinds.size());
  return std::has_single_bit(set) ? PackUniform(part, out) : PackMixed(part, set, out);
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
      call.request_id.size() >= kMostRequestId)
    return false;
  const auto [least, most] = RangeOf(call.predicted.subspan(begin, rows));
  return least >= 0 && static_cast<std::size_t>(most) < call.contract->classes.size();
}

bool PackRows(const ScoredCall& call, std::size_t begin, std::size_t end, ByteBuffer& out) {
  const std::size_t rows = end - begin;
  Put(out, call.time_ms);
  Put(out, static_cast<std::uint32_t>(begin));
  Put<std::uint8_t>(out, call.keys.empty() ? 0 : 1);
  Put(out, static_cast<std::uint8_t>(call.request_id.size()));
  out.append(call.request_id);
  std::size_t plain = 0;
  if (!call.keys.empty()) plain += PackTexts({.texts = call.keys.subspan(begin, rows)}, out);
  PackPredicted(call, begin, end, out);
  PackProbabilities(call, begin, end, out);
  for (std::size_t f = 0; f < call.cells->fields(); ++f)
    plain += PackField(PartOf(call, f, begin, rows), out);
  return 2 * plain > out.size();
}

BlockHead PackedHead(const Schema& schema, std::int64_t time_ms, std::uint32_t rows) {
  return {.kind = BlockKind::kPackedRows,
          .schema = schema.id,
          .rows = rows,
          .min_ms = time_ms,
          .max_ms = time_ms};
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
