#include "reeve/server/scoring/json_lanes.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/server/scoring/json_lanes_wide.h"

namespace reeve::server {
namespace {

// Values with what stands behind them, and so many bytes more as may be loaded.
class Values {
 public:
  explicit Values(const std::vector<std::string>& values) {
    for (const std::string& value : values) body_ += value + std::string(24, ',');
    const char* at = body_.data();
    for (const std::string& value : values) {
      at_.push_back(at);
      at += value.size() + 24;
    }
  }
  std::size_t rows() const { return at_.size(); }
  const char* const* at() const { return at_.data(); }
  const char* end() const { return body_.data() + body_.size(); }

 private:
  std::string body_;
  std::vector<const char*> at_;
};

// What the loops give for numbers.
struct Numbers {
  double numbers[kMostLanes];
  const char* behind[kMostLanes];
  LaneFlags flags;
};

// `run` is how a loop is run: in the form of all processors, or in the best one.
template <typename Wholes, typename Fractions>
Numbers ReadNumbers(const Values& values, Wholes wholes, Fractions fractions) {
  Numbers read;
  read.flags = wholes(values.at(), values.rows(), read.numbers, read.behind);
  read.flags.odd |= fractions(values.rows(), read.flags.fractions, read.numbers, read.behind);
  return read;
}

void ExpectLikeScan(const Values& values, const Numbers& read) {
  for (std::size_t row = 0; row < values.rows(); ++row) {
    const char* const at = values.at()[row];
    const std::string shown(at, 20);
    PlainValue value;
    const char* const behind = ScanValue(at, values.end(), value);
    if ((read.flags.missing >> row & 1) != 0) {
      EXPECT_EQ(value.cell.kind, contract::Cell::Kind::kMissing) << shown;
      EXPECT_EQ(read.behind[row], behind) << shown;
    } else if ((read.flags.odd >> row & 1) == 0) {
      // What ends no number is found when it is compared with what stands behind the value.
      if (behind == nullptr) {
        EXPECT_NE(std::string("0123456789.eE").find(*read.behind[row]), std::string::npos) << shown;
        continue;
      }
      EXPECT_EQ(value.cell.kind, contract::Cell::Kind::kNumber) << shown;
      EXPECT_EQ(read.behind[row], behind) << shown;
      EXPECT_EQ(std::bit_cast<std::uint64_t>(read.numbers[row]),
                std::bit_cast<std::uint64_t>(value.cell.number))
          << shown;
    }
  }
}

std::string Digits(Random& random, std::uint64_t most) {
  std::string digits;
  for (std::uint64_t left = random.Below(most + 1); left > 0; --left)
    digits += static_cast<char>('0' + random.Below(10));
  return digits;
}

std::string Number(Random& random) {
  if (random.Below(10) == 0) return random.Below(2) == 0 ? "null" : "nul";
  std::string text = (random.Below(4) == 0 ? "-" : "") + Digits(random, 9);
  if (random.Below(2) == 0) text += "." + Digits(random, 9);
  if (random.Below(20) == 0) text += "e" + Digits(random, 2);
  return text;
}

TEST(JsonLanesTest, NumbersAreThoseOfTheScanInEveryForm) {
  Random random(5);
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> texts;
    for (std::uint64_t rows = 1 + random.Below(kMostLanes); rows > 0; --rows)
      texts.push_back(Number(random));
    const Values values(texts);
    ExpectLikeScan(values, ReadNumbers(values, ReadWholesPlainly, ReadFractionsPlainly));
    ExpectLikeScan(values, ReadNumbers(values, ReadWholes, ReadFractions));
    if (HasFailure()) return;
  }
}

TEST(JsonLanesTest, PlainNumbersAreNotOdd) {
  const Values values({"0", "7", "-7", "1234567", "-123456", "0.5", "-0.25", "12.3456789", "null"});
  for (const Numbers& read : {ReadNumbers(values, ReadWholesPlainly, ReadFractionsPlainly),
                              ReadNumbers(values, ReadWholes, ReadFractions)}) {
    EXPECT_EQ(read.flags.odd, 0U);
    EXPECT_EQ(read.flags.missing, 1U << 8);
    EXPECT_EQ(read.numbers[7], 12.3456789);
  }
}

template <typename Texts>
void ExpectTexts(const Values& values, Texts read_texts) {
  contract::TextHead heads[kMostLanes];
  std::string_view texts[kMostLanes];
  const char* behind[kMostLanes];
  const LaneFlags flags = read_texts(values.at(), values.rows(), heads, texts, behind);
  for (std::size_t row = 0; row < values.rows(); ++row) {
    PlainValue value;
    const char* const scanned = ScanValue(values.at()[row], values.end(), value);
    const bool is_text = scanned != nullptr && value.cell.kind == contract::Cell::Kind::kText;
    const bool is_null = scanned != nullptr && value.cell.kind == contract::Cell::Kind::kMissing;
    EXPECT_EQ(flags.missing >> row & 1, is_null ? 1U : 0U);
    const bool is_odd = !is_null && !(is_text && value.cell.text.size() < 16);
    EXPECT_EQ(flags.odd >> row & 1, is_odd ? 1U : 0U) << std::string(values.at()[row], 20);
    if (is_odd) continue;
    EXPECT_EQ(behind[row], scanned);
    if (is_null) continue;
    EXPECT_EQ(texts[row].data(), value.cell.text.data());
    EXPECT_EQ(texts[row], value.cell.text);
    EXPECT_EQ(heads[row], value.head);
  }
}

TEST(JsonLanesTest, TextsAreThoseOfTheScanInEveryForm) {
  constexpr std::string_view kBytes("ab}\xC3\xA9\"\\\n\0\x1F\x80\xFF, ", 15);
  Random random(6);
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> texts;
    for (std::uint64_t rows = 1 + random.Below(kMostLanes); rows > 0; --rows) {
      // Mostly without what is odd.
      const std::uint64_t kinds = random.Below(4) == 0 ? kBytes.size() : 5;
      std::string text(random.Below(20), 'a');
      for (char& c : text) c = kBytes[random.Below(kinds)];
      texts.push_back(random.Below(10) == 0 ? "null" : "\"" + text + "\"");
    }
    const Values values(texts);
    ExpectTexts(values, ReadShortTextsPlainly);
    ExpectTexts(values, ReadShortTexts);
    if (HasFailure()) return;
  }
}

