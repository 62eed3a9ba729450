#include "reeve/mlflow/search_runs.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class SearchRunsTest : public ApiTest {
 protected:
  std::string Create(const std::string& name, const std::string& experiment = "0") {
    return Between(
        Answer("POST", "/runs/create",
               R"({"experiment_id":")" + experiment + R"(","run_name":")" + name + "\"}"),
        R"("run_id":")");
  }
  void Log(const std::string& id, const std::string& metric) {
    ASSERT_EQ(
        Answer("POST", "/runs/log-metric",
               R"({"run_id":")" + id + R"(","key":"m","timestamp":1,"value":)" + metric + "}"),
        "{}");
  }
  std::string Search(const std::string& more = "", const std::string& ids = "\"0\"") {
    return Answer("POST", "/runs/search", R"({"experiment_ids":[)" + ids + "]" + more + "}");
  }
  // "a b c"
  static std::string Names(const std::string& answer) {
    std::string names;
    const std::string member = R"("run_name":")";
    for (std::size_t at = answer.find(member); at != std::string::npos;
         at = answer.find(member, at + 1)) {
      names += (names.empty() ? "" : " ") + Between(answer.substr(at), member);
    }
    return names;
  }
};

TEST_F(SearchRunsTest, AFoundRunIsTheRun) {
  const std::string id = Create("a");
  Log(id, "0.5");
  const std::string run = Answer("GET", "/runs/get", "run_id=" + id);
  const std::string inner = run.substr(7, run.size() - 8);
  EXPECT_EQ(Search(), R"({"runs":[)" + inner + "]}");
  EXPECT_EQ(Search(R"(,"filter":"metrics.m > 0.6")"), "{}");
}

TEST_F(SearchRunsTest, PagesFollowEachOther) {
  for (const char* const name : {"a", "b", "c", "d", "e"}) Log(Create(name), "1");
  const std::string order = R"(,"order_by":["metrics.m DESC","run_name"],"max_results":2)";
  std::string seen;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const std::string answer = Search(order + R"(,"page_token":")" + token + "\"");
    seen += Names(answer) + "|";
    const bool has_next = answer.find("next_page_token") != std::string::npos;
    EXPECT_EQ(has_next, page < 2);
    if (has_next) token = Between(answer, R"("next_page_token":")");
  }
  EXPECT_EQ(seen, "a b|c d|e|");
}

TEST_F(SearchRunsTest, ALastPageThatIsFullHasNoNext) {
  Create("a");
  Create("b");
  EXPECT_EQ(Search(R"(,"max_results":2)").find("next_page_token"), std::string::npos);
}

TEST_F(SearchRunsTest, ViewsTellDeletedOnesApart) {
  Create("kept");
  const std::string gone = Create("gone");
  ASSERT_EQ(Answer("POST", "/runs/delete", R"({"run_id":")" + gone + "\"}"), "{}");
  EXPECT_EQ(Names(Search()), "kept");
  EXPECT_EQ(Names(Search(R"(,"run_view_type":"DELETED_ONLY")")), "gone");
  EXPECT_EQ(Names(Search(R"(,"run_view_type":3,"order_by":["run_name"])")), "gone kept");
}

// More runs than one statement takes ids.
TEST_F(SearchRunsTest, ALargePageHasTheDataOfEachRun) {
  constexpr int kRuns = 1100;
  for (int i = 0; i < kRuns; ++i) Log(Create("r" + std::to_string(i)), std::to_string(i));
  const std::string answer = Search(R"(,"max_results":2000,"order_by":["metrics.m ASC"])");
  std::size_t at = 0;
  for (int i = 0; i < kRuns; ++i) {
    at = answer.find(R"("run_name":"r)" + std::to_string(i) + "\"", at);
    ASSERT_NE(at, std::string::npos) << i;
    const std::size_t value = answer.find(R"("value":)", at) + 8;
    EXPECT_EQ(std::stod(answer.substr(value, 10)), i);
  }
}

TEST_F(SearchRunsTest, MistakesAreTold) {
  EXPECT_EQ(Search("", "\"x\""),
            "INVALID_PARAMETER_VALUE: Invalid experiment ID 'x'. Experiment ID must be a valid "
            "integer.");
  EXPECT_EQ(Search(R"(,"max_results":50001)"),
            "INVALID_PARAMETER_VALUE: Invalid value 50001 for parameter 'max_results' supplied. It "
            "must be at most 50000");
  for (const char* const more :
       {R"(,"max_results":-1)", R"(,"page_token":"#")", R"(,"filter":"a b c")",
        R"(,"order_by":["colour"])", R"(,"order_by":[5])", R"(,"filter":5)"}) {
    EXPECT_NE(Search(more).find("INVALID_PARAMETER_VALUE"), std::string::npos) << more;
  }
  EXPECT_EQ(Search("", "\"77\""), "{}");
}

}  // namespace
}  // namespace reeve::mlflow
