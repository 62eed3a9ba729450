#include "reeve/server/transport/buffer_stock.h"

#include <utility>

#include <gtest/gtest.h>

#include "reeve/server/transport/input_buffer.h"

namespace reeve::server {
namespace {

constexpr std::size_t kLarge = 6 * BufferStock::kSmall;

TEST(BufferStockTest, GivesTheLargeBufferThatCameBackLast) {
  BufferStock stock;
  BufferMemory first = stock.Take(kLarge, 0), second = stock.Take(kLarge, 0);
  const char* const last = second.bytes.get();
  stock.GiveBack(std::move(first));
  stock.GiveBack(std::move(second));
  EXPECT_EQ(stock.kept(), 2 * kLarge);
  EXPECT_EQ(stock.Take(kLarge - 100, 0).bytes.get(), last);
  EXPECT_EQ(stock.kept(), kLarge);
}

TEST(BufferStockTest, GivesNoneThatIsTooSmall) {
  BufferStock stock;
  stock.GiveBack(stock.Take(kLarge, 0));
  EXPECT_GE(stock.Take(kLarge + 1, 0).capacity, kLarge + 1);
  EXPECT_GE(stock.Take(1, 2 * kLarge).capacity, 2 * kLarge);
  EXPECT_EQ(stock.kept(), kLarge);
}

TEST(BufferStockTest, KeepsNeitherSmallOnesNorMoreThanItsLimit) {
  BufferStock stock;
  stock.GiveBack(stock.Take(100, 0));
  EXPECT_EQ(stock.kept(), 0U);
  stock.GiveBack(stock.Take(BufferStock::kMostKept + 1, 0));
  EXPECT_EQ(stock.kept(), 0U);
  std::vector<BufferMemory> many;
  for (int i = 0; i < 100; ++i) many.push_back(stock.Take(kLarge, 0));
  for (BufferMemory& memory : many) stock.GiveBack(std::move(memory));
  EXPECT_GT(stock.kept(), BufferStock::kMostKept - kLarge);
  EXPECT_LE(stock.kept(), BufferStock::kMostKept);
}

TEST(InputBufferTest, KeepsWhatItHoldsWhenItGrowsAndGivesLargeMemoryBack) {
  BufferStock stock;
  stock.GiveBack(stock.Take(kLarge, 0));
  InputBuffer buffer(stock);
  buffer.Space(10)[0] = 'a';
  buffer.Space(10)[1] = 'b';
  buffer.Commit(2);
  buffer.Consume(1);
  (void)buffer.Space(kLarge - 1000);
  EXPECT_EQ(buffer.bytes(), "b");
  EXPECT_EQ(stock.kept(), 0U) << "the large buffer is in use";
  buffer.Shrink(Request::kBodyPadding);
  EXPECT_GE(buffer.capacity(), kLarge) << "what is held needs more";
  buffer.Shrink(BufferStock::kSmall);
  EXPECT_EQ(buffer.bytes(), "b");
  EXPECT_LE(buffer.capacity(), BufferStock::kSmall);
  EXPECT_EQ(stock.kept(), kLarge);
  buffer.Consume(1);
  (void)buffer.Space(kLarge - 1000);
  buffer.Shrink(BufferStock::kSmall);
  EXPECT_EQ(buffer.capacity(), 0U);
  EXPECT_EQ(stock.kept(), kLarge);
}

TEST(InputBufferTest, GivesItsMemoryBackWhenItsConnectionEnds) {
  BufferStock stock;
  { (void)InputBuffer(stock).Space(kLarge); }
  EXPECT_GE(stock.kept(), kLarge);
}

}  // namespace
}  // namespace reeve::server
