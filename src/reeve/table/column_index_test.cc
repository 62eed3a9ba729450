#include "reeve/table/column_index.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(ColumnIndexTest, FindsWhatTheTableFinds) {
  Table table;
  for (int i = 0; i < 300; ++i)
    table.Add(Column::Numbers("x" + std::to_string(i * 7 % 300), ColumnType::kReal, {1.0 * i}));
  const ColumnIndex index(table);
  EXPECT_EQ(&index.table(), &table);
  for (int i = 0; i < 300; ++i) {
    const std::string name = "x" + std::to_string(i);
    EXPECT_EQ(index.Find(name), &table.column(*table.Find(name))) << name;
  }
}

TEST(ColumnIndexTest, NamesThatAreNotThereHaveNoColumn) {
  Table table;
  EXPECT_EQ(ColumnIndex(table).Find("x"), nullptr);
  table.Add(Column::Numbers("x", ColumnType::kReal, {1}));
  const ColumnIndex index(table);
  EXPECT_EQ(index.Find(""), nullptr);
  EXPECT_EQ(index.Find("X"), nullptr);
}

}  // namespace
}  // namespace reeve
