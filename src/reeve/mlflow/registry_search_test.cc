#include "reeve/mlflow/registry_search.h"

#include "reeve/base/percent.h"
#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

class RegistrySearchTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    for (const char* name : {"ant", "bee", "cat"}) MakeModel(name);
    for (int i = 0; i < 3; ++i) MakeVersion("bee", "s3://b/" + std::to_string(i));
    MakeVersion("cat");
    Post("/model-versions/set-tag",
         {{"name", "bee"}, {"version", "2"}, {"key", "t"}, {"value", "x"}});
    Answer("POST", "/registered-models/create",
           R"({"name":"ask","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]})");
  }

  // What `before` stands in front of, one after the other.
  static std::string All(const std::string& answer, std::string_view before) {
    std::string found;
    for (std::size_t at = answer.find(before); at != std::string::npos;
         at = answer.find(before, at + 1))
      found += (found.empty() ? "" : " ") + Between(answer.substr(at), before);
    return found;
  }
  std::string Models(const std::string& query) {
    return Answer("GET", "/registered-models/search", query);
  }
  std::string Versions(const std::string& query) {
    return Answer("GET", "/model-versions/search", query);
  }
};

TEST_F(RegistrySearchTest, ModelsComeInPages) {
  const std::string first = Models("max_results=2&order_by=name");
  EXPECT_EQ(All(first, R"({"name":")"), "ant bee bee");
  const std::string token = Between(first, R"("next_page_token":")");
  const std::string second = Models("max_results=2&order_by=name&page_token=" + token);
  EXPECT_EQ(All(second, R"({"name":")"), "cat cat");
  EXPECT_FALSE(Has(second, "next_page_token"));
  EXPECT_EQ(Models("filter=name = 'none'"), "{}");
  EXPECT_EQ(Models("max_results=0"), "{}");
}

TEST_F(RegistrySearchTest, PromptsAreOnlyToldToThoseWhoAsk) {
  EXPECT_FALSE(Has(Models(""), "ask"));
  EXPECT_EQ(All(Models("filter=tags.`mlflow.prompt.is_prompt` = 'true'"), R"({"name":")"), "ask");
}

TEST_F(RegistrySearchTest, VersionsAreFilteredSortedAndHaveTheirTags) {
  const char* const number = R"("version":")";
  EXPECT_EQ(All(Versions("filter=name = 'bee'&order_by=version_number ASC"), number), "1 2 3");
  EXPECT_EQ(All(Versions("filter=name = 'bee' and tags.t = 'x'"), number), "2");
  EXPECT_TRUE(Has(Versions("filter=name = 'bee' and version_number = 2"),
                  R"("tags":[{"key":"t","value":"x"}])"));
  Erase("/model-versions/delete", {{"name", "bee"}, {"version", "1"}});
  EXPECT_EQ(All(Versions("filter=name = 'bee'&order_by=version_number ASC"), number), "2 3");
  const std::string page = Versions("max_results=1&order_by=name ASC");
  EXPECT_EQ(All(page, number), "3");
  EXPECT_TRUE(Has(page, "next_page_token"));
}

TEST_F(RegistrySearchTest, PagesHaveLimits) {
  EXPECT_EQ(Models("max_results=1001"),
            "INVALID_PARAMETER_VALUE: Invalid value \"1001\" for parameter 'max_results' "
            "supplied:  Hint: Value was of type 'str'. See the API docs for more information about "
            "request parameters.");
  EXPECT_EQ(Versions("max_results=0"),
            "INVALID_PARAMETER_VALUE: Invalid value for max_results. It must be a positive "
            "integer, but got 0");
  EXPECT_TRUE(Has(Versions("max_results=200001"), "Invalid value"));
  EXPECT_TRUE(Has(Models("filter=colour = 'x'"), "INVALID_PARAMETER_VALUE"));
}

}  // namespace
}  // namespace reeve::mlflow
