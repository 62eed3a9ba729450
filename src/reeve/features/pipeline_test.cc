#include "reeve/features/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/features/transforms.h"

namespace reeve::features {
namespace {

using testing::ElementsAre;

std::vector<std::string> NamesOf(const FittedPipeline& pipeline) {
  std::vector<std::string> names;
  for (const MatrixColumn& output : pipeline.outputs()) names.push_back(output.name);
  return names;
}

Table SmallTable() {
  Table table;
  table.Add(Column::Numbers("age", ColumnType::kInteger, {20, kMissingNumber, 40, 60}));
  table.Add(Column::Codes("city", ColumnType::kCategory, {0, 1, 0, kMissingCode}, {"York", "Ely"}));
  table.Add(Column::Numbers("day", ColumnType::kDatetime,
                            {0, 86400 * 40.0, 86400 * 40.0 + 7200, kMissingNumber}));
  Column text = Column::Texts("note");
  for (int i = 0; i < 4; ++i) text.AppendText("some words here");
  table.Add(std::move(text));
  return table;
}

TEST(PipelineTest, TreesGetRawNumbersAndCodes) {
  const Table table = SmallTable();
  const auto pipeline =
      Pipeline::Fit(table, AllRows(4), {"age", "city", "note"}, PipelineOptions::ForTrees());
  ASSERT_TRUE(pipeline.ok());
  EXPECT_THAT(NamesOf(*pipeline), ElementsAre("age", "city"));
  EXPECT_TRUE(pipeline->outputs()[1].is_categorical);
  EXPECT_EQ(pipeline->outputs()[1].cardinality, 2);  // York, and one for Ely's one row and unseen
  const auto matrix = pipeline->Transform(table, AllRows(4));
  EXPECT_EQ(matrix->at(2, 0), 40);
  EXPECT_TRUE(std::isnan(matrix->at(1, 0)));
  EXPECT_EQ(matrix->at(0, 1), 0);
  EXPECT_TRUE(std::isnan(matrix->at(3, 1)));
}

TEST(PipelineTest, LinearModelsGetNoNan) {
  const Table table = SmallTable();
  PipelineOptions options = PipelineOptions::ForLinear();
  options.min_category_rows = 1;
  const auto pipeline = Pipeline::Fit(table, AllRows(4), {"age", "city"}, options);
  EXPECT_THAT(NamesOf(*pipeline),
              ElementsAre("age", "age (missing)", "city=Ely", "city=York", "city=(missing)"));
  const auto matrix = pipeline->Transform(table, AllRows(4));
  for (const float value : matrix->values()) EXPECT_FALSE(std::isnan(value));
  EXPECT_EQ(matrix->at(1, 1), 1);
  EXPECT_EQ(matrix->at(3, 4), 1);
}

TEST(PipelineTest, NothingIsLearntFromRowsOutsideTheFit) {
  Table table = SmallTable();
  const std::vector<std::int64_t> rows = {0, 2};
  const auto before =
      Pipeline::Fit(table, rows, {"age", "city", "day"}, PipelineOptions::ForLinear());
  table.mutable_column(0).mutable_numbers()[3] = 1e9;
  const auto after =
      Pipeline::Fit(table, rows, {"age", "city", "day"}, PipelineOptions::ForLinear());
  EXPECT_EQ(before->ToJson(), after->ToJson());
}

TEST(PipelineTest, UnseenCategoriesGetACodeOfTheirOwn) {
  const Table table = SmallTable();
  const auto pipeline = Pipeline::Fit(table, AllRows(4), {"city"}, PipelineOptions());
  Table fresh;
  fresh.Add(Column::Codes("city", ColumnType::kCategory, {0, 1}, {"Oslo", "Ely"}));
  const auto matrix = pipeline->Transform(fresh, AllRows(2));
  EXPECT_EQ(matrix->at(0, 0), 2);
  EXPECT_EQ(matrix->at(1, 0), 1);
}

TEST(PipelineTest, RareCategoriesShareACodeWithUnseenOnes) {
  const Table table = SmallTable();
  const auto pipeline =
      Pipeline::Fit(table, AllRows(4), {"city"}, PipelineOptions{.min_category_rows = 2});
  EXPECT_EQ(pipeline->outputs()[0].cardinality, 2);
  EXPECT_EQ(pipeline->Transform(table, AllRows(4))->at(1, 0), 1);
}

TEST(PipelineTest, DatesBecomeTheirVaryingParts) {
  const Table table = SmallTable();
  const auto pipeline = Pipeline::Fit(table, AllRows(4), {"day"}, PipelineOptions::ForTrees());
  EXPECT_THAT(NamesOf(*pipeline),
              ElementsAre("day.month", "day.day", "day.weekday", "day.hour", "day.epoch_days"));
}

// Texts of which one word tells the class of the row.
Table TellingTexts(std::int64_t rows) {
  Random random(11);
  Column texts = Column::Texts("note");
  std::vector<double> numbers;
  for (std::int64_t row = 0; row < rows; ++row) {
    texts.AppendText("sign" + std::to_string(row % 2) + " w" + std::to_string(random.Below(30)));
    numbers.push_back(random.Normal());
  }
  Table table;
  table.Add(Column::Numbers("x", ColumnType::kReal, std::move(numbers)));
  table.Add(std::move(texts));
  return table;
}

std::vector<std::int32_t> Alternating(std::int64_t rows) {
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < rows; ++row)
    labels.push_back(static_cast<std::int32_t>(row % 2));
  return labels;
}

TEST(PipelineTest, TextsAloneAreFeatures) {
  const Table table = TellingTexts(100);
  const std::vector<std::int32_t> labels = Alternating(100);
  const auto fitted = Pipeline::FitTransform(table, AllRows(100), {"note"},
                                             PipelineOptions::ForTrees(), {.labels = labels});
  ASSERT_TRUE(fitted.ok()) << fitted.status().message();
  EXPECT_THAT(NamesOf(fitted->pipeline), ElementsAre("note (score)"));
  EXPECT_TRUE(fitted->pipeline.looks_at_labels());
  for (std::int64_t row = 0; row < 100; ++row)
    EXPECT_EQ(fitted->matrix.at(row, 0) > 0, row % 2 == 1);
}

TEST(PipelineTest, WithoutTextsFitTransformIsFitAndTransform) {
  const Table table = TellingTexts(100);
  const std::vector<std::int32_t> labels = Alternating(100);
  const auto fitted = Pipeline::FitTransform(table, AllRows(100), {"x"},
                                             PipelineOptions::ForLinear(), {.labels = labels});
  const auto plain = Pipeline::Fit(table, AllRows(100), {"x"}, PipelineOptions::ForLinear());
  EXPECT_EQ(fitted->pipeline.ToJson(), plain->ToJson());
  EXPECT_FALSE(fitted->pipeline.looks_at_labels());
  EXPECT_TRUE(
      std::ranges::equal(fitted->matrix.values(), plain->Transform(table, AllRows(100))->values()));
}

// What a fold is learnt and judged on: as if the pipeline had been fitted on its rows alone.
TEST(PipelineTest, RelearnsFromSomeRows) {
  const Table table = TellingTexts(120);
  const std::vector<std::int32_t> labels = Alternating(120);
  const Supervision supervision{.labels = labels};
  const PipelineOptions options = PipelineOptions::ForTrees();
  const auto all = Pipeline::FitTransform(table, AllRows(120), {"x", "note"}, options, supervision);
  std::vector<std::int64_t> learn, held_out;
  for (std::int64_t row = 0; row < 120; ++row) (row % 5 == 0 ? held_out : learn).push_back(row);
  Matrix matrix = all->matrix;
  ASSERT_TRUE(all->pipeline.Relearn(table, AllRows(120), learn, supervision, matrix).ok());
  const auto alone = Pipeline::FitTransform(table, learn, {"x", "note"}, options, supervision);
  const auto judged = alone->pipeline.Transform(table, held_out);
  ASSERT_EQ(matrix.cols(), alone->matrix.cols());
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    for (std::size_t i = 0; i < learn.size(); ++i)
      EXPECT_EQ(matrix.at(learn[i], j), alone->matrix.at(static_cast<std::int64_t>(i), j));
    for (std::size_t i = 0; i < held_out.size(); ++i)
      EXPECT_EQ(matrix.at(held_out[i], j), judged->at(static_cast<std::int64_t>(i), j));
  }
}