// `move` is MoveBehind in one of its forms.
template <typename MoveLoop>
void ExpectMoves(MoveLoop move) {
  constexpr std::size_t kRows = 9;
  const std::string body(80 + BytePattern::kBytes, ' ');
  const char* from[kMostLanes];
  const char* ends[kMostLanes];
  const char* at[kMostLanes] = {};
  for (std::size_t row = 0; row < kRows; ++row) {
    from[row] = body.data() + 10 * row;
    ends[row] = from[row] + 5;
  }
  EXPECT_EQ(move(BytePattern("    ,"), from, kRows, ends, at), Move::kNone);
  EXPECT_EQ(at[0], nullptr);
  EXPECT_EQ(move(BytePattern("     "), from, kRows, ends, at), Move::kAll);
  EXPECT_EQ(at[8], from[8] + 5);
  --ends[8];
  EXPECT_EQ(move(BytePattern("     "), from, kRows, ends, at), Move::kAllButSomeBeyondTheirEnd);
  // Any of the rows may be the one that is different, any byte that where it is.
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t size = 1; size <= BytePattern::kBytes; ++size) {
      std::string other(BytePattern::kBytes, ' ');
      from[row] = other.data();
      other[size - 1] = ',';
      const std::string blanks(BytePattern::kBytes, ' ');
      const auto pattern = [&](std::size_t bytes) {
        return BytePattern(std::string_view(blanks).substr(0, bytes));
      };
      EXPECT_EQ(move(pattern(size), from, kRows, ends, at), Move::kNone);
      EXPECT_NE(move(pattern(size - 1), from, kRows, ends, at), Move::kNone);
      from[row] = body.data() + 10 * row;
    }
  }
}

TEST(JsonLanesTest, PlacesMoveOnBehindAPatternInEveryForm) {
  ExpectMoves([](auto&&... args) { return MoveBehindPlainly(args...); });
  ExpectMoves([](auto&&... args) { return MoveBehind(args...); });
}

TEST(JsonLanesTest, PlacesMoveOnUnlessOneIsBeyondItsEnd) {
  const std::string body(30, ' ');
  const char* from[] = {body.data(), body.data() + 10};
  const char* ends[] = {from[0] + 5, from[1] + 5};
  const char* at[2];
  EXPECT_FALSE(MoveAll(from, 2, 5, ends, at));
  EXPECT_EQ(at[1], from[1] + 5);
  EXPECT_TRUE(MoveAll(from, 2, 6, ends, at));
}

}  // namespace
}  // namespace reeve::server
