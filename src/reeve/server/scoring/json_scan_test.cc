#include "reeve/server/scoring/json_scan.h"

#include <bit>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/server/scoring/json_cursor.h"

namespace reeve::server {
namespace {

std::string RandomNumber(Random& random) {
  const auto digits = [&](std::uint64_t most) {
    std::string text;
    const std::uint64_t count = random.Below(most + 1);
    for (std::uint64_t i = 0; i < count; ++i) text += static_cast<char>('0' + random.Below(10));
    return text;
  };
  std::string text = random.Below(4) == 0 ? "-" : "";
  text += digits(10);
  if (random.Below(2) == 0) text += "." + digits(9);
  if (random.Below(8) == 0) text += "e" + digits(2);
  return text;
}

// The cursor reads the last bytes of a body without looking ahead: digit by digit.
TEST(JsonScanTest, NumbersAreTheVeryDoublesOfTheCursor) {
  Random random(7);
  int plain = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = RandomNumber(random);
    double scanned = 0, read = 0;
    bool overflows = false;
    const std::string body = text + ",                    ";
    const char* const behind = ScanNumber(body.data(), body.data() + body.size(), scanned);
    if (behind == nullptr) continue;
    ++plain;
    JsonCursor cursor(text);
    ASSERT_TRUE(cursor.ReadNumber(read, overflows)) << text;
    ASSERT_TRUE(cursor.TakeEnd()) << text;
    ASSERT_EQ(behind, body.data() + text.size()) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(scanned), std::bit_cast<std::uint64_t>(read)) << text;
  }
  EXPECT_GT(plain, 50'000);
}

TEST(JsonScanTest, NothingIsReadBehindTheEnd) {
  double number = 0;
  for (std::size_t size = 0; size < 19; ++size) {
    const std::string body(size, '1');
    EXPECT_EQ(ScanNumber(body.data(), body.data() + size, number), nullptr);
  }
}

TEST(JsonScanTest, PlainTextEndsAtQuotesBackslashesAndControlCharacters) {
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (const char c : {'"', '\\', '\n', '\0', '\x1F', ' ', '\x7F', '\x80', '\xFF'}) {
        std::string text(size, 'a');
        if (at < size) text[at] = c;
        const bool ends =
            at < size && (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32);
        EXPECT_EQ(SkipPlainText(text.data(), text.data() + size), text.data() + (ends ? at : size));
      }
    }
  }
}

TEST(JsonScanTest, TextsEndAtTheirQuoteUnlessTheyAreOdd) {
  Random random(8);
  constexpr std::string_view kBytes = "abcdefghijklmnopqrstuvwx\xC3\xA9\x7F\"\"\\\n";
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    const std::uint64_t length = random.Below(50);
    for (std::uint64_t k = 0; k < length; ++k) text += kBytes[random.Below(kBytes.size())];
    const char* const end = text.data() + text.size();
    const char* const plain = SkipPlainText(text.data(), end);
    contract::TextHead head;
    const char* const quote = ScanText(text.data(), end, head);
    ASSERT_EQ(quote, plain < end && *plain == '"' ? plain : nullptr) << text;
    if (quote == nullptr) continue;
    const std::string_view found(text.data(), static_cast<std::size_t>(quote - text.data()));
    ASSERT_EQ(head, contract::TextHead::Of(found)) << text;
  }
}

TEST(JsonScanTest, StandsAtComparesEveryByte) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>('a' + i % 26);
    const std::string text = bytes + "tail";
    const char* const end = text.data() + text.size();
    EXPECT_TRUE(StandsAt(text.data(), end, bytes));
    const std::string padded = text + std::string(40, ' ');
    EXPECT_TRUE(BytePattern(bytes).StandsAt(text.data(), end));
    EXPECT_TRUE(BytePattern(bytes).StandsAt(padded.data(), padded.data() + padded.size()));
    EXPECT_FALSE(StandsAt(text.data() + 5, end, bytes + "tail") && size > 0);
    EXPECT_FALSE(StandsAt(text.data(), text.data() + size, bytes + "x"));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = bytes;
      other[i] = '!';
      EXPECT_FALSE(StandsAt(text.data(), end, other));
      EXPECT_FALSE(BytePattern(other).StandsAt(text.data(), end));
      EXPECT_FALSE(BytePattern(other).StandsAt(padded.data(), padded.data() + padded.size()));
    }
  }
}

}  // namespace
}  // namespace reeve::server
