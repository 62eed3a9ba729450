#include "reeve/server/transport/chunk_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using Outcome = ChunkDecoder::Outcome;

// Decodes `bytes` given in pieces of `step`; the body, and how it ended.
std::pair<std::string, Outcome> Decode(const std::string& bytes, std::size_t step) {
  ChunkDecoder decoder;
  std::string body;
  std::size_t begin = 0, end = 0;
  for (;;) {
    std::size_t used = 0;
    std::string_view data;
    const auto outcome =
        decoder.Next(std::string_view(bytes).substr(begin, end - begin), used, data);
    begin += used;
    if (outcome == Outcome::kData) {
      body.append(data);
    } else if (outcome == Outcome::kNeedMore && end < bytes.size()) {
      EXPECT_EQ(begin, end);
      end = std::min(bytes.size(), end + step);
    } else {
      if (outcome == Outcome::kEnd) body += "|" + bytes.substr(begin, end - begin);
      return {body, outcome};
    }
  }
}

TEST(ChunkDecoderTest, PutsChunksTogetherWhateverTheCuts) {
  const std::string text =
      "5\r\nhello\r\n1;ext=\"a b\"\r\n \r\n00A \r\n0123456789\r\n0\r\nTrailer: x\r\nB: y\r\n\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const auto [body, outcome] = Decode(text, step);
    EXPECT_EQ(outcome, Outcome::kEnd);
    EXPECT_EQ(body, "hello 0123456789|") << step;
  }
}

TEST(ChunkDecoderTest, LeavesWhatFollows) {
  const std::string text = "0\r\n\r\nGET /";
  EXPECT_EQ(Decode(text, text.size()).first, "|GET /");
}

TEST(ChunkDecoderTest, RefusesMalformedChunks) {
  for (const std::string text :
       {"ZZZ\r\n", "\r\n", "-1\r\n", "0x5\r\n", "5\nhello", "5\r\nhelloX", "5\r\nhello\n",
        "5;a\nb\r\n", "0\r\nA: b\n", "1000000000000000\r\n", "5\rX"}) {
    EXPECT_EQ(Decode(text, text.size()).second, Outcome::kMalformed) << text;
    EXPECT_EQ(Decode(text, 1).second, Outcome::kMalformed) << text;
  }
}

TEST(ChunkDecoderTest, BoundsExtensionsAndTrailers) {
  const std::string large(20 << 10, 'a');
  EXPECT_EQ(Decode("1;" + large + "\r\n", 1000).second, Outcome::kMalformed);
  EXPECT_EQ(Decode("0\r\n" + large, 1000).second, Outcome::kMalformed);
}

}  // namespace
}  // namespace reeve::server
