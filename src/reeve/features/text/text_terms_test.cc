#include "reeve/features/text/text_terms.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::features {
namespace {

TEST(TextTermsTest, ShortTextsAreLookedAtByTheirCharactersToo) {
  const std::string once = "some words of some length ", text = once + once + once;
  const std::vector<std::string_view> brief = {once, once, ""}, lengthy = {text, text, ""};
  TextTermsOptions options;
  options.most_mean_bytes = 40;
  const Json both = TextTerms::Fit(brief, options).ToJson();
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1]["analyzer"], "characters");
  EXPECT_EQ(TextTerms::Fit(lengthy, options).ToJson().size(), 1U);
  options.most_bytes = 10;
  EXPECT_EQ(TextTerms::Fit(brief, options).ToJson().size(), 1U);
}

TEST(TextTermsTest, RowsHaveLengthOneAndRisingColumns) {
  const std::vector<std::string_view> texts = {"blue oak table", "blue chair", "oak chair"};
  const TextTerms terms = TextTerms::Fit(texts, {});
  TextTermsMemory memory;
  for (const std::string_view text : texts) {
    double squares = 0;
    std::int32_t last = -1;
    for (const SparseRows::Value& value : terms.Transform(text, memory)) {
      EXPECT_GT(value.column, last);
      EXPECT_LT(value.column, terms.columns());
      last = value.column;
      squares += static_cast<double>(value.value) * static_cast<double>(value.value);
    }
    EXPECT_NEAR(squares, 1, 1e-6);
  }
  EXPECT_TRUE(terms.Transform("", memory).empty());
}

TEST(TextTermsTest, RefusesDamagedJson) {
  for (const char* text : {"{}", "[]", "3", "[{}]", "[1]", "[{},{},{},{},{}]"}) {
    EXPECT_EQ(TextTerms::FromJson(ParseJson(text).value()).status().code(), StatusCode::kCorrupt)
        << text;
  }
}

}  // namespace
}  // namespace reeve::features