TEST(DatePartTest, KnownDates) {
  const double leap = 1709210096;  // 2024-02-29T12:34:56Z, a Thursday
  EXPECT_EQ(DatePart(leap, "year"), 2024);
  EXPECT_EQ(DatePart(leap, "month"), 2);
  EXPECT_EQ(DatePart(leap, "day"), 29);
  EXPECT_EQ(DatePart(leap, "weekday"), 3);
  EXPECT_EQ(DatePart(leap, "hour"), 12);
  EXPECT_EQ(DatePart(-1, "year"), 1969);
  EXPECT_EQ(DatePart(-1, "hour"), 23);
  EXPECT_TRUE(std::isnan(DatePart(kMissingNumber, "year")));
}

// Within the years that std::chrono knows.
TEST(DatePartTest, PartsAreThoseOfTheCalendar) {
  using namespace std::chrono;
  Random random(11);
  std::vector<double> dates = {-9e11, 9e11, -0.5, 0, 86'399.999, 86'400, -86'400, -86'401};
  for (int i = 0; i < 20'000; ++i) dates.push_back((2 * random.Uniform() - 1) * 9e11);
  for (int i = 0; i < 20'000; ++i)
    dates.push_back(86'400.0 * (static_cast<double>(random.Below(80'000)) - 40'000));
  for (const double date : dates) {
    const auto whole = static_cast<std::int64_t>(std::floor(date));
    const sys_days midnight = floor<days>(sys_seconds(seconds(whole)));
    const year_month_day expected(midnight);
    ASSERT_EQ(DatePart(date, "year"), static_cast<int>(expected.year())) << date;
    ASSERT_EQ(DatePart(date, "month"), static_cast<unsigned>(expected.month())) << date;
    ASSERT_EQ(DatePart(date, "day"), static_cast<unsigned>(expected.day())) << date;
    ASSERT_EQ(DatePart(date, "weekday"), weekday(midnight).iso_encoding() - 1) << date;
    ASSERT_EQ(DatePart(date, "epoch_days"), midnight.time_since_epoch().count()) << date;
    const auto midnight_seconds =
        static_cast<std::int64_t>(midnight.time_since_epoch().count()) * 86'400;
    ASSERT_EQ(DatePart(date, "hour"), (whole - midnight_seconds) / 3600) << date;
  }
  for (const double none :
       {1.1e12, -1.1e12, 1e300, kMissingNumber, std::numeric_limits<double>::infinity()})
    EXPECT_TRUE(std::isnan(DatePart(none, "day"))) << none;
}

TEST(DatePartTest, DatesOfABlockAreSplitAsEachAlone) {
  Random random(12);
  for (std::size_t rows = 0; rows <= kDateRows; ++rows) {
    std::vector<double> dates;
    for (std::size_t i = 0; i < rows; ++i)
      dates.push_back(random.Below(5) == 0 ? kMissingNumber : 4e9 * random.Uniform() - 2e9);
    DateColumns columns;
    columns.Split(dates);
    for (const char* const part : {"year", "month", "day", "weekday", "hour", "epoch_days"}) {
      for (std::size_t i = 0; i < rows; ++i) {
        const double alone = DatePart(dates[i], part), found = columns.Part(part)[i];
        ASSERT_TRUE(found == alone || (std::isnan(found) && std::isnan(alone))) << part << " " << i;
      }
    }
  }
}

TEST(PipelineTest, HugeNumbersAreClampedToFloat) {
  Table table;
  table.Add(Column::Numbers("x", ColumnType::kReal, {1e300, -1e300, 1}));
  const auto pipeline = Pipeline::Fit(table, AllRows(3), {"x"}, PipelineOptions::ForTrees());
  const auto matrix = pipeline->Transform(table, AllRows(3));
  EXPECT_EQ(matrix->at(0, 0), std::numeric_limits<float>::max());
  EXPECT_EQ(matrix->at(1, 0), std::numeric_limits<float>::lowest());
}

TEST(PipelineTest, NoFeatureIsAnError) {
  const Table table = SmallTable();
  EXPECT_EQ(Pipeline::Fit(table, AllRows(4), {"note"}, PipelineOptions::ForTrees()).status().code(),
            StatusCode::kInvalidData);
}

TEST(PipelineTest, MissingOrForeignColumnsAreErrors) {
  const Table table = SmallTable();
  const auto pipeline = Pipeline::Fit(table, AllRows(4), {"age"}, PipelineOptions::ForTrees());
  Table other;
  other.Add(Column::Numbers("aged", ColumnType::kReal, {1}));
  EXPECT_THAT(pipeline->Transform(other, AllRows(1)).status().message(),
              testing::HasSubstr("\"aged\""));
  Table codes;
  codes.Add(Column::Codes("age", ColumnType::kCategory, {0}, {"old"}));
  EXPECT_FALSE(pipeline->Transform(codes, AllRows(1)).ok());
}

// Random tables with gaps, rare and unseen categories: what is read back transforms the same.
TEST(PipelineTest, ReadsBackEqual) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const auto make = [&random](std::int64_t rows) {
      std::vector<double> numbers, dates;
      std::vector<std::int32_t> codes;
      for (std::int64_t i = 0; i < rows; ++i) {
        numbers.push_back(random.Uniform() < 0.2 ? kMissingNumber : random.Normal() * 1e6);
        dates.push_back(random.Uniform() < 0.2 ? kMissingNumber : random.Uniform() * 2e9);
        codes.push_back(static_cast<std::int32_t>(random.Below(9)) - 1);
      }
      Table table;
      table.Add(Column::Numbers("n", ColumnType::kReal, numbers));
      table.Add(Column::Numbers("d", ColumnType::kDatetime, dates));
      table.Add(Column::Codes("c", ColumnType::kCategory, codes,
                              {"a", "b", "c", "d", "é\"", "f", "g", "h"}));
      return table;
    };
    const Table train = make(50), fresh = make(200);
    for (PipelineOptions options : {PipelineOptions::ForTrees(), PipelineOptions::ForLinear()}) {
      options.max_categories = 4;
      const auto pipeline = Pipeline::Fit(train, AllRows(50), {"n", "d", "c"}, options);
      const auto text = DumpJson(pipeline->ToJson());
      const auto read = FittedPipeline::FromJson(ParseJson(text).value());
      ASSERT_TRUE(read.ok()) << read.status().message();
      const auto a = pipeline->Transform(fresh, AllRows(200)),
                 b = read->Transform(fresh, AllRows(200));
      for (std::size_t i = 0; i < a->values().size(); ++i) {
        const float x = a->values()[i], y = b->values()[i];
        EXPECT_TRUE(x == y || (std::isnan(x) && std::isnan(y)));
      }
    }
  }
}

