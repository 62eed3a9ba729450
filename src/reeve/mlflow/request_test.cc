#include "reeve/mlflow/request.h"

#include <cmath>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

Request Body(std::string_view text) {
  Result<Request> request = Request::FromBody(text);
  EXPECT_TRUE(request.ok()) << request.status().message();
  return std::move(*request);
}

TEST(RequestTest, NumbersMayBeTexts) {
  const Request request = Body(R"({"a":"17","b":3,"c":"NaN","d":"2.5","e":1.0,"f":"-Infinity"})");
  EXPECT_EQ(request.Integer("a"), 17);
  EXPECT_EQ(request.Integer("b"), 3);
  EXPECT_TRUE(std::isnan(*request.Real("c")));
  EXPECT_EQ(request.Real("d"), 2.5);
  EXPECT_EQ(request.Integer("e"), 1);
  EXPECT_EQ(request.Real("f"), -INFINITY);
  EXPECT_EQ(request.Integer("d"), std::nullopt);
}

TEST(RequestTest, NoJsonIsAnEmptyObject) {
  for (const char* text : {"", "  ", "{bad", "null"}) EXPECT_FALSE(Body(text).Has("a")) << text;
  EXPECT_EQ(Body(R"("{\"a\":\"b\"}")").Text("a"), "b");
  for (const char* text : {"[]", "5", "true"}) EXPECT_FALSE(Request::FromBody(text).ok()) << text;
}

TEST(RequestTest, RunUuidStandsForRunId) {
  EXPECT_EQ(Body(R"({"run_uuid":"x"})").Text("run_id"), "x");
  EXPECT_EQ(Request::FromQuery("run_uuid=x", {{"run_id"}})->Text("run_id"), "x");
}

TEST(RequestTest, NamesInCamelCaseStandForTheirs) {
  const Request request =
      Body(R"({"runId":"x","a_b":"own","aB":"other","metrics":[{"modelId":"m"}]})");
  EXPECT_EQ(request.Text("run_id"), "x");
  EXPECT_EQ(request.Text("a_b"), "own");
  EXPECT_EQ(request.Objects("metrics").at(0).Text("model_id"), "m");
  EXPECT_EQ(Body(R"({"runUuid":"x"})").Text("run_id"), "x");
}

TEST(RequestTest, ConstantsThatAreNoJsonAreRead) {
  const Request request =
      Body(R"({"a": NaN, "b":[Infinity,-Infinity], "c":"NaN \" Infinity", "d":-Infinity})");
  EXPECT_TRUE(std::isnan(*request.Real("a")));
  EXPECT_TRUE(request.Has("b"));
  EXPECT_EQ(request.Text("c"), "NaN \" Infinity");
  EXPECT_EQ(request.Real("d"), -INFINITY);
  for (const char* text : {"{\"a\": NaN", "{NaN}", "{\"a\": \"NaN\\", "{\"a\": Infinit}"})
    EXPECT_FALSE(Body(text).Has("a")) << text;
}

TEST(RequestTest, QueriesAreDecodedAndMakeLists) {
  const std::vector<Field> fields = {
      {"a"}, {"b", FieldType::kTexts}, {"c", FieldType::kBool}, {"d", FieldType::kIntegers}};
  const Result<Request> request = Request::FromQuery("a=x+y%26z&b=1&b=2&c=TRUE&d=4&&no=1", fields);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->Text("a"), "x y&z");
  EXPECT_EQ(request->Texts("b"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(request->Bool("c"), true);
  EXPECT_EQ(request->Integers("d"), (std::vector<std::int64_t>{4}));
  EXPECT_FALSE(request->Has("no"));
  EXPECT_EQ(Request::FromQuery("c=2", fields).status().message(),
            "Invalid boolean value: 2, must be 'true' or 'false'.");
}

TEST(RequestTest, EnumsGoByNameAndNumber) {
  const auto read = [](std::string_view text) {
    return Body(text).Enum("s", {"RUNNING", "SCHEDULED"});
  };
  EXPECT_EQ(read(R"({"s":"SCHEDULED"})"), "SCHEDULED");
  EXPECT_EQ(read(R"({"s":1})"), "RUNNING");
  EXPECT_EQ(read(R"({"s":"2"})"), "SCHEDULED");
  EXPECT_EQ(read(R"({"s":"SLEEPING"})"), std::nullopt);
  EXPECT_EQ(read("{}"), std::nullopt);
}

TEST(RequestTest, PairsMayLackMembers) {
  const auto pairs = Body(R"({"tags":[{"key":"a","value":"b"},{"key":"c"}]})").Pairs("tags");
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0], std::make_pair(std::string("a"), std::string("b")));
  EXPECT_EQ(pairs[1], std::make_pair(std::string("c"), std::string()));
}

TEST(RequestTest, AnEmptyTextIsNoNumberAndNoList) {
  const std::vector<Field> fields = {{"step", FieldType::kInteger}, {"tags", FieldType::kObjects}};
  const auto message = [&](const char* body) {
    return Request::FromBody(body)->Check(fields).message();
  };
  EXPECT_EQ(message(R"({"step":"","tags":[]})"),
            "Invalid value \"\" for parameter 'step' supplied:  Hint: Value was of type 'str'. See "
            "the API docs for more information about request parameters.");
  EXPECT_NE(message(R"({"tags":""})").find("Invalid value \"\" for parameter 'tags'"),
            std::string::npos);
}

TEST(RequestTest, ValuesInMessagesAreAscii) {
  EXPECT_EQ(InvalidValue("key", "\xc3\xa4", "").message(),
            "Invalid value \"\\u00e4\" for parameter 'key' supplied.");
}

TEST(RequestTest, EmptyTextsAreMissing) {
  const std::vector<Field> fields = {{"a", FieldType::kText, true}};
  EXPECT_FALSE(Body(R"({"a":""})").Check(fields).ok());
  EXPECT_FALSE(Body(R"({"a":null})").Check(fields).ok());
  EXPECT_TRUE(Body(R"({"a":"x"})").Check(fields).ok());
}

}  // namespace
}  // namespace reeve::mlflow
