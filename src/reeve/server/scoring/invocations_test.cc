#include "reeve/server/scoring/invocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/server/scoring/test_service.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

constexpr const char* kRecords =
    R"([{"age":30,"income":2.5,"city":"Ely","married":true},{"age":"41","income":null,"city":"York"}])";

class InvocationsTest : public testing::Test {
 protected:
  Response Post(const std::string& body, std::string_view type = "application/json",
                std::string_view path = "/invocations") {
    return TestService::Call(routes_, "POST", "/invocations",
                             TestService::MakeRequest(path, {{"Content-Type", type}}), body);
  }
  Json Predictions(const std::string& body, std::string_view type = "application/json") {
    const Response response = Post(body, type);
    EXPECT_EQ(response.status, 200) << body << "\n" << response.body;
    return response.status == 200 ? ParseJson(response.body)->at("predictions") : Json();
  }
  void ExpectRefused(int status, const std::string& body, const std::string& message,
                     std::string_view type = "application/json") {
    const Response response = Post(body, type);
    EXPECT_EQ(response.status, status) << body << "\n" << response.body;
    const auto json = ParseJson(response.body);
    ASSERT_TRUE(json.ok()) << response.body;
    EXPECT_EQ(json->at("error_code"), "BAD_REQUEST");
    EXPECT_THAT(json->at("message").get<std::string>(), HasSubstr(message)) << body;
  }

  TestService service_;
  std::vector<Route> routes_ = InvocationsRoutes(service_.context);
};

TEST_F(InvocationsTest, AllFormsOfTheSameRowsAgree) {
  const std::string records = kRecords;
  const Json want = Predictions("{\"dataframe_records\":" + records + "}");
  ASSERT_EQ(want.size(), 2U);
  EXPECT_EQ(want[0].at("row_id"), 0);
  EXPECT_EQ(want[0].at("label"), want[0].at("prediction") == 1 ? "yes" : "no");
  EXPECT_NE(want[0].at("probability"), want[1].at("probability"));
  for (
      const std::string& body : {
          "{\"instances\":" + records + ",\"params\":{\"x\":[1,{}]},\"parameters\":null}",
          "{\"inputs\":" + records + "}",
          std::string(R"({"instances":[[30,2.5,"Ely",true],["41",null,"York",null]]})"),
          std::string(
              R"({"inputs":{"city":["Ely","York"],"age":[30,"41"],"income":[2.5,null],"married":[true,""]}})"),
          std::string(
              R"({"dataframe_split":{"index":[7,9],"data":[["Ely",30,true,2.5],["York",41,null,NaN]],"columns":["city","age","married","income"]}})"),
      }) {
    EXPECT_EQ(Predictions(body), want) << body;
  }
  EXPECT_EQ(Predictions("\xEF\xBB\xBF"
                        "city;age;income;married\r\n\"Ely\";30;2.5;true\r\n\r\nYork; 41;;\r\n",
                        "text/csv; charset=UTF-8"),
            want);
}

TEST_F(InvocationsTest, InputsMayBeOneRecord) {
  EXPECT_EQ(Predictions(R"({"inputs":{"age":30,"city":"Ely"}})"),
            Predictions(R"({"instances":[{"age":30,"city":"Ely"}]})"));
}

TEST_F(InvocationsTest, NoRowsGiveNoPredictions) {
  for (const char* body :
       {R"({"instances":[]})", R"({"dataframe_records":[]})",
        R"({"dataframe_split":{"columns":["age"],"data":[]}})", R"({"inputs":{"age":[]}})"}) {
    EXPECT_EQ(Predictions(body), Json::array()) << body;
  }
  EXPECT_EQ(Predictions("age\n", "text/csv"), Json::array());
}

TEST_F(InvocationsTest, NamesWhatItDoesNotKnow) {
  for (const char* body :
       {R"({"instances":[{"age":30,"city":"Oslo","ciyt":1}]})",
        R"({"inputs":{"age":[30],"city":["Oslo"],"ciyt":[1]}})",
        R"({"dataframe_split":{"columns":["age","city","ciyt"],"data":[[30,"Oslo",1]]}})"}) {
    const Response response = Post(body);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("unseen_category")) << body;
    EXPECT_THAT(response.body, HasSubstr("\"ciyt\"")) << body;
  }
  service_.context.strict = true;
  ExpectRefused(400, R"({"instances":[{"age":30,"ciyt":1}]})", "ciyt");
}