TEST(PipelineTest, DerivedColumnsAreFurtherNumbers) {
  const Table table = SmallTable();
  PipelineOptions options = PipelineOptions::ForLinear();
  options.scaling = Scaling::kNone;
  options.derived = {{"twice", "age * 2"}, {"per hour", "age / hour(day)"}};
  const auto pipeline = Pipeline::Fit(table, AllRows(4), {"age"}, options);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status().message();
  EXPECT_THAT(NamesOf(*pipeline), ElementsAre("age", "age (missing)", "twice", "twice (missing)",
                                              "per hour", "per hour (missing)"));
  const auto read = FittedPipeline::FromJson(ParseJson(DumpJson(pipeline->ToJson())).value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  const auto matrix = read->Transform(table, AllRows(4));
  EXPECT_THAT(matrix->column(2), ElementsAre(40, 80, 80, 120));
  EXPECT_THAT(matrix->column(4), ElementsAre(20, 20, 20, 20));  // hours 0, 0, 2 and none
  EXPECT_THAT(matrix->column(5), ElementsAre(1, 1, 0, 1));
  options.derived = {{"x", "age * cit"}};
  EXPECT_THAT(Pipeline::Fit(table, AllRows(4), {"age"}, options).status().message(),
              testing::HasSubstr("\"city\""));
  options.derived = {{"x", "age * city"}};
  EXPECT_THAT(Pipeline::Fit(table, AllRows(4), {"age"}, options).status().message(),
              testing::HasSubstr("holds category values, expected numbers"));
}

TEST(PipelineTest, ReadsTheFirstVersion) {
  const auto pipeline = FittedPipeline::FromJson(
      ParseJson(R"({"format_version":1,"columns":[{"column":"age","kind":"number","numbers":[)"
                R"({"name":"age","impute":41,"center":1,"scale":2,"missing_flag":true}]}]})")
          .value());
  ASSERT_TRUE(pipeline.ok()) << pipeline.status().message();
  const auto matrix = pipeline->Transform(SmallTable(), AllRows(2));
  EXPECT_THAT(matrix->values(), ElementsAre(9.5F, 20.F, 0.F, 1.F));
}

TEST(PipelineTest, JoinedPipelinesGiveTheirColumnsSideBySide) {
  const Table table = SmallTable();
  const auto fit = [&](const PipelineOptions& options) {
    return Pipeline::Fit(table, AllRows(4), {"age", "city", "day"}, options).value();
  };
  std::vector<FittedPipeline> parts;
  parts.push_back(fit(PipelineOptions::ForTrees()));
  parts.push_back(fit(PipelineOptions::ForLinear()));
  std::vector<float> expected;
  std::vector<std::string> names;
  for (const FittedPipeline& part : parts) {
    const Matrix matrix = part.Transform(table, AllRows(4)).value();
    expected.insert(expected.end(), matrix.values().begin(), matrix.values().end());
    for (const std::string& name : NamesOf(part)) names.push_back(name);
  }
  const FittedPipeline joined = FittedPipeline::Join(std::move(parts));
  EXPECT_EQ(NamesOf(joined), names);
  EXPECT_THAT(joined.Transform(table, AllRows(4))->values(),
              testing::Pointwise(testing::NanSensitiveFloatEq(), expected));
}

TEST(PipelineTest, RefusesDamagedJson) {
  for (
      const char* text :
      {R"({})", R"({"format_version":3,"steps":[]})", R"({"format_version":1})",
       R"({"format_version":2,"columns":[]})", R"({"format_version":1,"steps":[]})",
       R"({"format_version":2,"steps":[{"column":"a","kind":"magic"}]})",
       R"({"format_version":2,"steps":[{"column":"a","kind":"number","numbers":[{"name":"a"}]}]})",
       R"({"format_version":2,"steps":[{"column":"a","kind":"number","numbers":[{"name":"a","center":0,"scale":0,"missing_flag":false}]}]})",
       R"({"format_version":2,"steps":[{"column":"a","kind":"category","encoding":"x","categories":[],"has_rare":false,"has_missing":false}]})",
       R"({"format_version":2,"steps":[{"column":"a","kind":"category","encoding":"codes","categories":["b","b"],"has_rare":false,"has_missing":false}]})"}) {
    EXPECT_EQ(FittedPipeline::FromJson(ParseJson(text).value()).status().code(),
              StatusCode::kCorrupt)
        << text;
  }
}

}  // namespace
}  // namespace reeve::features
