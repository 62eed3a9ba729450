#include "reeve/workflow/reason_text.h"

#include <gtest/gtest.h>

namespace reeve::workflow {
namespace {

TEST(ReasonTextTest, SaysWhatStandsInTheField) {
  Table table;
  table.Add(Column::Numbers("age", ColumnType::kInteger, {33, kMissingNumber}));
  table.Add(Column::Codes("city", ColumnType::kCategory, {0, kMissingCode}, {"Ely"}));
  EXPECT_EQ(ReasonText(table, "age", 0), "age = 33");
  EXPECT_EQ(ReasonText(table, "age", 1), "age is missing");
  EXPECT_EQ(ReasonText(table, "city", 0), "city = Ely");
  EXPECT_EQ(ReasonText(table, "age / income", 0), "age / income");
  EXPECT_EQ(FieldValue(table, "age / income", 0), std::nullopt);
  EXPECT_EQ(DirectionText(0.5, "yes"), "for yes");
  EXPECT_EQ(DirectionText(-0.5, "yes"), "against yes");
}

TEST(ReasonTextTest, CutsLongTextsBetweenCharacters) {
  Table table;
  Column note = Column::Texts("note");
  std::string umlauts = "x";
  for (int i = 0; i < 100; ++i) umlauts += "ä";
  note.AppendText(umlauts);
  table.Add(std::move(note));
  const std::string value = *FieldValue(table, "note", 0);
  EXPECT_EQ(value.size(), 119 + std::string("…").size());
  EXPECT_TRUE(value.ends_with("ä…"));
}

}  // namespace
}  // namespace reeve::workflow