TEST_F(InvocationsTest, RefusesOtherShapes) {
  ExpectRefused(400, "", "empty");
  ExpectRefused(400, "{", "no JSON");
  ExpectRefused(400, "[{\"age\":30}]", "a list");
  ExpectRefused(400, "3", "a number");
  ExpectRefused(400, "null", "null");
  ExpectRefused(400, "{}", "exactly one of");
  ExpectRefused(400, R"({"data":[]})", "exactly one of");
  ExpectRefused(400, R"({"instances":[{"age":1}],"inputs":[{"age":1}]})", "both");
  ExpectRefused(400, R"({"instances":[],"instances":[]})", "twice");
  ExpectRefused(400, R"({"instances":"x"})", "a text");
  ExpectRefused(400, R"({"instances":[{"age":1},[1,2,3,4]]})", "row 1 is a list");
  ExpectRefused(400, R"({"instances":[[1,2]]})", "2 values, expected 4");
  ExpectRefused(400, R"({"instances":[[30,1,"x",true],{"age":1}]})", "row 1 is an object");
  ExpectRefused(400, R"({"dataframe_records":5})", "a number");
  ExpectRefused(400, R"({"dataframe_split":{"columns":["age"]}})", "dataframe_split");
  ExpectRefused(400, R"({"dataframe_split":{"columns":["age","age"],"data":[]}})", "twice");
  ExpectRefused(400, R"({"dataframe_split":{"columns":["age",1],"data":[]}})", "names");
  ExpectRefused(400, R"({"dataframe_split":{"columns":["age","city"],"data":[[1]]}})",
                "row 0 has 1 values, expected 2");
  ExpectRefused(400, R"({"inputs":{"age":[1,2],"city":["York"]}})", "\"city\" has 1 values");
  ExpectRefused(400, R"({"inputs":{"age":[1,2],"city":"York"}})", "single values");
  ExpectRefused(400, R"({"instances":[{"age":1,"age":2}]})", "twice");
  ExpectRefused(400, R"({"instances":[{"age":1,"x":2,"y":1,"x":2}]})", "twice");
  ExpectRefused(400, "{\"instances\":[{\"age\":1,\"city\":\"\xFF\"}]}", "UTF-8");
  ExpectRefused(400, R"({"instances":[{"age":1e999}]})", "number");
}

TEST_F(InvocationsTest, NamesBadFieldsWithTheirRow) {
  ExpectRefused(400, R"({"instances":[{"age":1},{"city":"York"}]})", "age");
  ExpectRefused(400, R"({"instances":[{"age":[1]}]})", "age");
  ExpectRefused(400, R"({"inputs":{"age":["x"]}})", "row 0");
  ExpectRefused(400, "city\nYork\n", "\"age\"", "text/csv");
  ExpectRefused(400, "age,city\n1\n", "row 0: found 1 fields, expected 2", "text/csv");
  ExpectRefused(400, "age,city\n1,York\n2,\"York\n", "row 1: a quote is not closed", "text/csv");
  ExpectRefused(400, "", "empty", "text/csv");
}

