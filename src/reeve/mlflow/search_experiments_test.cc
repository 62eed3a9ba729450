#include "reeve/mlflow/search_experiments.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class SearchExperimentsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    for (const char* const name : {"cat", "dog"}) {
      ASSERT_NE(Answer("POST", "/experiments/create",
                       R"({"name":")" + std::string(name) + R"(","tags":[{"key":"is","value":")" +
                           name + "\"}]}")
                    .find("experiment_id"),
                std::string::npos);
    }
  }
  std::string Search(const std::string& fields) {
    return Answer("POST", "/experiments/search", "{" + fields + "}");
  }
};

TEST_F(SearchExperimentsTest, AFoundOneIsTheExperiment) {
  const std::string one =
      Answer("GET", "/experiments/get-by-name", "experiment_name=cat").substr(14);
  EXPECT_EQ(Search(R"("filter":"tags.is = 'cat'","max_results":5)"),
            R"({"experiments":[)" + one.substr(0, one.size() - 1) + "]}");
}

TEST_F(SearchExperimentsTest, GetAsksTheSame) {
  EXPECT_EQ(Answer("GET", "/experiments/search",
                   "max_results=1&filter=name%20LIKE%20%27%25o%25%27&order_by=name&view_type=ALL"),
            Search(R"("max_results":1,"filter":"name = 'dog'")"));
}

TEST_F(SearchExperimentsTest, PagesFollowEachOther) {
  const std::string first = Search(R"("max_results":2,"order_by":["name ASC"])");
  EXPECT_NE(first.find("\"Default\""), std::string::npos);
  EXPECT_NE(first.find("\"cat\""), std::string::npos);
  EXPECT_EQ(first.find("\"dog\""), std::string::npos);
  const std::string second = Search(R"("max_results":2,"order_by":["name ASC"],"page_token":")" +
                                    Between(first, R"("next_page_token":")") + "\"");
  EXPECT_NE(second.find("\"dog\""), std::string::npos);
  EXPECT_EQ(second.find("\"cat\""), std::string::npos);
  EXPECT_EQ(second.find("next_page_token"), std::string::npos);
}

TEST_F(SearchExperimentsTest, DeletedOnesAreSeenWhenAskedFor) {
  const std::string id = Between(Search(R"("filter":"name = 'cat'")"), R"("experiment_id":")");
  ASSERT_EQ(Answer("POST", "/experiments/delete", R"({"experiment_id":")" + id + "\"}"), "{}");
  EXPECT_EQ(Search(R"("filter":"name = 'cat'")"), "{}");
  EXPECT_NE(Search(R"("filter":"name = 'cat'","view_type":2)").find("deleted"), std::string::npos);
}

TEST_F(SearchExperimentsTest, SizesAreChecked) {
  for (const char* const size : {"0", "-1", "50001"}) {
    EXPECT_NE(Search("\"max_results\":" + std::string(size)).find("'max_results' supplied"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace reeve::mlflow
