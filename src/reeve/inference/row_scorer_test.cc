#include "reeve/inference/row_scorer.h"

#include <bit>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/features/statistics_step.h"
#include "reeve/inference/field_reader.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/test_forest.h"

namespace reeve::inference {
namespace {

using contract::Rule;

constexpr std::int64_t kTrainingRows = 60;

// Some words, one of which tells the class.
std::string TextOfClass(Random& random, std::int64_t label) {
  static const std::vector<std::string> kWords = {"a", "text", "another", "é", "abc", "12"};
  std::string text = "class" + std::to_string(label);
  while (random.Uniform() < 0.6) text += " " + kWords[random.Below(kWords.size())];
  return text;
}

// A training table of every type, some columns with gaps.
contract::TypedTable TrainingTable(Random& random) {
  contract::TypedTable typed;
  const auto numbers = [&](const std::string& name, ColumnType type, bool gaps, auto&& draw) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < kTrainingRows; ++i)
      values.push_back(gaps && random.Uniform() < 0.2 ? kMissingNumber : draw());
    typed.table.Add(Column::Numbers(name, type, std::move(values)));
    typed.typing.push_back({.type = type});
  };
  const auto codes = [&](const std::string& name, bool gaps, std::vector<std::string> texts) {
    std::vector<std::int32_t> values;
    for (std::int64_t i = 0; i < kTrainingRows; ++i) {
      const auto code = static_cast<std::int32_t>(random.Below(texts.size()));
      values.push_back(gaps && random.Uniform() < 0.2 ? kMissingCode : code);
    }
    typed.table.Add(
        Column::Codes(name, ColumnType::kCategory, std::move(values), std::move(texts)));
    typed.typing.push_back({.type = ColumnType::kCategory});
  };
  numbers("age", ColumnType::kInteger, false, [&] { return 20.0 + double(random.Below(50)); });
  numbers("income", ColumnType::kReal, true, [&] { return 1e4 * random.Normal(); });
  numbers("married", ColumnType::kBoolean, true, [&] { return double(random.Below(2)); });
  numbers("since", ColumnType::kDatetime, true, [&] { return 1e9 * random.Uniform(); });
  codes("town", false, {"York", "Ely", "a town with a longer name", "Bath"});
  codes("grade", true, {"1", "2", "2.5", "true", "NA", "-7"});
  codes("rare", true, {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"});
  typed.typing[1].number_format = contract::NumberFormat::kDecorated;
  typed.typing[1].stray_texts = {"unknown to us", "17"};
  const auto texts = [&](const std::string& name, ColumnType type, bool gaps, auto&& spell) {
    Column column = Column::Texts(name, type);
    for (std::int64_t i = 0; i < kTrainingRows; ++i)
      column.AppendText(gaps && random.Uniform() < 0.2 ? "" : spell(TextOfClass(random, i % 3)));
    typed.table.Add(std::move(column));
    typed.typing.push_back({.type = type});
  };
  texts("notes", ColumnType::kText, false, [](std::string text) { return text; });
  texts("tags", ColumnType::kList, true,
        [](const std::string& text) { return "[\"" + text + "\",\"é\"]"; });
  return typed;
}

// Classes of the training table's rows, of which its texts tell.
std::vector<std::int32_t> Labels(int classes) {
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < kTrainingRows; ++row)
    labels.push_back(static_cast<std::int32_t>(row % 3 % classes));
  return labels;
}

const std::vector<std::string> kFeatures = {"age",   "income", "married", "since", "town",
                                            "grade", "rare",   "notes",   "tags"};

std::unique_ptr<Model> RandomModel(Random& random, std::int64_t features, int classes,
                                   bool is_linear) {
  if (is_linear) {
    Linear linear{.features = features, .classes = classes};
    const std::size_t rows = classes == 2 ? 1 : static_cast<std::size_t>(classes);
    for (std::size_t i = 0; i < rows * static_cast<std::size_t>(features); ++i)
      linear.weights.push_back(random.Normal());
    for (std::size_t i = 0; i < rows; ++i) linear.intercepts.push_back(random.Normal());
    return LinearModel::Make(std::move(linear)).value();
  }
  const Link link = classes == 2           ? Link::kLogistic
                    : random.Below(2) == 1 ? Link::kSoftmax
                                           : Link::kMean;
  TestForest forest(random.Next(), {.features = features, .link = link, .classes = classes});
  return ForestModel::Make(forest.Take()).value();
}

// Every kind in turn, the first none.
Calibration RandomCalibration(std::uint64_t seed, int classes) {
  constexpr CalibrationKind kKinds[] = {CalibrationKind::kNone, CalibrationKind::kPlatt,
                                        CalibrationKind::kIsotonic, CalibrationKind::kTemperature};
  const CalibrationKind kind = classes == 2 ? kKinds[seed / 2 % 4] : kKinds[seed / 2 % 2 * 3];
  return {.kind = kind,
          .slope = 0.8,
          .intercept = -0.3,
          .temperature = 1.4,
          .x = {0, 0.2, 0.5, 1},
          .y = {0.01, 0.1, 0.6, 0.97}};
}

// The pipeline with steps of several columns behind its own.
features::FittedPipeline WithWideSteps(features::FittedPipeline pipeline, const Table& table,
                                       Random& random) {
  features::StatisticsParts parts;
  parts.inputs = {{.source = {"grade", Column::Storage::kCodes}, .categories = {"2", "NA", "x"}},
                  {.source = {"age", Column::Storage::kNumbers}, .numbers = {31, 42, 20.5, 2}},
                  {.source = {"town", Column::Storage::kCodes}, .categories = {"Ely", "York"}}};
  parts.classes = {1};
  parts.priors = {0.25};
  parts.statistics = {{.inputs = {1}}, {.inputs = {0, 2}}, {.inputs = {0, 1, 2}}};
  for (features::TargetStatistic& statistic : parts.statistics) {
    std::set<std::vector<std::uint32_t>> keys;
    for (int i = 0; i < 30; ++i) {
      std::vector<std::uint32_t> key;
      for (const std::size_t input : statistic.inputs)
        key.push_back(static_cast<std::uint32_t>(random.Below(parts.inputs[input].places())));
      keys.insert(key);
    }
    for (const std::vector<std::uint32_t>& key : keys) {
      statistic.places.insert(statistic.places.end(), key.begin(), key.end());
      statistic.rows.push_back(1 + static_cast<std::int64_t>(random.Below(9)));
      statistic.hits.push_back(static_cast<std::int64_t>(random.Below(9)));
    }
  }
  Json json;
  json["format_version"] = 2;
  json["steps"] = {features::StatisticsStep::Make(std::move(parts)).value()->ToJson()};
  features::PipelineOptions options = features::PipelineOptions::ForLinear();
  options.derived = {{"ratio", "income / (age - 20)"}, {"at", "weekday(since) + age * married"}};
  std::vector<features::FittedPipeline> all;
  all.push_back(std::move(pipeline));
  all.push_back(features::FittedPipeline::FromJson(json).value());
  all.push_back(
      features::Pipeline::Fit(table, AllRows(kTrainingRows), {"age", "town"}, options).value());
  return features::FittedPipeline::Join(std::move(all));
}

Scorer RandomScorer(std::uint64_t seed) {
  Random random(seed);
  const contract::TypedTable typed = TrainingTable(random);
  const bool is_linear = seed % 3 == 0;
  auto options =
      is_linear ? features::PipelineOptions::ForLinear() : features::PipelineOptions::ForTrees();
  if (seed % 7 == 1) options.categories = features::CategoryEncoding::kOrdinal;
  // Fewer rows than the contract saw: some categories are known to it alone.
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < kTrainingRows; ++i) {
    if (random.Uniform() < 0.7) rows.push_back(i);
  }
  const int classes = seed % 2 == 0 ? 2 : 3;
  const std::vector<std::int32_t> labels = Labels(classes);
  auto pipeline = std::move(features::Pipeline::FitTransform(typed.table, rows, kFeatures, options,
                                                             {.labels = labels, .classes = classes})
                                .value()
                                .pipeline);
  if (seed % 4 == 3) {  // two steps on each column
    std::vector<features::FittedPipeline> parts;
    parts.push_back(std::move(pipeline));
    parts.push_back(features::Pipeline::Fit(typed.table, rows, kFeatures,
                                            features::PipelineOptions::ForLinear())
                        .value());
    pipeline = features::FittedPipeline::Join(std::move(parts));
  }
  if (seed % 3 == 1) pipeline = WithWideSteps(std::move(pipeline), typed.table, random);
  contract::Contract contract = contract::MakeContract(typed, kFeatures);
  contract.target = "y";
  contract.classes = {"no", "yes"};
  if (classes == 3) contract.classes = {"x", "y", "z"};
  // The pipeline knows a town that the contract has lost.
  if (seed % 5 == 0) contract.columns[4].categories.pop_back();
  Decision decision;
  if (classes == 2) decision.threshold = random.Uniform();
  if (seed % 4 < 2) {
    for (int k = 0; k < classes; ++k) decision.odds.push_back(0.1 + random.Uniform());
  }
  decision.calibration = RandomCalibration(seed, classes);
  if (seed % 4 == 1) decision.costs = CostMatrix{3, {0, 1, 2, 5, 0, 1, 1, 9, 0}};
  auto model =
      RandomModel(random, static_cast<std::int64_t>(pipeline.outputs().size()), classes, is_linear);
  return Scorer::Make(std::move(contract), std::move(pipeline), std::move(model),
                      std::move(decision))
      .value();
}

