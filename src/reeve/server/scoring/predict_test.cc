#include "reeve/server/scoring/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/server/health.h"
#include "reeve/server/scoring/feedback.h"
#include "reeve/server/scoring/test_model.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class PredictTest : public testing::Test {
 protected:
  PredictTest() { Serve({MakeTestModel()}); }

  void Serve(std::vector<std::shared_ptr<const ServedModel>> models) {
    directory_ = std::make_unique<TestDirectory>(std::move(models));
    context_.models = directory_.get();
    context_.log = &log_;
  }

  // Runs the route of `path` on a body; returns the answer's JSON and keeps the response.
  Json Post(const std::string& path, const std::string& body, const std::string& query = "",
            const std::string& content_type = "application/json") {
    std::vector<Route> routes = PredictRoutes(context_);
    for (Route& route : FeedbackRoutes(context_)) routes.push_back(std::move(route));
    for (Route& route : HealthRoutes(context_, {.is_ready = [this] { return ready_; }}))
      routes.push_back(std::move(route));
    std::string padded = body + std::string(Request::kBodyPadding, '\0');
    Request request;
    request.path = path;
    request.query = query;
    request.headers = {{"content-type", content_type}};
    request.body = std::string_view(padded).substr(0, body.size());
    request.request_id = "r1";
    response_ = Response();
    for (const Route& route : routes) {
      if (route.pattern == path) route.handle(request, response_);
    }
    const Result<Json> json = ParseJson(response_.body);
    return json.ok() ? *json : Json(response_.body);
  }

  std::unique_ptr<TestDirectory> directory_;
  TestLog log_;
  ScoringContext context_;
  Response response_;
  bool ready_ = true;
};

TEST_F(PredictTest, OneRowIsAnsweredInTheGivenForm) {
  const Json answer = Post("/predict", R"({"age":35,"income":2000,"city":"York"})");
  EXPECT_EQ(response_.status, 200);
  std::vector<std::string> members;
  for (const auto& [name, value] : answer.items()) members.push_back(name);
  EXPECT_THAT(members, testing::ElementsAre("prediction", "probability", "label", "model_version",
                                            "timestamp"));
  EXPECT_EQ(answer["model_version"], "3");
  EXPECT_TRUE(answer["probability"].is_number_float());
  EXPECT_EQ(answer["label"], answer["prediction"] == 1 ? "yes" : "no");
  EXPECT_EQ(log_.rows, 1);
  EXPECT_EQ(log_.request_id, "r1");
}

TEST_F(PredictTest, ABatchGivesTheProbabilitiesOfItsRows) {
  const Json one = Post("/predict", R"({"age":35,"city":"Ely"})");
  const Json batch =
      Post("/predict/batch", R"({"instances":[{"age":20},{"city":"Ely","age":"35"}],"x":[1]})");
  ASSERT_EQ(batch["predictions"].size(), 2U);
  EXPECT_EQ(batch["predictions"][1]["probability"], one["probability"]);
  EXPECT_EQ(batch["predictions"][1]["row_id"], 1);
  EXPECT_EQ(batch["batch_size"], 2);
  EXPECT_EQ(Post("/predict/batch", R"({"instances":[]})")["batch_size"], 0);
}

