// Target statistics from end to end: chosen, fitted, told to fitted rows and to new ones.

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/features/pipeline.h"
#include "reeve/features/statistics_fit.h"

namespace reeve::features {
namespace {

constexpr std::int64_t kRows = 3000;

struct Labelled {
  Table table;
  std::vector<std::int32_t> labels;
};

// Two columns of which each alone says nothing, a number that names something, noise.
Labelled MakeLabelled(std::uint64_t seed, int classes = 2) {
  Random random(seed);
  std::vector<std::int32_t> x, y, noise;
  std::vector<double> ids, reals;
  Labelled made;
  std::vector<std::string> names;
  for (int i = 0; i < 400; ++i) names.push_back("v" + std::to_string(i));
  for (std::int64_t i = 0; i < kRows; ++i) {
    x.push_back(static_cast<std::int32_t>(random.Below(6)));
    y.push_back(static_cast<std::int32_t>(random.Below(6)));
    noise.push_back(static_cast<std::int32_t>(random.Below(400)));
    ids.push_back(random.Uniform() < 0.05 ? kMissingNumber : 7919.0 * double(random.Below(50)));
    reals.push_back(random.Normal());
    if (random.Uniform() < 0.05) y.back() = kMissingCode;
    const int id = std::isnan(ids.back()) ? 0 : int(std::fmod(ids.back() / 7919 * 31, 50));
    const bool likely = (x.back() * 7 + y.back() * 5) % 4 == 0 || id % 5 == 1;
    made.labels.push_back(random.Uniform() < (likely ? 0.85 : 0.15)
                              ? 1 + int(random.Below(std::uint64_t(classes - 1)))
                              : 0);
  }
  made.table.Add(Column::Codes("x", ColumnType::kCategory, x, names));
  made.table.Add(Column::Codes("y", ColumnType::kCategory, y, names));
  made.table.Add(Column::Codes("noise", ColumnType::kCategory, noise, names));
  made.table.Add(Column::Numbers("id", ColumnType::kInteger, ids));
  made.table.Add(Column::Numbers("real", ColumnType::kReal, reals));
  return made;
}

const std::vector<std::string> kFeatures = {"x", "y", "noise", "id", "real"};

FittedRows Fit(const Labelled& labelled, std::span<const std::int64_t> rows, int classes = 2,
               std::span<const std::int64_t> watched = {}) {
  return Pipeline::FitTransform(labelled.table, rows, kFeatures,
                                PipelineOptions::ForTreesWithStatistics(),
                                {.labels = labelled.labels, .classes = classes, .watched = watched})
      .value();
}

std::vector<std::string> StatisticsOf(const FittedPipeline& pipeline) {
  std::vector<std::string> names;
  for (const MatrixColumn& output : pipeline.outputs()) {
    if (output.name.starts_with("rows of ")) names.push_back(output.source);
  }
  return names;
}

// The column called `name`.
std::span<const float> ColumnOf(const Matrix& matrix, const std::string& name) {
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    if (matrix.columns()[std::size_t(j)].name == name) return matrix.column(j);
  }
  ADD_FAILURE() << "no column " << name;
  return {};
}

TEST(StatisticsTest, FindsCombinationsAndNumbersThatNameSomethingButNoNoise) {
  const Labelled labelled = MakeLabelled(1);
  const FittedRows fitted = Fit(labelled, AllRows(kRows));
  const auto names = StatisticsOf(fitted.pipeline);
  EXPECT_THAT(names, testing::Contains("x × y"));
  EXPECT_THAT(names, testing::Contains("id"));
  for (const std::string& name : names)
    EXPECT_THAT(name, testing::Not(testing::HasSubstr("noise")));
}

TEST(StatisticsTest, NothingIsChosenWhenLabelsAreNoise) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Labelled labelled = MakeLabelled(seed);
    Random random(seed + 100);
    for (std::int32_t& label : labelled.labels) label = random.Uniform() < 0.3 ? 1 : 0;
    EXPECT_THAT(StatisticsOf(Fit(labelled, AllRows(kRows)).pipeline), testing::IsEmpty()) << seed;
  }
}

