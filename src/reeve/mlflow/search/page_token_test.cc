#include "reeve/mlflow/search/page_token.h"

#include <string>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/base64.h"

namespace reeve::mlflow {
namespace {

std::string Token(std::string_view json) { return EncodeBase64(json); }

TEST(PageTokenTest, IsWhatMlflowWrites) {
  EXPECT_EQ(EncodePageToken(1000), "eyJvZmZzZXQiOiAxMDAwfQ==");
  EXPECT_EQ(*DecodePageToken("eyJvZmZzZXQiOiAxMDAwfQ=="), 1000);
  EXPECT_EQ(*DecodePageToken(""), 0);
  EXPECT_EQ(*DecodePageToken(Token(R"({"offset": "7"})")), 7);
}

TEST(PageTokenTest, RefusesEverythingElse) {
  const auto message = [](const std::string& token) {
    const auto offset = DecodePageToken(token);
    EXPECT_EQ(offset.status().code(), StatusCode::kInvalidArgument) << token;
    return offset.status().message();
  };
  EXPECT_EQ(message("abc"), "Invalid page token, could not base64-decode");
  EXPECT_TRUE(message("###").starts_with("Invalid page token, decoded value="));
  EXPECT_TRUE(message(Token("nonsense")).starts_with("Invalid page token, decoded value="));
  EXPECT_TRUE(message(Token("[1]")).starts_with("Invalid page token, decoded value="));
  for (const char* const json :
       {"{}", R"({"offset": 0})", R"({"offset": -5})", R"({"offset": 1.5})", R"({"offset": "x"})",
        R"({"offset": null})"}) {
    EXPECT_TRUE(message(Token(json)).starts_with("Invalid page token, parsed value=")) << json;
  }
}

TEST(PageTokenTest, TokensOfLoggedModelsBelongToTheirSearch) {
  const LoggedModelPage page{.experiment_ids = {"1", "2"},
                             .filter = "name = 'it''s'",
                             .order = {{"metrics.auc", false, "loan", ""}, {"name", true, "", ""}}};
  const std::string token = EncodeLoggedModelToken(page, 50);
  EXPECT_EQ(*DecodeLoggedModelToken(token, page), 50);
  EXPECT_EQ(*DecodeLoggedModelToken("", page), 0);
  const auto refused = [&](const LoggedModelPage& other) {
    return DecodeLoggedModelToken(token, other).status().message();
  };
  LoggedModelPage other = page;
  other.experiment_ids = {"1"};
  EXPECT_TRUE(refused(other).starts_with(
      "Experiment IDs in the page token do not match the requested experiment IDs. Expected: "));
  other = page;
  other.filter = "";
  EXPECT_TRUE(refused(other).starts_with(
      "Filter string in the page token does not match the requested filter string. Expected: "));
  other = page;
  other.order[0].ascending = true;
  EXPECT_TRUE(refused(other).starts_with(
      "Order by in the page token does not match the requested order by. Expected: "));
}

TEST(PageTokenTest, ReadsTheTokensOfMlflow) {
  const std::string token = Token(
      R"({"experiment_ids": ["1"], "filter_string": null, "order_by": [{"field_name": "name", )"
      R"("ascending": true, "dataset_name": null, "dataset_digest": null}], "offset": 3})");
  EXPECT_EQ(*DecodeLoggedModelToken(token, {.experiment_ids = {"1"}, .order = {{"name"}}}), 3);
  EXPECT_FALSE(DecodeLoggedModelToken(token, {.experiment_ids = {"1"}}).ok());
  EXPECT_FALSE(DecodeLoggedModelToken("###", {}).ok());
  EXPECT_FALSE(DecodeLoggedModelToken(Token(R"({"offset": -1})"), {}).ok());
}

}  // namespace
}  // namespace reeve::mlflow