Cell Text(std::string_view text) { return {.kind = Cell::Kind::kText, .text = text}; }
Cell Number(double number) { return {.kind = Cell::Kind::kNumber, .number = number}; }
Cell Boolean(bool value) { return {.kind = Cell::Kind::kBoolean, .number = value ? 1.0 : 0.0}; }

// Mostly what fits the field, now and then anything.
Cell RandomCell(Random& random, std::size_t field) {
  static const std::vector<std::vector<std::string>> kFitting = {
      {"31", " 42 ", "+55", "20.5", "1e1"},
      {"$1,234.50", "-12000", "17", "Unknown To Us", "(5)", "\xC2\xA0 3 %"},
      {"true", "FALSE", "1", "0", "True "},
      {"2001-02-03", "1999-12-31T23:59:59Z", "2020-05-05 10:00"},
      {"York", " Ely", "a town with a longer name", "Bath"},
      {"1", "2", "2.5", "true", "NA", "-7"},
      {"a", "b", "c", "n", "m"},
      {"a text", "another", "Class0 abc", " CLASS1 ", "class2 text a b c"},
      {"[\"class0\",\"x\"]", "[]", "class1", "[\"class2 \\u00e9\"]", "[[1],{\"a\":null}"}};
  static const std::vector<std::string> kAnything = {
      "", "  ", "?", "NA", "n/a", "null", "inf", "none", "abc", "12x", "yes", "99", "-1e300", "é"};
  const double kind = random.Uniform();
  if (kind < 0.5) return Text(kFitting[field][random.Below(kFitting[field].size())]);
  if (kind < 0.58) return Text(kAnything[random.Below(kAnything.size())]);
  if (kind < 0.66) return {};
  if (kind < 0.72) return Boolean(random.Below(2) == 1);
  if (kind < 0.76) return Number(2.5);
  if (kind < 0.8) return Number(1e300 * random.Normal());
  if (kind < 0.9) return Number(static_cast<double>(random.Below(70)) - 7);
  return Number(random.Normal() * 1e4);
}

