#include "reeve/server/artifacts/byte_range.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

// "OFFSET+LENGTH", "whole" or "none".
std::string Read(std::string_view header, std::uint64_t size) {
  const auto range = ReadByteRange(header, size);
  switch (range.kind) {
    case ByteRange::Kind::kWhole:
      EXPECT_EQ(range.length, size);
      return "whole";
    case ByteRange::Kind::kUnsatisfiable:
      return "none";
    case ByteRange::Kind::kPart:
      EXPECT_LE(range.offset + range.length, size);
      EXPECT_GT(range.length, 0u);
      return std::to_string(range.offset) + "+" + std::to_string(range.length);
  }
  return "";
}

TEST(ByteRangeTest, ReadsOneRange) {
  EXPECT_EQ(Read("bytes=0-0", 100), "0+1");
  EXPECT_EQ(Read("bytes=10-19", 100), "10+10");
  EXPECT_EQ(Read("bytes=90-", 100), "90+10");
  EXPECT_EQ(Read("bytes=-10", 100), "90+10");
  EXPECT_EQ(Read("Bytes = 1 - 2 ", 100), "1+2");
}

TEST(ByteRangeTest, EndsWhereTheFileEnds) {
  EXPECT_EQ(Read("bytes=90-1000", 100), "90+10");
  EXPECT_EQ(Read("bytes=-1000", 100), "0+100");
  EXPECT_EQ(Read("bytes=0-99999999999999999999999", 100), "0+100");
}

TEST(ByteRangeTest, SaysWhenNothingOfItIsThere) {
  EXPECT_EQ(Read("bytes=100-", 100), "none");
  EXPECT_EQ(Read("bytes=99999999999999999999999-", 100), "none");
  EXPECT_EQ(Read("bytes=-0", 100), "none");
  EXPECT_EQ(Read("bytes=0-", 0), "none");
  EXPECT_EQ(Read("bytes=-5", 0), "none");
}

TEST(ByteRangeTest, IgnoresWhatItDoesNotUnderstand) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "rows=0-1",
                             "bytes=0-1,5-6", "bytes=+1-2", "bytes=1--2", "bytes=0x1-2"}) {
    EXPECT_EQ(Read(header, 100), "whole") << header;
  }
}

}  // namespace
}  // namespace reeve::server