TEST(StatisticsTest, NewRowsAreToldOfAllFittedRows) {
  for (const int classes : {2, 3}) {
    const Labelled labelled = MakeLabelled(2, classes);
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < kRows; row += 2) rows.push_back(row);
    const FittedRows fitted = Fit(labelled, rows, classes);
    const Matrix matrix = fitted.pipeline.Transform(labelled.table, AllRows(kRows)).value();
    std::map<std::pair<std::string, std::string>, std::pair<double, double>> counted;
    const auto key = [&](std::int64_t row) {
      return std::pair(labelled.table.column(0).ToText(row), labelled.table.column(1).ToText(row));
    };
    double share = 0;
    for (const std::int64_t row : rows) {
      const double hit = labelled.labels[std::size_t(row)] == 1 ? 1 : 0;
      share += hit / double(rows.size());
      counted[key(row)].first += 1;
      counted[key(row)].second += hit;
    }
    const std::string rate = classes == 2 ? "target rate of x × y" : "target rate 1 of x × y";
    const auto rates = ColumnOf(matrix, rate), counts = ColumnOf(matrix, "rows of x × y");
    ASSERT_FALSE(rates.empty());
    for (std::int64_t row = 0; row < kRows; ++row) {
      const auto [n, hits] = counted[key(row)];
      EXPECT_FLOAT_EQ(rates[std::size_t(row)], float((hits + 2 * share) / (n + 2)));
      EXPECT_EQ(counts[std::size_t(row)], float(n));
    }
  }
}

TEST(StatisticsTest, NoFittedRowIsToldItsOwnLabel) {
  Labelled labelled = MakeLabelled(3);
  const Matrix before = Fit(labelled, AllRows(kRows)).matrix;
  const std::size_t row = 1234;
  labelled.labels[row] = 1 - labelled.labels[row];
  const Matrix after = Fit(labelled, AllRows(kRows)).matrix;
  const auto a = ColumnOf(before, "target rate of x × y"),
             b = ColumnOf(after, "target rate of x × y");
  ASSERT_FALSE(a.empty());
  // The overall share counts for two rows beside those before it.
  EXPECT_NEAR(a[row], b[row], 2.0 / kRows);
  double changed = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    changed = std::max<double>(changed, std::abs(a[i] - b[i]));
  EXPECT_GT(changed, 0.005);
}

TEST(StatisticsTest, FittedRowsAreToldOfFewOtherRowsWithoutThemselves) {
  // Values a to e with 1, 2, 10, 11 and many rows, whose classes differ.
  Random random(8);
  std::vector<std::int32_t> value, groups;
  Labelled made;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("v" + std::to_string(i));
  const std::vector<int> counts = {1, 2, 10, 11};
  for (int v = 0; v < 40; ++v)
    value.insert(value.end(), std::size_t(v < 4 ? counts[std::size_t(v)] : 80), v);
  const auto rows = static_cast<std::int64_t>(value.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    made.labels.push_back(random.Uniform() < (value[std::size_t(row)] % 2 == 0 ? 0.9 : 0.1) ? 1
                                                                                            : 0);
    groups.push_back(value[std::size_t(row)] == 2 ? 0 : static_cast<std::int32_t>(row) + 1);
  }
  made.table.Add(Column::Codes("v", ColumnType::kCategory, value, names));
  const auto counted = [&](std::span<const std::int32_t> grouped) {
    const FittedRows fitted = Pipeline::FitTransform(made.table, AllRows(rows), {"v"},
                                                     PipelineOptions::ForTreesWithStatistics(),
                                                     {.labels = made.labels, .groups = grouped})
                                  .value();
    const Matrix fresh = fitted.pipeline.Transform(made.table, AllRows(rows)).value();
    std::map<std::int32_t, std::pair<float, float>> numbers;
    for (std::size_t i = 0; i < value.size(); ++i)
      numbers[value[i]] = {ColumnOf(fitted.matrix, "rows of v")[i],
                           ColumnOf(fresh, "rows of v")[i]};
    return numbers;
  };
  auto numbers = counted({});
  EXPECT_EQ(numbers[0], std::pair(0.0F, 1.0F));
  EXPECT_EQ(numbers[1], std::pair(1.0F, 2.0F));
  EXPECT_EQ(numbers[2], std::pair(9.0F, 10.0F));
  EXPECT_EQ(numbers[3], std::pair(11.0F, 11.0F));
  EXPECT_EQ(numbers[9], std::pair(80.0F, 80.0F));
  // Ten rows that are one group are not among the others either.
  numbers = counted(groups);
  EXPECT_EQ(numbers[2], std::pair(0.0F, 10.0F));
  EXPECT_EQ(numbers[1], std::pair(1.0F, 2.0F));
}

// Whether a real number lies high says nothing by itself, nor does a category; together they tell.
Labelled MakeCrossed(int kinds) {
  Random random(11);
  std::vector<std::int32_t> kind;
  std::vector<double> size;
  Labelled made;
  std::vector<std::string> names;
  for (int i = 0; i < kinds; ++i) names.push_back("k" + std::to_string(i));
  for (std::int64_t i = 0; i < kRows; ++i) {
    kind.push_back(static_cast<std::int32_t>(random.Below(names.size())));
    size.push_back(random.Uniform() < 0.05 ? kMissingNumber : random.Normal());
    const bool is_high = size.back() > 0, likely = is_high == (kind.back() % 2 == 0);
    made.labels.push_back(random.Uniform() < (likely ? 0.8 : 0.2) ? 1 : 0);
  }
  made.table.Add(Column::Codes("kind", ColumnType::kCategory, kind, names));
  made.table.Add(Column::Numbers("size", ColumnType::kReal, size));
  return made;
}

