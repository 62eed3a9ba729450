#include "reeve/contract/text_head.h"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace reeve::contract {
namespace {

TEST(TextHeadTest, HoldsTheFirstBytesAndZerosBehindThem) {
  for (std::size_t size = 0; size < 40; ++size) {
    // Not a byte more: a sanitizer sees what is read beside it.
    const auto bytes = std::make_unique<char[]>(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(0x81 + 5 * i);
    char expected[TextHead::kBytes] = {};
    std::copy_n(bytes.get(), std::min(size, sizeof expected), expected);
    TextHead wanted;
    std::memcpy(&wanted.first, expected, 8);
    std::memcpy(&wanted.last, expected + 8, 8);
    EXPECT_EQ(TextHead::Of({bytes.get(), size}), wanted) << size;
  }
}

}  // namespace
}  // namespace reeve::contract
