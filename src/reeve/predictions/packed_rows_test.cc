#include "reeve/predictions/packed_rows.h"

#include <bit>
#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/contract/typing.h"
#include "reeve/predictions/test_rows.h"

namespace reeve::predictions {
namespace {

constexpr std::int64_t kNoon = 1'773'403'200'000;

// A value as callers send it: `style` is chosen once for a column, so that columns of one kind, and
// of several, occur.
contract::Cell RandomCell(Random& random, std::uint64_t style, std::deque<std::string>& texts) {
  const auto text = [&](std::string value) { return Text(texts.emplace_back(std::move(value))); };
  switch (random.Below(20) == 0 && style >= 16 ? random.Below(12) : style % 12) {
    case 0:
      return Number(static_cast<double>(random.Below(100)));
    case 1:
      return Number(-40'000 + static_cast<double>(random.Below(60'000)));
    case 2:
      return Number(static_cast<double>(random.Below(1ULL << 32)) - 2147483648.0);
    case 3:
      return Number(random.Normal());
    case 4:
      return Number(random.Below(2) == 0 ? -0.0 : 1e300);
    case 5:
      return Boolean(random.Below(2) == 1);
    case 6:
      return text(random.Below(2) == 0 ? "self-employed" : "public");
    case 7:
      return text("text " + std::to_string(random.Next()));
    case 8:
      return text("20" + std::to_string(10 + random.Below(30)) + "-0" +
                  std::to_string(1 + random.Below(9)) + "-1" + std::to_string(random.Below(9)));
    case 9:
      return text(std::string(random.Below(40), 'a'));
    case 10:
      return text(random.Below(2) == 0 ? "0000-01-01" : "2024-02-30");
    default:
      return {};
  }
}

std::uint64_t Bits(double value) { return std::bit_cast<std::uint64_t>(value); }

void ExpectSame(const RowColumns& columns, const ScoredCall& call, std::size_t begin,
                std::size_t end) {
  ASSERT_EQ(columns.size(), end - begin);
  const auto keys = columns.keys.Views(), ids = columns.request_ids.Views();
  const std::size_t classes = call.contract->classes.size();
  for (std::size_t row = begin; row < end; ++row) {
    const std::size_t i = row - begin;
    EXPECT_EQ(columns.times_ms[i], call.time_ms);
    EXPECT_EQ(columns.rows[i], row);
    EXPECT_EQ(columns.predicted[i], call.predicted[row]);
    EXPECT_EQ(ids[i], call.request_id);
    EXPECT_EQ(keys[i], call.keys.empty() ? std::string_view() : call.keys[row]);
    for (std::size_t k = 0; k < classes; ++k)
      EXPECT_EQ(Bits(columns.probabilities[k][i]), Bits(call.probabilities[row * classes + k]));
  }
  for (std::size_t f = 0; f < call.cells->fields(); ++f) {
    const FieldCells& field = columns.fields[f];
    const auto texts = field.texts.Views();
    std::size_t next_text = 0, next_number = 0;
    for (std::size_t row = begin; row < end; ++row) {
      const contract::Cell cell = call.cells->At(row, f);
      ASSERT_EQ(field.kinds[row - begin], static_cast<std::uint8_t>(cell.kind));
      if (cell.kind == contract::Cell::Kind::kText) {
        ASSERT_EQ(texts[next_text++], cell.text);
      } else if (cell.kind != contract::Cell::Kind::kMissing) {
        ASSERT_EQ(Bits(field.numbers[next_number++]), Bits(cell.number));
      }
    }
  }
}

// What a scorer tells about the texts of a call.
class ToldTexts {
 public:
  explicit ToldTexts(const contract::CellColumns& cells)
      : codes_(cells.fields()), dates_(cells.fields()) {
    for (std::size_t f = 0; f < cells.fields(); ++f) {
      std::map<std::string_view, std::int32_t> code_of;
      for (std::size_t row = 0; row < cells.rows(); ++row) {
        const contract::Cell cell = cells.At(row, f);
        const bool is_text = cell.kind == contract::Cell::Kind::kText;
        const auto code = static_cast<std::int32_t>(code_of.size());
        codes_[f].push_back(is_text ? code_of.emplace(cell.text, code).first->second : -1);
        dates_[f].push_back(contract::ReadDatetime(cell.text).value_or(kMissingNumber));
      }
      read_.push_back({.codes = f % 2 == 0 ? std::span<const std::int32_t>(codes_[f])
                                           : std::span<const std::int32_t>(),
                       .dates = dates_[f]});
    }
  }
  std::span<const ReadTexts> read() const { return read_; }

 private:
  std::vector<std::vector<std::int32_t>> codes_;
  std::vector<std::vector<double>> dates_;
  std::vector<ReadTexts> read_;
};

