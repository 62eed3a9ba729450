#include "reeve/server/description/form_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/description/html.h"
#include "reeve/server/description/test_small_models.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class FormAnswerTest : public testing::Test {
 protected:
  explicit FormAnswerTest(
      std::vector<std::shared_ptr<const ServedModel>> models = {MakeSmallModel()})
      : service_(std::move(models)) {}

  Response Show(std::string_view query = "") {
    Response response;
    ShowForm(service_.context(), {.method = "GET", .path = "/", .query = query}, response);
    return response;
  }
  Response Send(std::string_view body, std::string_view query = "",
                std::string_view type = "application/x-www-form-urlencoded") {
    Request request{.method = "POST",
                    .path = "/",
                    .query = query,
                    .headers = {{"Content-Type", type}, {"Host", "models.example:8080"}},
                    .body = body,
                    .request_id = "req-17"};
    Response response;
    AnswerForm(service_.context(), request, response);
    return response;
  }

  SmallService service_;
};

constexpr std::string_view kGood =
    "score=850&income=90000&education=Graduate&education=&member=true&since=1970-01-05";

TEST_F(FormAnswerTest, TheFormStartsWithATypicalRow) {
  const Response response = Show();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(response.body, HasSubstr("value=\"592\""));
  EXPECT_THAT(response.body, HasSubstr("<form id=\"row\" method=\"post\""));
}

TEST_F(FormAnswerTest, ThePageMayLoadNothingFromElsewhere) {
  const Response response = Show();
  EXPECT_THAT(response.headers,
              testing::Contains(testing::Pair(
                  "Content-Security-Policy",
                  testing::AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self'"),
                                 Not(HasSubstr("unsafe"))))));
  EXPECT_THAT(response.body, Not(HasSubstr("style=")));
  EXPECT_THAT(response.body, Not(HasSubstr("//")));
}

TEST_F(FormAnswerTest, TheAnswerShowsDecisionProbabilityThresholdAndReasons) {
  const Response response = Send(kGood);
  EXPECT_EQ(response.status, 200);
  inference::RowScores scores;
  const auto model = service_.context().models->Find("", "");
  const std::vector<contract::Cell> row = {
      {.kind = contract::Cell::Kind::kNumber, .number = 850},
      {.kind = contract::Cell::Kind::kNumber, .number = 90000},
      {.kind = contract::Cell::Kind::kText, .text = "Graduate"},
      {.kind = contract::Cell::Kind::kBoolean, .number = 1},
      {.kind = contract::Cell::Kind::kText, .text = "1970-01-05"}};
  model->row_scorer->Score(row, scores);
  EXPECT_THAT(response.body, HasSubstr("<p class=\"decision\">Approved</p>"));
  EXPECT_THAT(response.body, HasSubstr(Percent(scores.probabilities[1])));
  EXPECT_THAT(response.body, HasSubstr("Approved from 40.0 % on"));
  EXPECT_THAT(response.body, HasSubstr("<b>score</b> = 850"));
  EXPECT_THAT(response.body,
              HasSubstr("Contributions in log-odds of <b>Approved</b>, beginning at"));
  EXPECT_THAT(response.body,
              HasSubstr("curl &#39;http://models.example:8080/predict?reasons=8&#39;"));
  EXPECT_THAT(response.body, HasSubstr("req-17"));
}

TEST_F(FormAnswerTest, WhatWasTypedStaysInTheForm) {
  const Response response = Send(kGood);
  EXPECT_THAT(response.body, HasSubstr("value=\"850\""));
  EXPECT_THAT(response.body, HasSubstr("value=\"1970-01-05\""));
}

TEST_F(FormAnswerTest, AMissingOrMistypedFieldIsToldAtTheField) {
  const Response response = Send("score=&income=much&education=Graduate&member=&since=", "",
                                 "Application/X-WWW-form-urlencoded; charset=UTF-8");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("2 fields need other values."));
  EXPECT_THAT(response.body, HasSubstr("<a href=\"#f0\">score</a>: A value is needed here."));
  EXPECT_THAT(response.body, HasSubstr("&quot;much&quot; was found, real was expected."));
  EXPECT_THAT(response.body, Not(HasSubstr("class=\"probability\"")));
}

