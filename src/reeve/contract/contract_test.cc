#include "reeve/contract/contract.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/contract/lint.h"
#include "reeve/contract/profile.h"

namespace reeve::contract {
namespace {

Column Raw(const std::string& name, const std::vector<std::string>& values) {
  Column column = Column::Texts(name);
  for (const std::string& value : values) column.AppendText(value);
  return column;
}

Contract Trained() {
  Table raw;
  raw.Add(Raw("score", {"300", "850", "600"}));
  raw.Add(Raw("city", {"York", "Ely", "York"}));
  raw.Add(Raw("income", {"10", "", "30"}));
  Contract contract =
      MakeContract(InferTypes(std::move(raw), {}).value(), {"score", "city", "income"});
  contract.target = "y";
  contract.classes = {"no", "yes"};
  contract.positive = "yes";
  return contract;
}

TEST(ContractTest, HoldsWhatTrainingSaw) {
  const Contract contract = Trained();
  EXPECT_TRUE(contract.columns[0].required);
  EXPECT_EQ(contract.columns[0].minimum, 300);
  EXPECT_EQ(contract.columns[1].categories.front(),
            std::make_pair(std::string("York"), std::int64_t{2}));
  EXPECT_FALSE(contract.columns[2].required);
  const auto read = ContractFromJson(ToJson(contract));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(ToJson(*read), ToJson(contract));
}

TEST(ContractTest, RefusesDamagedJson) {
  Json json = ToJson(Trained());
  for (const char* const member : {"target", "classes", "columns", "missing_texts"}) {
    Json damaged = json;
    damaged.erase(member);
    EXPECT_EQ(ContractFromJson(damaged).status().code(), StatusCode::kCorrupt) << member;
  }
  json["format_version"] = 2;
  EXPECT_THAT(ContractFromJson(json).status().message(), testing::HasSubstr("version 2"));
}

TEST(ConformTest, NamesEveryViolationAndScoresTheRest) {
  Table chunk;
  chunk.Add(Raw("city", {"York", "Oslo", "Ely", "?"}));
  chunk.Add(Raw("score", {"700", "high", "", "999"}));
  chunk.Add(Raw("branch", {"a", "b", "c", "d"}));
  const auto conformed =
      Conform(Trained(), chunk, {.first_row = 10, .report_soft_violations = true});
  ASSERT_TRUE(conformed.ok()) << conformed.status().message();
  EXPECT_EQ(conformed->table.Names(), (std::vector<std::string>{"score", "city", "income"}));
  EXPECT_EQ(conformed->usable, (std::vector<bool>{true, false, false, false}));
  std::vector<std::string> found;
  for (const Violation& v : conformed->violations)
    found.push_back(std::to_string(v.row) + " " + v.column + " " + std::string(RuleName(v.rule)));
  EXPECT_THAT(found, testing::UnorderedElementsAre(
                         "11 score wrong_type", "11 city unseen_category", "12 score missing_value",
                         "13 score out_of_range", "13 city missing_value"));
  EXPECT_EQ(conformed->unseen.at("city").at("Oslo"), 1);
  EXPECT_TRUE(std::isnan(conformed->table.column(2).numbers()[0]));
}

TEST(ConformTest, AbsentRequiredColumnNamesTheLikelyOne) {
  Table chunk;
  chunk.Add(Raw("scor", {"1"}));
  chunk.Add(Raw("city", {"York"}));
  const Status status = Conform(Trained(), chunk, {}).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidData);
  EXPECT_THAT(status.message(),
              testing::AllOf(testing::HasSubstr("\"score\""), testing::HasSubstr("\"scor\"")));
}

TEST(ConformTest, NumbersOfTypedSourcesAreRead) {
  Table chunk;
  chunk.Add(Column::Numbers("score", ColumnType::kInteger, {700}));
  chunk.Add(Column::Numbers("city", ColumnType::kInteger, {1}));
  const auto conformed = Conform(Trained(), chunk, {});
  EXPECT_EQ(conformed->table.column(0).numbers()[0], 700);
  EXPECT_EQ(conformed->unseen.at("city").at("1"), 1);
}

TEST(ConformTest, NumbersOfTypedSourcesObeyTheRulesOfTexts) {
  Contract contract;
  contract.missing_texts = {"99"};
  contract.columns.push_back({.name = "score", .type = ColumnType::kInteger});
  contract.columns.push_back({.name = "member", .type = ColumnType::kBoolean});
  Table chunk;
  chunk.Add(Column::Numbers("score", ColumnType::kReal, {99, 99.5}));
  chunk.Add(Column::Numbers("member", ColumnType::kReal, {1, 25}));
  const auto conformed = Conform(contract, chunk, {});
  EXPECT_TRUE(conformed->table.column(0).IsMissing(0));
  EXPECT_EQ(conformed->table.column(0).numbers()[1], 99.5);
  EXPECT_TRUE(conformed->usable[0]);
  EXPECT_FALSE(conformed->usable[1]);
  ASSERT_EQ(conformed->violations.size(), 1U);
  EXPECT_EQ(conformed->violations[0].rule, Rule::kWrongType);
  EXPECT_EQ(conformed->violations[0].found, "25");
}

std::vector<std::string> Codes(const Table& table, const std::vector<std::string>& features) {
  std::vector<std::string> codes;
  for (const Warning& warning : LintFeatures(table, features).warnings)
    codes.push_back(warning.code + " " + warning.column);
  return codes;
}

TEST(LintTest, NamesUselessAndCopiedColumns) {
  std::vector<double> running, noise, scaled, constant(50, 1);
  std::vector<std::int32_t> category, renamed;
  for (int i = 0; i < 50; ++i) {
    running.push_back(100 + 5 * i);
    noise.push_back(i * 37 % 50);
    scaled.push_back(3.0 * noise.back() + 1);
    category.push_back(i % 3);
    renamed.push_back((i % 3 + 1) % 3);
  }
  Table table;
  table.Add(Column::Numbers("running", ColumnType::kInteger, running));
  table.Add(Column::Numbers("noise", ColumnType::kReal, noise));
  table.Add(Column::Numbers("scaled", ColumnType::kReal, scaled));
  table.Add(Column::Numbers("constant", ColumnType::kReal, constant));
  table.Add(Column::Codes("category", ColumnType::kCategory, category, {"a", "b", "c"}));
  table.Add(Column::Codes("renamed", ColumnType::kCategory, renamed, {"x", "y", "z"}));
  EXPECT_THAT(Codes(table, table.Names()),
              testing::ElementsAre("id_like_column running", "duplicate_column scaled",
                                   "constant_column constant", "duplicate_column renamed"));
  EXPECT_EQ(LintFeatures(table, table.Names()).unusable,
            (std::vector<std::string>{"running", "constant"}));
}

TEST(LintTest, TextsAreCopiesOnlyWhenTheyAreEqual) {
  Table table;
  for (const char* name : {"title", "note", "again"}) {
    Column texts = Column::Texts(name);
    for (int i = 0; i < 30; ++i)
      texts.AppendText(std::string(name == std::string("again") ? "title" : name) + " number " +
                       std::to_string(i));
    table.Add(std::move(texts));
  }
  EXPECT_THAT(Codes(table, table.Names()), testing::ElementsAre("duplicate_column again"));
  EXPECT_TRUE(LintFeatures(table, table.Names()).unusable.empty());
}

TEST(LintTest, ColumnsWhoseValuesAllDifferAreNoCopies) {
  Table table;
  std::vector<double> x, y, near, visits, other;
  for (int i = 0; i < 600; ++i) {
    x.push_back(std::sin(i));
    y.push_back(std::cos(3 * i));
    near.push_back(x.back() + 0.005 * y.back());
    // One-to-one, each belonging to one of 100 persons.
    visits.push_back(std::sin(i % 100));
    other.push_back(std::cos(7 * (i % 100)));
  }
  table.Add(Column::Numbers("x", ColumnType::kReal, x));
  table.Add(Column::Numbers("y", ColumnType::kReal, y));
  table.Add(Column::Numbers("near", ColumnType::kReal, near));
  table.Add(Column::Numbers("visits", ColumnType::kReal, visits));
  table.Add(Column::Numbers("other", ColumnType::kReal, other));
  table.Add(Column::Numbers("x_again", ColumnType::kReal, x));
  EXPECT_THAT(Codes(table, table.Names()),
              testing::ElementsAre("duplicate_column near", "duplicate_column x_again"));
  EXPECT_THAT(LintFeatures(table, table.Names()).warnings.front().message,
              testing::HasSubstr("nearly a copy of column \"x\" (correlation 0.9999"));
  EXPECT_THAT(LintFeatures(table, table.Names()).warnings.back().message,
              testing::HasSubstr("\"x\" (same values)"));
}

TEST(ProfileTest, StatisticsAndRoundTrip) {
  Table table;
  table.Add(Column::Numbers("n", ColumnType::kReal, {1, 2, 3, 4, kMissingNumber}));
  table.Add(Column::Codes("c", ColumnType::kCategory, {0, 1, 1, kMissingCode, 1}, {"a", "b"}));
  const Profile profile = MakeProfile(table, 2);
  EXPECT_EQ(profile.columns[0].missing, 1);
  EXPECT_EQ(profile.columns[0].mean, 2.5);
  EXPECT_NEAR(*profile.columns[0].standard_deviation, std::sqrt(1.25), 1e-12);
  EXPECT_EQ(profile.columns[0].quantiles[4], 2.5);
  EXPECT_EQ(profile.columns[1].top_values[0].value, "b");
  std::int64_t counted = 0;
  for (const std::int64_t count : profile.columns[0].uniform.counts) counted += count;
  EXPECT_EQ(counted, 4);
  const auto read = ProfileFromJson(ToJson(profile));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(ToJson(*read), ToJson(profile));
}

TEST(DiffProfilesTest, TellsWhatChanged) {
  Table before, after;
  std::vector<double> numbers, moved;
  for (int i = 0; i < 200; ++i) {
    numbers.push_back(i);
    moved.push_back(i + 80);
  }
  before.Add(Column::Numbers("same", ColumnType::kReal, numbers));
  before.Add(Column::Numbers("moved", ColumnType::kReal, numbers));
  before.Add(Column::Numbers("gone", ColumnType::kReal, numbers));
  after.Add(Column::Numbers("same", ColumnType::kReal, numbers));
  after.Add(Column::Numbers("moved", ColumnType::kReal, moved));
  after.Add(Column::Numbers("new", ColumnType::kReal, moved));
  const ProfileDiff diff = DiffProfiles(MakeProfile(before), MakeProfile(after));
  EXPECT_FALSE(diff.same);
  ASSERT_EQ(diff.columns.size(), 4u);
  EXPECT_EQ(diff.columns[0].kind, "same");
  EXPECT_NEAR(*diff.columns[0].psi, 0, 1e-9);
  EXPECT_EQ(diff.columns[1].kind, "changed");
  EXPECT_GT(*diff.columns[1].psi, 0.25);
  EXPECT_EQ(diff.columns[2].kind, "removed");
  EXPECT_EQ(diff.columns[3].kind, "added");
}

}  // namespace
}  // namespace reeve::contract
