#include "reeve/predictions/page_pool.h"

#include <cstdint>
#include <optional>

#include <gtest/gtest.h>

namespace reeve::predictions {
namespace {

constexpr std::size_t kPage = PagePool::kPageBytes;

TEST(PagePoolTest, GivesWholePagesUpToItsLimit) {
  PagePool pool(10 * kPage, 4 * kPage - 7);
  const Pages usual = pool.Take(1), large = pool.Take(5 * kPage + 1);
  EXPECT_EQ(usual.size(), 4 * kPage);
  EXPECT_EQ(large.size(), 6 * kPage);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.data()) % kPage, 0U);
  EXPECT_EQ(pool.Take(1).size(), 0U);
  EXPECT_EQ(Pages().size(), 0U);
}

TEST(PagePoolTest, UsesPiecesAgainAndGivesThemUpForALargerOne) {
  PagePool pool(8 * kPage, 4 * kPage);
  std::optional<Pages> pages = pool.Take(1);
  const char* const memory = pages->data();
  pages.reset();
  EXPECT_EQ(pool.Take(1).data(), memory);
  EXPECT_EQ(pool.Take(8 * kPage).size(), 8 * kPage);
  EXPECT_EQ(pool.Take(8 * kPage).size(), 8 * kPage);
}

TEST(PagePoolTest, WhatIsTakenAnywayCountsToo) {
  PagePool pool(8 * kPage, 4 * kPage);
  std::optional<Pages> pages = pool.TakeAnyway(9 * kPage + 1);
  EXPECT_EQ(pages->size(), 10 * kPage);
  EXPECT_EQ(pool.Take(1).size(), 0U);
  pages.reset();
  EXPECT_EQ(pool.Take(1).size(), 4 * kPage);
}

}  // namespace
}  // namespace reeve::predictions
