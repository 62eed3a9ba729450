#include "reeve/server/scoring/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/description/test_small_models.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

using contract::Cell;
using testing::HasSubstr;

Cell Number(double number) { return {.kind = Cell::Kind::kNumber, .number = number}; }
Cell Text(std::string_view text) { return {.kind = Cell::Kind::kText, .text = text}; }

// Puts rows of score, income, education, member, since on the desk and scores them.
void Score(const ServedModel& model, const std::vector<std::vector<Cell>>& rows,
           ScoringDesk& desk) {
  desk.rows.Begin(model.contract());
  for (const auto& row : rows) {
    desk.rows.AddRow();
    for (std::size_t i = 0; i < row.size(); ++i) desk.rows.Set(i, row[i]);
  }
  model.row_scorer->Score(desk.rows.cells(), desk.scores);
}

const std::vector<std::vector<Cell>> kRows = {
    {Number(850), Number(90'000.25), Text("Graduate"),
     Cell{.kind = Cell::Kind::kBoolean, .number = 1}, Text("1970-01-05")},
    {Text(" 320 "), {}, Text("Post Graduate"), Text("false"), {}}};

// The same rows as a file spells them.
Table FileOfRows() {
  const std::vector<std::vector<std::string>> columns = {{"850", "320"},
                                                         {"90000.25", ""},
                                                         {"Graduate", "Post Graduate"},
                                                         {"true", "false"},
                                                         {"1970-01-05", ""}};
  const char* const names[] = {"score", "income", "education", "member", "since"};
  Table table;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Column column = Column::Texts(names[i]);
    for (const std::string& text : columns[i]) column.AppendText(text);
    table.Add(std::move(column));
  }
  return table;
}

TEST(ReasonsTest, AreThoseOfTheSameRowsInAFile) {
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"no", "yes"}, std::vector<std::string>{"a", "b", "c"}}) {
    const auto model = MakeSmallModel({.classes = classes});
    ScoringDesk desk;
    Score(*model, kRows, desk);
    const auto reasons = Reasons(*model, desk, 4);
    ASSERT_TRUE(reasons.ok()) << reasons.status().message();
    const inference::Scored scored = model->scorer->Score(FileOfRows(), 0, 1).value();
    const auto of_file = model->explainer()->Reasons(FileOfRows(), scored.predicted, 4, 1).value();
    ASSERT_EQ(reasons->size(), 2u);
    for (std::size_t row = 0; row < 2; ++row) {
      std::string here, there;
      AppendReasons(*model, (*reasons)[row], desk.scores.predicted[row], here);
      AppendReasons(*model, of_file[row], scored.predicted[row], there);
      EXPECT_EQ(here, there);
      EXPECT_EQ((*reasons)[row].size(), 4u);
    }
  }
}

TEST(ReasonsTest, AreWrittenAsExplainWritesThem) {
  const auto model = MakeSmallModel();
  std::string out;
  AppendReasons(*model,
                {{.field = "a \"b\"", .value = "x\n", .contribution = -0.25},
                 {.field = "n", .value = "", .contribution = 0.5}},
                1, out);
  EXPECT_EQ(out, R"(,"reasons":[{"field":"a \"b\"","value":"x\n","contribution":-0.25,)"
                 R"("direction":"against Approved"},{"field":"n","value":null,)"
                 R"("contribution":0.5,"direction":"for Approved"}])");
  out.clear();
  AppendReasonUnit(*model, out);
  EXPECT_EQ(out, R"(,"unit":"log_odds","expected":{"Approved":0.0})");
}

TEST(ReasonsTest, TheQuerySaysHowMany) {
  const auto read = [](std::string_view query) {
    Response response;
    std::size_t top = 99;
    return ReadReasons(query, top, response) ? static_cast<int>(top) : -response.status;
  };
  EXPECT_EQ(read(""), 0);
  EXPECT_EQ(read("model=a"), 0);
  EXPECT_EQ(read("model=a&reasons=5"), 5);
  EXPECT_EQ(read("reasons=true"), 3);
  EXPECT_EQ(read("reasons=false"), 0);
  EXPECT_EQ(read("reasons=0"), 0);
  EXPECT_EQ(read("reasons=-1"), -400);
  EXPECT_EQ(read("reasons=1.5"), -400);
  EXPECT_EQ(read("reasons=some"), -400);
}

TEST(ReasonsTest, OfMoreRowsThanOneRequestMayAskForAreRefused) {
  const auto model = MakeSmallModel();
  Response response;
  EXPECT_TRUE(CanGiveReasons(*model, 3, 9'000, response));
  EXPECT_TRUE(CanGiveReasons(*model, 0, 100'000, response));
  EXPECT_FALSE(CanGiveReasons(*model, 3, 100'000, response));
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("reasons of 100,000 rows, expected at most 15,9"));
}

TEST(ReasonsTest, AModelThatDoesNotHoldWhatTheyAreMadeOfHasNone) {
  const auto model = MakeSmallModel({.has_means = false});
  Response response;
  EXPECT_FALSE(CanGiveReasons(*model, 3, 1, response));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("train it anew"));
  ScoringDesk desk;
  Score(*model, kRows, desk);
  EXPECT_FALSE(Reasons(*model, desk, 3).ok());
  EXPECT_TRUE(Reasons(*model, desk, 0).ok());
}

TEST(ReasonsTest, KeepNoOtherConnectionWaiting) {
  const ScoringContext context;
  Request plain, asking;
  plain.query = "model=loans";
  asking.query = "model=loans&reasons=2";
  for (const Route& route : PredictRoutes(context)) {
    ASSERT_TRUE(route.takes_long) << route.pattern;
    EXPECT_FALSE(route.takes_long(plain)) << route.pattern;
    EXPECT_TRUE(route.takes_long(asking)) << route.pattern;
  }
}

}  // namespace
}  // namespace reeve::server
