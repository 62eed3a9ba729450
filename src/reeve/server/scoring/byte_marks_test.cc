#include "reeve/server/scoring/byte_marks.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::server {
namespace {

void ExpectMarks(const std::string& bytes, const ByteMarks& marks) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t word = i / ByteMarks::kBytes;
    ASSERT_EQ(marks.words[word] >> (i % ByteMarks::kBytes) & 1, bytes[i] == '}' ? 1U : 0U) << i;
    ASSERT_EQ(marks.some >> word & 1, marks.words[word] != 0 ? 1U : 0U) << i;
  }
}

TEST(ByteMarksTest, EveryFormMarksWhereTheByteStands) {
  Random random(3);
  for (std::size_t words = 0; words <= ByteMarks::kWords; ++words) {
    std::string bytes(words * ByteMarks::kBytes, 'a');
    for (std::size_t i = 0; i < words; ++i) bytes[random.Below(bytes.size())] = '}';
    ByteMarks marks;
    MarkBytePlainly(bytes.data(), words, '}', marks);
    ExpectMarks(bytes, marks);
    ASSERT_EQ(words == 0 ? marks.some : 0, 0U);
    marks = {};
    MarkByte(bytes.data(), words, '}', marks);
    ExpectMarks(bytes, marks);
  }
}

TEST(ByteMarksTest, PlacesComeInTheirOrderUntilTheVisitorHasEnough) {
  const std::vector<std::size_t> wanted = {0, 1, 63, 130, 191};
  std::string bytes(3 * ByteMarks::kBytes, 'a');
  for (const std::size_t place : wanted) bytes[place] = '}';
  ByteMarks marks;
  MarkByte(bytes.data(), 3, '}', marks);
  std::vector<std::size_t> places;
  const auto visit = [&](std::size_t place) {
    places.push_back(place);
    return place != 130;
  };
  EXPECT_FALSE(marks.ForEach(visit));
  EXPECT_EQ(places, std::vector<std::size_t>(wanted.begin(), wanted.end() - 1));
  EXPECT_TRUE(marks.ForEach([](std::size_t) { return true; }));
}

}  // namespace
}  // namespace reeve::server