TEST(StatisticsTest, NumbersAreCombinedInBinsWithWhatIsToldApart) {
  const Labelled crossed = MakeCrossed(24), few = MakeCrossed(8);
  const auto fit = [](const Labelled& labelled) {
    return Pipeline::FitTransform(labelled.table, AllRows(kRows), {"kind", "size"},
                                  PipelineOptions::ForTreesWithStatistics(),
                                  {.labels = labelled.labels})
        .value();
  };
  const FittedRows fitted = fit(crossed);
  EXPECT_THAT(StatisticsOf(fitted.pipeline), testing::Contains("kind × size"));
  // Few groups are left to the trees.
  EXPECT_THAT(StatisticsOf(fit(few).pipeline), testing::IsEmpty());

  const Json json = ParseJson(DumpJson(fitted.pipeline.ToJson())).value();
  const auto read = FittedPipeline::FromJson(json);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_THAT(read->Transform(few.table, AllRows(kRows))->values(),
              testing::Pointwise(testing::NanSensitiveFloatEq(),
                                 fitted.pipeline.Transform(few.table, AllRows(kRows))->values()));
  const auto refused = [&](const Json& cuts) {
    Json damaged = json;
    for (Json& input : damaged["steps"].back()["inputs"]) {
      if (input.contains("cuts")) input["cuts"] = cuts;
    }
    return FittedPipeline::FromJson(damaged).status().code() == StatusCode::kCorrupt;
  };
  EXPECT_TRUE(refused(Json::array()));
  EXPECT_TRUE(refused({0.5, 0.5}));
  EXPECT_TRUE(refused({0.5, "x"}));
  EXPECT_TRUE(refused({0.5}));  // keys name bins that are gone
}

TEST(StatisticsTest, WatchedRowsGetWhatNewRowsWouldGet) {
  const Labelled labelled = MakeLabelled(4);
  std::vector<std::int64_t> watched, learnt;
  for (std::int64_t row = 0; row < kRows; ++row) (row % 5 == 0 ? watched : learnt).push_back(row);
  const Matrix all = Fit(labelled, AllRows(kRows), 2, watched).matrix;
  const Matrix fresh = Fit(labelled, learnt).pipeline.Transform(labelled.table, watched).value();
  const auto a = ColumnOf(all, "target rate of x × y"), b = ColumnOf(fresh, "target rate of x × y");
  ASSERT_FALSE(a.empty());
  ASSERT_FALSE(b.empty());
  for (std::size_t i = 0; i < watched.size(); ++i) EXPECT_EQ(a[std::size_t(watched[i])], b[i]);
}

TEST(StatisticsTest, ReadsBackEqualAndRefusesDamage) {
  const Labelled labelled = MakeLabelled(5), fresh = MakeLabelled(6);
  const FittedPipeline pipeline = std::move(Fit(labelled, AllRows(kRows)).pipeline);
  const Json json = ParseJson(DumpJson(pipeline.ToJson())).value();
  const auto read = FittedPipeline::FromJson(json);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_THAT(read->Transform(fresh.table, AllRows(kRows))->values(),
              testing::Pointwise(testing::NanSensitiveFloatEq(),
                                 pipeline.Transform(fresh.table, AllRows(kRows))->values()));
  const auto refused = [&](const std::function<void(Json&)>& damage) {
    Json damaged = json;
    damage(damaged["steps"].back());
    return FittedPipeline::FromJson(damaged).status().code() == StatusCode::kCorrupt;
  };
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["inputs"] = {0, 0}; }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["inputs"] = {99}; }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["inputs"] = Json::array(); }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["places"][0] = 4'000'000'000; }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["places"][0] = -1; }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["rows"].push_back(1); }));
  EXPECT_TRUE(refused([](Json& step) { step["statistics"][0]["hits"].clear(); }));
  EXPECT_TRUE(refused([](Json& step) { step["prior_rows"] = -1; }));
  EXPECT_TRUE(refused([](Json& step) { step["priors"].clear(); }));
  EXPECT_TRUE(refused([](Json& step) { step["inputs"].clear(); }));
  EXPECT_TRUE(refused([](Json& step) { step["inputs"].push_back(step["inputs"][0]); }));
}

}  // namespace
}  // namespace reeve::features