TEST(PackedRowsTest, GiveBackWhatWasPackedBitForBit) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    contract::Contract contract;
    const std::size_t fields = 1 + random.Below(12);
    std::vector<std::uint64_t> styles;
    for (std::size_t f = 0; f < fields; ++f) {
      contract.columns.push_back({.name = "f" + std::to_string(f)});
      styles.push_back(random.Below(32));
    }
    contract.classes.resize(seed % 5 == 0 ? 300 : 2 + random.Below(3));
    std::deque<std::string> texts;
    TestCall call(contract, "request " + std::to_string(seed), kNoon);
    const std::size_t rows = kFewestPackedRows + random.Below(600);
    std::vector<std::string_view> keys;
    for (std::size_t i = 0; i < rows; ++i) {
      std::vector<contract::Cell> cells;
      for (const std::uint64_t style : styles) cells.push_back(RandomCell(random, style, texts));
      call.Row(cells, static_cast<std::int32_t>(random.Below(contract.classes.size())),
               random.Uniform());
      keys.push_back(texts.emplace_back(std::to_string(i)));
    }
    if (seed % 3 == 0) call.Keys(keys);
    ScoredCall scored = call.Get();
    const ToldTexts told(*scored.cells);
    if (seed % 2 == 0) scored.read = told.read();
    const std::size_t begin = random.Below(rows - kFewestPackedRows + 1);
    if (!CanPack(scored, begin, rows)) continue;
    ByteBuffer packed;
    PackRows(scored, begin, rows, packed);
    const std::string payload(packed.view());
    const Schema schema{.contract = contract};
    const auto columns = UnpackRows(payload, static_cast<std::uint32_t>(rows - begin), schema);
    ASSERT_TRUE(columns.ok()) << columns.status().message();
    ExpectSame(*columns, scored, begin, rows);
    // Anything else about the size is refused.
    const auto count = static_cast<std::uint32_t>(rows - begin);
    EXPECT_FALSE(UnpackRows(payload + '\0', count, schema).ok());
    for (int i = 0; i < 20; ++i)
      EXPECT_FALSE(UnpackRows(std::string_view(payload).substr(0, random.Below(payload.size())),
                              count, schema)
                       .ok());
  }
}

TEST(PackedRowsTest, DamageIsRefusedOrReadWithinBounds) {
  const contract::Contract contract = LoanContract();
  TestCall call(contract, "r", kNoon);
  for (int i = 0; i < 100; ++i)
    call.Row({Number(i), Number(i / 7.0), Text(i % 2 == 0 ? "Graduate" : "None"),
              Text("2024-02-12"), Text("note")},
             1, 0.5);
  ByteBuffer packed;
  PackRows(call.Get(), 0, 100, packed);
  const std::string payload(packed.view());
  const Schema schema{.contract = contract};
  Random random(9);
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = payload;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Below(256));
    const auto columns = UnpackRows(damaged, 100, schema);
    if (columns.ok()) {
      EXPECT_EQ(columns->size(), 100U);
    }
  }
}

TEST(PackedRowsTest, WholeNumbersAndTextsThatReturnTakeFewBytes) {
  const contract::Contract contract = LoanContract();
  TestCall call(contract, "r", kNoon);
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    call.Row({Number(static_cast<double>(random.Below(200))),
              Number(static_cast<double>(random.Below(60'000))),
              Text(random.Below(2) == 0 ? "Graduate" : "None"),
              Text(random.Below(2) == 0 ? "2024-02-12" : "2025-12-31"),
              {}},
             1, random.Uniform());
  }
  ByteBuffer payload;
  EXPECT_FALSE(PackRows(call.Get(), 0, 1000, payload));
  // The class, the probability, and 1 + 2 + 1 + 2 bytes of fields.
  EXPECT_LT(payload.size(), 1000U * 15 + 100);
}

TEST(PackedRowsTest, RefusedRowsAndFewRowsAreNotPacked) {
  const contract::Contract contract = LoanContract();
  TestCall call(contract, "r", kNoon);
  for (int i = 0; i < 40; ++i) call.Row({Number(i)}, i == 30 ? -1 : 1, 0.5);
  EXPECT_TRUE(CanPack(call.Get(), 0, 30));
  EXPECT_FALSE(CanPack(call.Get(), 0, 40));
  EXPECT_FALSE(CanPack(call.Get(), 0, kFewestPackedRows - 1));
}

TEST(PackedRowsTest, TakeNoMemoryForRowsThatAreNotThere) {
  const Schema schema{.contract = LoanContract()};
  for (const std::uint32_t rows : {0U, 1U, 4096U, 4097U, 0xffffffffU})
    EXPECT_FALSE(UnpackRows(std::string(60, '\0'), rows, schema).ok());
}

}  // namespace
}  // namespace reeve::predictions