TEST_F(PredictTest, RowsOfALongBatchAreNumbered) {
  std::string body = R"({"instances":[{"age":20})";
  for (int row = 1; row < 1'234; ++row) body += R"(,{"age":35})";
  const Json batch = Post("/predict/batch", body + "]}");
  ASSERT_EQ(batch["predictions"].size(), 1'234U);
  for (std::size_t row = 0; row < 1'234; ++row) ASSERT_EQ(batch["predictions"][row]["row_id"], row);
}

TEST_F(PredictTest, EveryBadFieldIsNamedOnceAndNothingIsKept) {
  const Json error =
      Post("/predict/batch",
           R"({"instances":[{"age":35},{"age":"x","income":[1]},{"age":[1]},{"income":true}]})");
  EXPECT_EQ(response_.status, 400);
  EXPECT_EQ(error["error"]["code"], "invalid_row");
  std::vector<std::string> fields;
  for (const Json& field : error["error"]["fields"])
    fields.push_back(field["row"].dump() + field["field"].get<std::string>() + ":" +
                     field["problem"].get<std::string>());
  EXPECT_THAT(fields, testing::UnorderedElementsAre("1age:wrong_type", "1income:wrong_type",
                                                    "2age:wrong_type", "3age:missing",
                                                    "3income:wrong_type"));
  EXPECT_EQ(log_.rows, 0);
}

TEST_F(PredictTest, UnseenCategoriesAndUnknownFieldsAreWarnings) {
  const Json answer = Post("/predict", R"({"age":35,"city":"Oslo","agee":1})");
  ASSERT_EQ(answer["warnings"].size(), 2U);
  EXPECT_EQ(answer["warnings"][0]["code"], "unseen_category");
  EXPECT_EQ(answer["warnings"][0]["value"], "Oslo");
  EXPECT_EQ(answer["warnings"][1]["field"], "agee");
  context_.strict = true;
  EXPECT_EQ(Post("/predict", R"({"age":35,"agee":1})")["error"]["fields"][0]["problem"],
            "unknown_field");
}

TEST_F(PredictTest, BodiesOfAnotherShapeAreRefused) {
  for (const char* body : {"", "{", "[]", "3", "null", "{\"age\":1,\"age\":2}", "{\"age\":NaN}"}) {
    Post("/predict", body);
    EXPECT_EQ(response_.status, 400) << body;
  }
  for (const char* body : {"{}", "[]", R"({"instances":{}})", R"({"instances":[1]})",
                           R"({"instances":[],"instances":[]})"}) {
    Post("/predict/batch", body);
    EXPECT_EQ(response_.status, 400) << body;
  }
  Post("/predict", "{\"city\":\"\xff\"}");
  EXPECT_EQ(response_.status, 400);
  Post("/predict", R"({"age":1})", "", "text/plain");
  EXPECT_EQ(response_.status, 415);
  Post("/predict", R"({"age":1})", "", "application/json; charset=UTF-8");
  EXPECT_EQ(response_.status, 200);
  context_.max_rows = 1;
  Post("/predict/batch", R"({"instances":[{"age":1},{"age":1}]})");
  EXPECT_EQ(response_.status, 413);
}

TEST_F(PredictTest, MoreClassesAreAllAnswered) {
  Serve({MakeTestModel("1", {"a", "b", "c"})});
  const Json answer = Post("/predict", R"({"age":35})");
  EXPECT_EQ(answer["probabilities"].size(), 3U);
  EXPECT_EQ(answer["prediction"], answer["label"]);
  EXPECT_EQ(answer["probability"], answer["probabilities"][answer["label"].get<std::string>()]);
}

TEST_F(PredictTest, ModelsAndVersionsCanBeChosen) {
  Serve({MakeTestModel("3"), MakeTestModel("4")});
  EXPECT_EQ(Post("/predict", R"({"age":35})")["model_version"], "3");
  EXPECT_EQ(Post("/predict", R"({"age":35})", "model=sh%6Fp&version=4")["model_version"], "4");
  Post("/predict", R"({"age":35})", "model=other");
  EXPECT_EQ(response_.status, 404);
}

TEST_F(PredictTest, WithoutAModelTheRequestIsToldWhy) {
  Serve({});
  EXPECT_EQ(Post("/predict", "{}")["error"]["code"], "not_ready");
  EXPECT_EQ(response_.status, 503);
  context_.nothing_served = "register one";
  EXPECT_EQ(Post("/predict", "{}")["error"]["message"], "register one");
  const Refusal none = WithoutModel(context_, "a", "");
  EXPECT_EQ(none.status, 503);
  Serve({MakeTestModel("3"), MakeTestModel("4")});
  EXPECT_EQ(WithoutModel(context_, "", "").status, 400);
  EXPECT_THAT(WithoutModel(context_, "", "").message, HasSubstr("add ?model=shop"));
  EXPECT_EQ(WithoutModel(context_, "a", "").status, 404);
}

TEST_F(PredictTest, HealthMayDoWithoutAModel) {
  Serve({});
  ServiceState state{.is_ready = [] { return true; }};
  const auto health = [&] {
    Response response;
    HealthRoutes(context_, state).front().handle({}, response);
    return std::to_string(response.status) + " " + response.body;
  };
  EXPECT_THAT(health(), HasSubstr(R"(503 {"status":"unhealthy","checks":{"model_loaded":false)"));
  state.needs_model = false;
  EXPECT_THAT(health(), HasSubstr(R"(200 {"status":"healthy","checks":{"model_loaded":false)"));
  directory_->problems = {{"models:/loans@champion", "no bundle"}};
  EXPECT_THAT(health(), HasSubstr(R"("model_update models:/loans@champion":"failed: no bundle")"));
  state.tells_reasons = false;
  state.check_store = [] { return Status::Unavailable("no disk"); };
  EXPECT_THAT(health(), HasSubstr(R"(503 {"status":"unhealthy")"));
  EXPECT_THAT(health(), HasSubstr(R"("tracking_store":"failed")"));
  EXPECT_THAT(health(), Not(HasSubstr("loans")));
}

TEST_F(PredictTest, ReasonsComeWhenTheyAreAskedFor) {
  const Json bare = Post("/predict", R"({"age":35})");
  EXPECT_FALSE(bare.contains("reasons") || bare.contains("unit"));
  EXPECT_FALSE(Post("/predict", R"({"age":35})", "reasons=0").contains("reasons"));
  EXPECT_EQ(Post("/predict", R"({"age":35})", "reasons=2")["reasons"].size(), 2u);
  EXPECT_EQ(Post("/predict", R"({"age":35})", "reasons=true")["reasons"].size(), 3u);
  const std::int64_t before = log_.rows;
  Post("/predict", R"({"age":35})", "reasons=many");
  EXPECT_EQ(response_.status, 400);
  EXPECT_THAT(response_.body, HasSubstr("reasons=\\\"many\\\", expected how many"));
  EXPECT_EQ(log_.rows, before);
}

TEST_F(PredictTest, ReasonsAddUpToTheAnswer) {
  const std::string row = R"({"age":35,"income":"2000","city":null})";
  const Json one = Post("/predict", row, "reasons=9");
  double sum = one["expected"]["yes"].get<double>();
  for (const Json& reason : one["reasons"]) sum += reason["contribution"].get<double>();
  EXPECT_EQ(one["unit"], "log_odds");
  EXPECT_NEAR(1 / (1 + std::exp(-sum)), one["probability"].get<double>(), 1e-6);
  const Json batch =
      Post("/predict/batch", "{\"instances\":[" + row + "," + row + "]}", "reasons=9");
  EXPECT_EQ(batch["predictions"][1]["reasons"], one["reasons"]);
  EXPECT_EQ(batch["predictions"][1]["row_id"], 1);
  EXPECT_EQ(batch["expected"], one["expected"]);
}

TEST_F(PredictTest, OfManyClassesThePredictedOneIsExplained) {
  Serve({MakeTestModel("3", {"a", "b", "c"})});
  const Json answer = Post("/predict", R"({"age":35})", "reasons=1");
  EXPECT_THAT(answer["reasons"][0]["direction"].get<std::string>(),
              testing::EndsWith(" " + answer["label"].get<std::string>()));
  EXPECT_EQ(answer["expected"].size(), 3u);
}

TEST_F(PredictTest, LabelsAreTakenWholeOrNotAtAll) {
  EXPECT_EQ(Post("/feedback", R"({"request_id":"r1","label":"yes"})")["accepted"], 1);
  EXPECT_EQ(response_.status, 202);
  Post("/feedback",
       R"({"labels":[{"key":17,"label":1},{"request_id":"r2","row":4,"label":"no"}]})");
  EXPECT_THAT(log_.labels, testing::ElementsAre("r1||0|yes", "|17|0|yes", "r2||4|no"));
  const auto before = log_.labels.size();
  for (const char* body :
       {R"({"label":"yes"})", R"({"request_id":"r","label":"maybe"})", R"({"request_id":"r"})",
        R"({"labels":[{"key":"a","label":"yes"},{"key":"b","label":"?"}]})", "[]",
        R"({"key":"k","label":"yes","row":-1})", R"({"key":"","label":"yes"})"}) {
    Post("/feedback", body);
    EXPECT_EQ(response_.status, 400) << body;
  }
  EXPECT_EQ(log_.labels.size(), before);
}

TEST_F(PredictTest, HealthNamesItsChecks) {
  EXPECT_EQ(Post("/health", "")["status"], "healthy");
  EXPECT_EQ(Post("/health", "")["checks"]["api_status"], "ok");
  EXPECT_EQ(Post("/health", "")["checks"]["model_loaded"], true);
  directory_->problems = {{"models:/shop@champion", "version 4 failed to load: damaged"}};
  Json health = Post("/health", "");
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(response_.status, 200);
  EXPECT_THAT(health.dump(), HasSubstr("version 4 failed to load"));
  log_.log_stats.problem = "no space left";
  EXPECT_EQ(Post("/health", "")["status"], "unhealthy");
  EXPECT_EQ(response_.status, 503);
  ready_ = false;
  Post("/readyz", "");
  EXPECT_EQ(response_.status, 503);
  Post("/livez", "");
  EXPECT_EQ(response_.status, 200);
}

TEST(QueryValueTest, ValuesAreDecoded) {
  EXPECT_EQ(QueryValue("a=1&b%20c=x+y%2b", "b c"), "x y+");
  EXPECT_EQ(QueryValue("a=1", "b"), "");
  EXPECT_EQ(QueryValue("a", "a"), "");
  EXPECT_EQ(QueryValue("a=%zz%", "a"), "%zz%");
}

}  // namespace
}  // namespace reeve::server
