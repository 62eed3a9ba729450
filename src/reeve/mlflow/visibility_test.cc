#include "reeve/mlflow/visibility.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

TEST(NameSetTest, IsAllButItsNamesOrOnlyThem) {
  const NameSet all_but{.all_but = true, .names = {"1", "3"}};
  const NameSet only{.all_but = false, .names = {"1", "3"}};
  EXPECT_FALSE(all_but.Has("3"));
  EXPECT_TRUE(all_but.Has("2"));
  EXPECT_TRUE(only.Has("3"));
  EXPECT_FALSE(only.Has("2"));
  EXPECT_TRUE(NameSet{}.Has("anything"));
}

class VisibilityTest : public ApiTest {
 protected:
  std::string Search(const char* path, const std::string& body, Visibility visible) {
    for (const Endpoint& endpoint : api_->endpoints()) {
      if (endpoint.method != std::string_view("POST") || path != std::string_view(endpoint.path))
        continue;
      Result<Request> request = Request::FromBody(body);
      request->visible = std::make_shared<Visibility>(std::move(visible));
      std::string answer;
      const Status status = api_->Call(endpoint, *request, answer);
      return status.ok() ? answer : status.message();
    }
    return "no such endpoint";
  }
};

TEST_F(VisibilityTest, HiddenExperimentsNeitherShowNorCountForPages) {
  for (const char* const name : {"a", "b", "c"}) {
    ASSERT_TRUE(
        Call("POST", "/experiments/create", R"({"name":")" + std::string(name) + "\"}").ok());
  }
  const std::string body = R"({"max_results":2,"order_by":["name ASC"]})";
  const std::string answer =
      Search("/experiments/search", body, {.experiments = {.all_but = true, .names = {"0", "2"}}});
  EXPECT_NE(answer.find("\"a\""), std::string::npos) << answer;
  EXPECT_EQ(answer.find("\"b\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"c\""), std::string::npos) << answer;
  EXPECT_EQ(answer.find("next_page_token"), std::string::npos) << answer;
  EXPECT_EQ(Search("/experiments/search", body, {.experiments = {.all_but = false}}), "{}");
}

TEST_F(VisibilityTest, RunsOfHiddenExperimentsAreNotFound) {
  ASSERT_TRUE(Call("POST", "/runs/create", R"({"experiment_id":"0"})").ok());
  const std::string body = R"({"experiment_ids":["0"]})";
  EXPECT_NE(Search("/runs/search", body, {}), "{}");
  EXPECT_EQ(Search("/runs/search", body, {.runs = {.all_but = true, .names = {"0"}}}), "{}");
}

}  // namespace
}  // namespace reeve::mlflow