TEST_F(FormAnswerTest, UnseenAndFarValuesAreScoredWithAWarning) {
  const Response response =
      Send("score=99999&education=%28other%29&education=Post+Graduate&income=&member=&since=");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("value=\"Post Graduate\""));
  EXPECT_THAT(response.body, HasSubstr("Training never saw this value"));
  EXPECT_THAT(response.body, HasSubstr("Outside of what training saw"));
  EXPECT_THAT(response.body, HasSubstr("<a href=\"#f2\">education</a>"));
  EXPECT_LT(response.body.find("Unlike anything"), response.body.find("class=\"decision\""));
}

TEST_F(FormAnswerTest, OtherBodiesAreRefused) {
  EXPECT_EQ(Send("{}", "", "application/json").status, 415);
  EXPECT_EQ(Send("score=%FF", "").status, 400);
}

TEST_F(FormAnswerTest, AModelThatIsNotServedIsNotFound) {
  EXPECT_EQ(Show("model=houses").status, 404);
  EXPECT_EQ(Send(kGood, "version=9").status, 404);
}

TEST_F(FormAnswerTest, TheOriginIsWhatTheCallerCalledUs) {
  const auto origin = [](std::string_view host, std::string_view proto) {
    return OriginOf({.headers = {{"host", host}, {"x-forwarded-proto", proto}}});
  };
  EXPECT_EQ(origin("h:80", ""), "http://h:80");
  EXPECT_EQ(origin("[::1]:5000", "HTTPS"), "https://[::1]:5000");
  EXPECT_EQ(origin("a';rm -rf", ""), "http://localhost:5000");
  EXPECT_EQ(origin("", ""), "http://localhost:5000");
}

class SeveralModelsTest : public FormAnswerTest {
 protected:
  SeveralModelsTest()
      : FormAnswerTest(
            {MakeSmallModel(), MakeSmallModel({.name = "a&b <c>", .classes = {"1", "2", "3"}})}) {}
};

TEST_F(SeveralModelsTest, AreLinksAndTheFormKeepsTheChosenOne) {
  const Response response = Show("model=a%26b%20%3Cc%3E");
  EXPECT_THAT(response.body, HasSubstr("<a href=\"?model=loans\">loans</a>"));
  EXPECT_THAT(response.body, HasSubstr("action=\"?model=a%26b%20%3Cc%3E#answer\""));
  EXPECT_THAT(response.body, HasSubstr("<b>a&amp;b &lt;c&gt;</b>"));
}

TEST_F(SeveralModelsTest, MoreThanTwoClassesAreAllShown) {
  const Response response = Send(kGood, "model=a%26b%20%3Cc%3E");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("<ul class=\"classes\">"));
  EXPECT_THAT(response.body, HasSubstr("for loan_status = 3"));
  EXPECT_THAT(response.body, HasSubstr("/predict?model=a%26b%20%3Cc%3E&amp;reasons=8"));
}

class NoModelTest : public FormAnswerTest {
 protected:
  NoModelTest() : FormAnswerTest(std::vector<std::shared_ptr<const ServedModel>>()) {}
};

TEST_F(NoModelTest, IsNotReady) {
  EXPECT_EQ(Show().status, 503);
  EXPECT_EQ(Send(kGood).status, 503);
}

class HostileNamesTest : public FormAnswerTest {
 protected:
  HostileNamesTest()
      : FormAnswerTest({MakeSmallModel({.name = "<script>a</script>",
                                        .classes = {"<b>no</b>", "\"><script>y</script>"},
                                        .category_column = "'\"><script>c</script>",
                                        .more_categories = {"<img src=x onerror=z>"}})}) {}
};

TEST_F(HostileNamesTest, StayTexts) {
  const std::string body =
      "score=850&%27%22%3E%3Cscript%3Ec%3C%2Fscript%3E=%3Cimg+src%3Dx+onerror%3Dz%3E";
  for (const Response& response : {Show(), Send(body), Send("score=%3Cscript%3E")}) {
    EXPECT_THAT(response.body, Not(HasSubstr("<script>")));
    EXPECT_THAT(response.body, Not(HasSubstr("<img")));
    EXPECT_THAT(response.body, Not(HasSubstr("<b>no")));
  }
  EXPECT_EQ(Send(body).status, 200);
}

}  // namespace
}  // namespace reeve::server