// A table of one row that holds the same values.
Table AsTable(std::span<const Cell> row) {
  Table table;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell& cell = row[i];
    Column texts = Column::Texts(kFeatures[i]);
    if (cell.kind == Cell::Kind::kNumber) {
      texts.AppendText(FormatNumber(cell.number));
    } else if (cell.kind == Cell::Kind::kBoolean) {
      texts.AppendText(cell.number != 0 ? "true" : "false");
    } else {
      texts.AppendText(Trim(cell.text));
    }
    table.Add(std::move(texts));
  }
  return table;
}

std::vector<std::pair<std::string, Rule>> IssuesOf(const contract::Conformed& conformed) {
  std::vector<std::pair<std::string, Rule>> issues;
  for (const contract::Violation& violation : conformed.violations)
    issues.emplace_back(violation.column, violation.rule);
  return issues;
}

std::vector<std::uint64_t> Bits(std::span<const double> values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

TEST(RowScorerTest, GivesTheVeryAnswersOfScorer) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const Scorer scorer = RandomScorer(seed);
    const auto made = RowScorer::Make(scorer);
    ASSERT_TRUE(made.ok()) << made.status().message();
    Random random(seed + 1000);
    const std::size_t rows = seed % 4 == 0 ? 700 : 1 + random.Below(40);
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < rows * kFeatures.size(); ++i)
      cells.push_back(RandomCell(random, i % kFeatures.size()));
    RowScores scores;
    made->Score(cells, scores);
    ASSERT_EQ(scores.predicted.size(), rows);
    std::vector<std::int64_t> missing(kFeatures.size());
    std::size_t next_issue = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      SCOPED_TRACE(row);
      const Table table =
          AsTable(std::span(cells).subspan(row * kFeatures.size(), kFeatures.size()));
      const auto expected = scorer.Score(table, 0, 1).value();
      const auto conformed =
          contract::Conform(scorer.contract(), table, {.report_soft_violations = true}).value();
      std::vector<std::pair<std::string, Rule>> issues;
      while (next_issue < scores.issues.size() &&
             scores.issues[next_issue].row == static_cast<std::int64_t>(row)) {
        const RowIssue& issue = scores.issues[next_issue++];
        issues.emplace_back(scorer.contract().columns[issue.field].name, issue.rule);
      }
      EXPECT_EQ(issues, IssuesOf(conformed));
      EXPECT_EQ(scores.predicted[row], expected.predicted[0]);
      if (!expected.usable[0]) continue;
      const auto classes = static_cast<std::size_t>(scorer.model().classes());
      ASSERT_EQ(Bits(std::span(scores.probabilities).subspan(row * classes, classes)),
                Bits(expected.probabilities.row(0)));
      for (std::size_t i = 0; i < kFeatures.size(); ++i)
        missing[i] += conformed.table.column(i).IsMissing(0) ? 1 : 0;
    }
    EXPECT_EQ(next_issue, scores.issues.size());
    EXPECT_EQ(scores.missing, missing);
  }
}

