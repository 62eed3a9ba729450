#include "reeve/workflow/predictions.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/test_folder.h"
#include "reeve/ingest/reader.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/predictions/test_rows.h"

namespace reeve::workflow {
namespace {

using predictions::Number;
using predictions::PredictionLog;
using predictions::TestCall;
using predictions::Text;
using testing::HasSubstr;

constexpr std::int64_t kNoon = 1'773'403'200'000;  // 2026-03-13T12:00:00Z

// A store with rows of two models, that have some fields in common.
class PredictionsTest : public testing::Test {
 protected:
  void SetUp() override {
    cards_.columns = {{.name = "income", .type = ColumnType::kCategory},
                      {.name = "limit", .type = ColumnType::kInteger}};
    cards_.classes = {"a", "b", "c"};
    auto log = PredictionLog::Open({.folder = query_.folder});
    ASSERT_TRUE(log.ok());
    for (int i = 0; i < 5; ++i) {
      (*log)->Append(
          TestCall(loans_, "loan" + std::to_string(i), kNoon + i * 1000)
              .Row({Number(100 + i), Number(0.5), Text("Graduate"), Text("2026-01-02T03:04:05Z")},
                   1, 0.75)
              .Keys({"k"})
              .Get());
    }
    (*log)->Append(TestCall(cards_, "card", kNoon + 2500)
                       .Model("cards", "1")
                       .Row({Text("high"), Number(7)}, 2, 0.25)
                       .Get());
    (*log)->AppendLabel({.request_id = "loan1", .label = "No", .time_ms = kNoon + 9000});
  }
  std::string ReadFile(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  const contract::Contract loans_ = predictions::LoanContract();
  contract::Contract cards_;
  TestFolder folder_;
  PredictionQuery query_{.folder = folder_.Path("predictions")};
};

TEST_F(PredictionsTest, ListsTheLatestFirst) {
  const Result<PredictionRows> rows = QueryPredictions(query_, 4);
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  std::vector<std::string> ids;
  for (const Json& row : ToJson(*rows)) ids.push_back(row["request_id"]);
  EXPECT_THAT(ids, testing::ElementsAre("loan4", "loan3", "card", "loan2"));
  EXPECT_TRUE(rows->has_more);
  const std::string text = ToText(*rows);
  EXPECT_THAT(text, HasSubstr("2026-03-13T12:00:04Z"));
  EXPECT_THAT(text, HasSubstr("0.7500"));
  EXPECT_THAT(text, HasSubstr("--limit"));
}

TEST_F(PredictionsTest, GivesFieldsAsTheyWereSent) {
  query_.filter.request_id = "loan1";
  const Result<PredictionRows> rows = QueryPredictions(query_, 10);
  ASSERT_TRUE(rows.ok());
  EXPECT_FALSE(rows->has_more);
  EXPECT_EQ(DumpJson(ToJson(*rows)),
            R"([{"time":"2026-03-13T12:00:01Z","request_id":"loan1","row":0,"key":"k",)"
            R"("model":"loans","version":"3","income":101,"score":0.5,"education":"Graduate",)"
            R"("asked":"2026-01-02T03:04:05Z","input_time":null,"prediction":"Yes",)"
            R"("probability":0.75,"label":"No","label_time":"2026-03-13T12:00:09Z"}])");
}

TEST_F(PredictionsTest, ExportsModelsIntoOneTable) {
  const std::string path = folder_.Path("out.csv");
  const Result<ExportReport> report = ExportPredictions(query_, path, std::nullopt);
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_EQ(report->rows, 6);
  EXPECT_EQ(report->models.size(), 2U);
  const std::string csv = ReadFile(path);
  EXPECT_TRUE(
      csv.starts_with("time,request_id,row,key,model,version,income,score,education,asked,"
                      "input_time,limit,prediction,probability,label,label_time\n"))
      << csv;
  EXPECT_THAT(csv, HasSubstr("2026-03-13T12:00:01Z,loan1,0,k,loans,3,101,0.5,Graduate,"
                             "2026-01-02T03:04:05Z,,,Yes,0.75,No,2026-03-13T12:00:09Z\n"));
  EXPECT_THAT(csv, HasSubstr("2026-03-13T12:00:02.500Z,card,0,,cards,1,high,,,,,7,c,"));
  // Files are not overwritten by accident.
  EXPECT_EQ(ExportPredictions(query_, path, std::nullopt).status().code(),
            StatusCode::kAlreadyExists);
}

TEST_F(PredictionsTest, ExportsToEveryKindOfTarget) {
  query_.filter.model = "loans";
  for (const std::string& target : {folder_.Path("out.parquet"), folder_.Path("out.jsonl"),
                                    "sqlite:///" + folder_.Path("out.db") + "?table=predictions"}) {
    const Result<ExportReport> report = ExportPredictions(query_, target, std::nullopt);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->rows, 5);
    const auto reader = ingest::TableReader::Open(target, {});
    ASSERT_TRUE(reader.ok()) << reader.status().message();
    Table table;
    ASSERT_TRUE((*reader)->Next(&table).ok());
    ASSERT_EQ(table.rows(), 5) << target;
    EXPECT_EQ((*table.Get("prediction"))->ToText(3), "Yes");
    EXPECT_EQ((*table.Get("income"))->ToText(3), "103") << target;
  }
}

TEST_F(PredictionsTest, WritesATableWithoutRowsWhenThereAreNone) {
  query_.filter.model = "none";
  const std::string path = folder_.Path("none.csv");
  const Result<ExportReport> report = ExportPredictions(query_, path, std::nullopt);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 0);
  EXPECT_TRUE(ReadFile(path).starts_with("time,request_id"));
}

TEST_F(PredictionsTest, CountsByModelAndDay) {
  const auto summary = CountPredictions(query_.folder);
  ASSERT_TRUE(summary.ok());
  const Json json = ToJson(*summary);
  ASSERT_EQ(json["rows"].size(), 2U);
  EXPECT_EQ(json["rows"][0]["model"], "cards");
  EXPECT_EQ(json["rows"][1]["rows"], 5);
  EXPECT_EQ(json["labels"], 1);
  EXPECT_THAT(ToText(*summary), HasSubstr("loans"));
}

TEST_F(PredictionsTest, SaysWhereALogComesFrom) {
  query_.folder = folder_.Path("none");
  const Status status = QueryPredictions(query_, 1).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("does not exist"));
  EXPECT_FALSE(status.fixes().empty());
}

TEST(ParseTimeTest, ReadsDatesAndTimesAgo) {
  EXPECT_EQ(*ParseTime("2026-03-13T12:00:00Z", 0), kNoon);
  EXPECT_EQ(*ParseTime("2026-03-13", 0), kNoon - 12 * 3'600'000);
  EXPECT_EQ(*ParseTime("1h", kNoon), kNoon - 3'600'000);
  EXPECT_EQ(*ParseTime("7d", kNoon), kNoon - 7 * 86'400'000LL);
  EXPECT_EQ(*ParseTime("1.5h", kNoon), kNoon - 5'400'000);
  for (const char* wrong : {"", "h", "yesterday", "-1h", "2026-13-01", "1y"})
    EXPECT_EQ(ParseTime(wrong, kNoon).status().code(), StatusCode::kInvalidArgument) << wrong;
}

}  // namespace
}  // namespace reeve::workflow
