#include "reeve/features/text/vocabulary.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::features {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Names(const std::vector<RowCounts::Entry>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries)
    names.push_back(std::string(entry.term) + ":" + std::to_string(entry.rows));
  return names;
}

RowCounts Count(const std::vector<std::vector<std::string>>& rows, std::int32_t most_terms = 1000) {
  RowCounts counts(most_terms);
  for (const auto& row : rows) {
    for (const std::string& term : row) counts.Take(term);
    counts.NextRow();
  }
  return counts;
}

TEST(TermTableTest, FindsWhatWasInserted) {
  TermTable table;
  std::map<std::string, std::int32_t> expected;
  Random random(1);
  for (int i = 0; i < 5000; ++i) {
    const std::string term = std::to_string(random.Below(3000));
    const auto it = expected.emplace(term, table.size()).first;
    EXPECT_EQ(table.Insert(term), it->second);
  }
  ASSERT_EQ(static_cast<std::size_t>(table.size()), expected.size());
  for (const auto& [term, number] : expected) {
    EXPECT_EQ(table.Find(term), number);
    EXPECT_EQ(table.term(number), term);
  }
  EXPECT_EQ(table.Find("absent"), TermTable::kUnknown);
  EXPECT_EQ(table.Find(""), TermTable::kUnknown);
}

TEST(RowCountsTest, CountsRowsAndNotOccurrences) {
  const RowCounts counts = Count({{"b", "a", "b"}, {"b"}, {}, {"c", "b"}});
  EXPECT_EQ(counts.rows(), 4);
  EXPECT_THAT(Names(counts.Choose(1, 10)), ElementsAre("a:1", "b:3", "c:1"));
  EXPECT_THAT(Names(counts.Choose(2, 10)), ElementsAre("b:3"));
  EXPECT_THAT(Names(counts.Choose(4, 10)), IsEmpty());
}

TEST(RowCountsTest, TiesGoToTheFirstByBytes) {
  const RowCounts counts = Count({{"d", "c", "z"}, {"a", "b", "z"}});
  EXPECT_THAT(Names(counts.Choose(1, 3)), ElementsAre("a:1", "b:1", "z:2"));
}

TEST(RowCountsTest, MemoryIsBoundedAndFrequentTermsStay) {
  RowCounts counts(100);
  for (int row = 0; row < 1000; ++row) {
    counts.Take("always");
    for (int i = 0; i < 20; ++i) counts.Take(std::to_string(row * 20 + i));
    counts.NextRow();
  }
  const auto chosen = counts.Choose(1, 1000);
  EXPECT_LE(chosen.size(), 120U);
  EXPECT_THAT(Names(counts.Choose(500, 10)), ElementsAre("always:1000"));
}

}  // namespace
}  // namespace reeve::features