TEST(RowScorerTest, TextsOfTheTestsAreScored) {
  std::vector<std::string> names;
  const Scorer scorer = RandomScorer(3);
  for (const MatrixColumn& column : scorer.pipeline().outputs()) names.push_back(column.name);
  EXPECT_THAT(names, testing::IsSupersetOf({"notes (score of class 2)", "notes (words)",
                                            "tags (score of class 0)", "tags (words)"}));
}

TEST(RowScorerTest, ARowDoesNotDependOnItsNeighbours) {
  const Scorer scorer = RandomScorer(2);
  const auto made = RowScorer::Make(scorer);
  Random random(5);
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < 600 * kFeatures.size(); ++i)
    cells.push_back(RandomCell(random, i % kFeatures.size()));
  RowScores all, one;
  made->Score(cells, all);
  for (std::size_t row = 0; row < 600; ++row) {
    made->Score(std::span(cells).subspan(row * kFeatures.size(), kFeatures.size()), one);
    ASSERT_EQ(one.predicted[0], all.predicted[row]);
    if (one.predicted[0] < 0) continue;
    ASSERT_EQ(Bits(one.probabilities), Bits(std::span(all.probabilities).subspan(row * 2, 2)));
  }
}

// Rows that mostly hold what a field wants, with some that do not: runs of plain ones among them.
TEST(RowScorerTest, ColumnsGiveTheVeryAnswersOfRows) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const Scorer scorer = RandomScorer(seed);
    const auto made = RowScorer::Make(scorer);
    Random random(seed + 2000);
    const std::size_t rows = random.Below(seed % 3 == 0 ? 1500 : 100);
    const double odd = seed % 2 == 0 ? 0.001 : 0.1;
    std::vector<Cell> cells;
    contract::CellColumns columns;
    columns.Begin(kFeatures.size());
    static constexpr std::string_view kDays[] = {"2001-02-03", "1999-12-31", "2020-02-29",
                                                 "0001-01-01", "2001/02/03", "2001-02-29"};
    for (std::size_t row = 0; row < rows; ++row) {
      columns.AddRow();
      const Cell plain[] = {Number(20.0 + double(random.Below(50))),
                            Number(100 * random.Normal()),
                            Boolean(random.Below(2) == 1),
                            Text(kDays[random.Below(odd < 0.01 ? 3 : 6)]),
                            Text("Bath"),
                            Text("2.5"),
                            Text("n"),
                            Text("a text"),
                            Text("[\"red\",\"oak\"]")};
      for (std::size_t field = 0; field < kFeatures.size(); ++field) {
        cells.push_back(random.Uniform() < odd ? RandomCell(random, field) : plain[field]);
        columns.Set(field, cells.back());
      }
    }
    RowScores expected, found;
    made->Score(cells, expected);
    made->Score(columns, found);
    EXPECT_EQ(found.predicted, expected.predicted);
    EXPECT_EQ(found.missing, expected.missing);
    ASSERT_EQ(found.issues.size(), expected.issues.size());
    for (std::size_t i = 0; i < found.issues.size(); ++i) {
      EXPECT_EQ(found.issues[i].row, expected.issues[i].row);
      EXPECT_EQ(found.issues[i].field, expected.issues[i].field);
      EXPECT_EQ(found.issues[i].rule, expected.issues[i].rule);
    }
    const auto classes = static_cast<std::size_t>(scorer.model().classes());
    for (std::size_t row = 0; row < rows; ++row) {
      if (expected.predicted[row] < 0) continue;
      ASSERT_EQ(Bits(std::span(found.probabilities).subspan(row * classes, classes)),
                Bits(std::span(expected.probabilities).subspan(row * classes, classes)));
    }
  }
}

