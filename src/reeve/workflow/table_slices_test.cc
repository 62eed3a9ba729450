#include "reeve/workflow/table_slices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::workflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Names(const std::vector<TableSlice>& slices) {
  std::vector<std::string> names;
  for (const TableSlice& slice : slices) names.push_back(slice.name);
  return names;
}

Table MakeTable(std::int64_t rows) {
  std::vector<double> age, rooms, when;
  std::vector<std::int32_t> kind;
  for (std::int64_t row = 0; row < rows; ++row) {
    age.push_back(row % 10 == 9 ? kMissingNumber : static_cast<double>(20 + row % 40));
    rooms.push_back(static_cast<double>(1 + row % 2));
    when.push_back(static_cast<double>(row) * 86400);
    kind.push_back(row % 4 == 3 ? kMissingCode : static_cast<std::int32_t>(row % 2));
  }
  Table table;
  table.Add(Column::Numbers("age", ColumnType::kInteger, age));
  table.Add(Column::Numbers("rooms", ColumnType::kInteger, rooms));
  table.Add(Column::Codes("kind", ColumnType::kCategory, kind, {"house", "flat", "never"}));
  table.Add(Column::Numbers("when", ColumnType::kDatetime, when));
  table.Add(Column::Numbers("same", ColumnType::kReal, std::vector<double>(when.size(), 3)));
  return table;
}

TEST(MakeSlicesTest, ValuesQuartersDatesAndWhatIsMissing) {
  const Table table = MakeTable(400);
  const auto rows = AllRows(400);
  EXPECT_THAT(Names(MakeSlices(table, {"age"}, rows, 20)),
              ElementsAre("age below 28", "age from 28 to 38", "age from 38 to 48",
                          "age from 48 on", "age missing"));
  EXPECT_THAT(Names(MakeSlices(table, {"rooms"}, rows, 20)), ElementsAre("rooms = 1", "rooms = 2"));
  // A category that does not occur makes no slice.
  EXPECT_THAT(Names(MakeSlices(table, {"kind"}, rows, 20)),
              ElementsAre("kind = house", "kind = flat", "kind missing"));
  EXPECT_THAT(Names(MakeSlices(table, {"when"}, rows, 20))[0], testing::HasSubstr("1970-04-"));
  // All rows are no slice, and unknown columns make none.
  EXPECT_THAT(MakeSlices(table, {"same", "no such column"}, rows, 20), IsEmpty());
}

TEST(MakeSlicesTest, EveryRowIsInOneSliceOfAColumn) {
  const Table table = MakeTable(400);
  std::vector<std::int64_t> rows = AllRows(400);
  rows.erase(rows.begin(), rows.begin() + 37);
  for (const char* const column : {"age", "rooms", "kind", "when"}) {
    std::vector<int> seen(rows.size());
    for (const TableSlice& slice : MakeSlices(table, {column}, rows, 0)) {
      for (const std::int64_t position : slice.rows) ++seen[static_cast<std::size_t>(position)];
    }
    EXPECT_THAT(seen, testing::Each(1)) << column;
  }
}

TEST(MakeSlicesTest, PositionsAreThoseOfTheList) {
  const Table table = MakeTable(100);
  const std::vector<std::int64_t> rows = {7, 2, 5, 4};
  const auto slices = MakeSlices(table, {"rooms"}, rows, 1);
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_THAT(slices[0].rows, ElementsAre(1, 3));
  EXPECT_THAT(slices[1].rows, ElementsAre(0, 2));
}

// A model that is right everywhere but in flats, where it guesses and does not know it.
struct Planted {
  Table table = MakeTable(0);
  std::vector<std::int64_t> rows;
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
  std::vector<std::string> columns = {"age", "rooms", "kind"};
};

Planted Plant(std::int64_t count) {
  Planted planted;
  planted.table = MakeTable(count);
  planted.rows = AllRows(count);
  planted.probabilities = Probabilities(count, 2);
  Random random(11);
  for (std::int64_t row = 0; row < count; ++row) {
    const double p = 0.1 + 0.8 * random.Uniform();
    const bool is_flat = planted.table.column(2).codes()[static_cast<std::size_t>(row)] == 1;
    planted.labels.push_back(random.Uniform() < (is_flat ? 0.5 : p));
    planted.probabilities.mutable_row(row)[1] = p;
    planted.probabilities.mutable_row(row)[0] = 1 - p;
  }
  return planted;
}

SlicedPredictions Of(const Planted& planted) {
  return {.table = &planted.table,
          .columns = planted.columns,
          .rows = planted.rows,
          .labels = planted.labels,
          .probabilities = &planted.probabilities,
          .described = "test rows"};
}

TEST(FindWeakSlicesTest, ThePlantedSliceComesFirst) {
  const Planted planted = Plant(4000);
  const auto chart = FindWeakSlices(Of(planted), 42);
  ASSERT_TRUE(chart.has_value());
  EXPECT_EQ(chart->metric, "auc");
  EXPECT_EQ(chart->slices[0].name, "kind = flat");
  EXPECT_TRUE(chart->slices[0].IsSurprise(true));
  EXPECT_EQ(chart->looked_at, 10);
  EXPECT_LE(chart->slices.size(), 12U);
}

TEST(FindWeakSlicesTest, OneSeedOneResultOnAPartOfManyRows) {
  const Planted planted = Plant(60'000);
  const auto once = FindWeakSlices(Of(planted), 42), again = FindWeakSlices(Of(planted), 42);
  ASSERT_TRUE(once.has_value());
  EXPECT_EQ(once->rows, "50,000 random ones of the test rows");
  EXPECT_EQ(once->slices[0].name, "kind = flat");
  EXPECT_EQ(once->slices[0].score, again->slices[0].score);
}

TEST(FindWeakSlicesTest, TooFewRowsAreNotLookedAt) {
  const Planted planted = Plant(40);
  EXPECT_FALSE(FindWeakSlices(Of(planted), 42).has_value());
}

}  // namespace
}  // namespace reeve::workflow