TEST_F(InvocationsTest, KeepsLimits) {
  service_.context.max_rows = 2;
  service_.context.max_depth = 4;
  EXPECT_EQ(Post(R"({"instances":[{"age":1},{"age":2}]})").status, 200);
  for (const char* body : {R"({"instances":[{"age":1},{"age":2},{"age":3}]})",
                           R"({"inputs":{"age":[1,2,3]}})", R"({"instances":[[],[],[]]})",
                           R"({"dataframe_split":{"columns":["age"],"data":[[1],[2],[3]]}})"})
    ExpectRefused(413, body, "more than 2 rows");
  ExpectRefused(413, "age\n1\n2\n3\n", "more than 2 rows", "text/csv");
  EXPECT_EQ(Post(R"({"instances":[{"age":1,"x":[1]}]})").status, 200);
  ExpectRefused(400, R"({"instances":[{"age":1,"x":[[1]]}]})", "deeper than 4");
  EXPECT_EQ(Post(std::string(100'000, '[')).status, 400);
  EXPECT_LT(Post(std::string(100'000, '[')).body.size(), 200U);
}

TEST_F(InvocationsTest, TakesJsonAndCsvInUtf8Only) {
  const std::string body = R"({"instances":[{"age":1}]})";
  for (const char* type : {"application/json", "application/json; charset=utf-8",
                           "APPLICATION/JSON;charset=\"UTF-8\"", ""})
    EXPECT_EQ(Post(body, type).status, 200) << type;
  for (const char* type :
       {"text/plain", "application/xml", "application/json; charset=latin-1",
        "application/x-www-form-urlencoded", "text/csv; charset=utf-16", ";", "application/"})
    ExpectRefused(415, body, "Content-Type", type);
}

TEST_F(InvocationsTest, LongCodesKeepTheirDigits) {
  // Beyond 64 bits, and as numbers of a column of numbers.
  EXPECT_EQ(Predictions(R"({"instances":[{"age":30,"income":123456789012345678901234567890}]})"),
            Predictions(R"({"instances":[{"age":30,"income":1.2345678901234568e29}]})"));
  EXPECT_EQ(Predictions(R"({"instances":[{"age":30,"income":9007199254740993}]})"),
            Predictions(R"({"instances":[{"age":30,"income":9007199254740992}]})"));
}

TEST_F(InvocationsTest, NotANumberIsAMissingValue) {
  const Json want = Predictions(R"({"instances":[{"age":30,"city":"NaN \" NaN"}]})");
  EXPECT_EQ(Predictions(R"({"instances":[{"age":30,"income":NaN,"city":"NaN \" NaN"}]})"), want);
  ExpectRefused(400, R"({"instances":[{"age":NaNa}]})", "no JSON");
  ExpectRefused(400, R"({"instances":[{"age":NaN}]})", "age");
}

TEST_F(InvocationsTest, ChoosesTheModelByQuery) {
  const std::string body = R"({"instances":[{"age":1}]})";
  EXPECT_EQ(Post(body, "", "/invocations?model=loans&version=3").status, 200);
  EXPECT_EQ(Post(body, "", "/invocations?model=other").status, 404);
}

TEST_F(InvocationsTest, AnswersItsProbes) {
  const Request request = TestService::MakeRequest("/ping");
  EXPECT_EQ(TestService::Call(routes_, "GET", "/ping", request).body, "\n");
  EXPECT_THAT(TestService::Call(routes_, "GET", "/version", request).body, HasSubstr("reeve "));
  TestService none{std::vector<std::string>()};
  const auto routes = InvocationsRoutes(none.context);
  EXPECT_EQ(TestService::Call(routes, "GET", "/ping", request).status, 404);
  EXPECT_EQ(TestService::Call(routes, "POST", "/invocations", request, "{}").status, 503);
}

TEST_F(InvocationsTest, VertexTakesInstancesAtItsOwnPath) {
  const std::string path = "/v1/endpoints/7/deployedModels/9:predict";
  const std::vector<Route> routes = {VertexRoute(service_.context, path)};
  const auto call = [&](const std::string& body) {
    return TestService::Call(routes, "POST", path, TestService::MakeRequest(path), body);
  };
  const Response good = call(std::string("{\"instances\":") + kRecords + ",\"parameters\":{}}");
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(ParseJson(good.body)->at("predictions").size(), 2U);
  const Response bad = call(R"({"dataframe_records":[]})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(ParseJson(bad.body)->at("error").at("code"), "invalid_request");
}

TEST_F(InvocationsTest, SeveralClassesHaveProbabilities) {
  TestService three({"a", "b", "c"});
  const Response response =
      TestService::Call(InvocationsRoutes(three.context), "POST", "/invocations",
                        TestService::MakeRequest("/invocations"), R"({"instances":[{"age":1}]})");
  const Json prediction = ParseJson(response.body)->at("predictions")[0];
  EXPECT_EQ(prediction.at("probabilities").size(), 3U);
  EXPECT_EQ(prediction.at("prediction"), prediction.at("label"));
}

}  // namespace
}  // namespace reeve::server