TEST(RowScorerTest, AWarmCallAllocatesNothing) {
  const Scorer scorer = RandomScorer(2);
  const auto made = RowScorer::Make(scorer);
  std::vector<Cell> cells = {Number(30),         Number(1),           Boolean(true),
                             Text("2001-01-01"), Text("York"),        Number(2),
                             Text("a"),          Text("class1 text"), Text("[\"class2\"]")};
  RowScores scores;
  made->Score(cells, scores);
  const auto* const probabilities = scores.probabilities.data();
  const auto* const work = scores.work.bytes.data();
  const auto* const features = scores.features.data();
  made->Score(cells, scores);
  EXPECT_EQ(probabilities, scores.probabilities.data());
  EXPECT_EQ(work, scores.work.bytes.data());
  EXPECT_EQ(features, scores.features.data());
}

TEST(FieldReaderTest, OnlyTextsAreReadAsTheColumnSpellsThem) {
  const contract::ContractColumn column{.name = "price",
                                        .type = ColumnType::kReal,
                                        .number_format = contract::NumberFormat::kDecimalComma};
  // With the number 99 for "missing", numbers too are looked at as texts.
  for (const std::vector<std::string>& missing : {std::vector<std::string>{}, {"99"}}) {
    const FieldReader reader(column, missing, {});
    EXPECT_EQ(reader.ReadNumber(Number(1.234)).value, 1.234);
    EXPECT_EQ(reader.ReadNumber(Text("1.234")).value, 1234);
    EXPECT_EQ(reader.ReadNumber(Text("1,5")).value, 1.5);
    EXPECT_EQ(reader.ReadNumber(Text("1.5")).broken, contract::Rule::kWrongType);
  }
}

TEST(RowScorerTest, NoRowsGiveNoAnswers) {
  const Scorer scorer = RandomScorer(3);
  RowScores scores;
  RowScorer::Make(scorer)->Score(std::span<const Cell>(), scores);
  EXPECT_TRUE(scores.predicted.empty());
  EXPECT_TRUE(scores.issues.empty());
  EXPECT_EQ(scores.missing, std::vector<std::int64_t>(kFeatures.size(), 0));
}

}  // namespace
}  // namespace reeve::inference
