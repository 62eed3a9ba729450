// TF-IDF against scikit-learn's, from shared golden values, and by hand.

#include "reeve/features/text/tf_idf.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::features {
namespace {

using nlohmann::json;

constexpr auto kWords = TermOptions::Kind::kWords;
constexpr auto kCharacters = TermOptions::Kind::kCharacters;

std::string GoldenFolder() {
  const char* const folder = std::getenv("REEVE_GOLDEN");
  return folder != nullptr ? folder : REEVE_SOURCE_DIR "/../shared/acceptance/golden";
}

// The one column of texts.csv, whose fields hold neither line breaks nor quotes.
std::vector<std::string> GoldenTexts() {
  std::ifstream file(GoldenFolder() + "/texts.csv");
  std::vector<std::string> texts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (line.size() >= 2 && line.front() == '"') line = line.substr(1, line.size() - 2);
    texts.push_back(line);
  }
  return texts;
}

class TfIdfGoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GoldenFolder() + "/transform.json"))
      GTEST_SKIP() << "no golden values";
    std::ifstream(GoldenFolder() + "/transform.json") >> golden_;
    texts_ = GoldenTexts();
    ASSERT_EQ(texts_.size(), 30U);
  }

  void ExpectEqual(const std::string& name, const TfIdfOptions& options) const {
    const std::vector<std::string_view> views(texts_.begin(), texts_.end());
    const TfIdf fitted = TfIdf::Fit(views, options);
    const json& golden = golden_[name];
    ASSERT_EQ(static_cast<std::size_t>(fitted.size()), golden["vocabulary"].size());
    for (const auto& [term, number] : golden["vocabulary"].items()) {
      ASSERT_EQ(fitted.term(number.get<std::int32_t>()), term);
      EXPECT_NEAR(fitted.idf()[number.get<std::size_t>()],
                  golden["idf"][number.get<std::size_t>()].get<double>(), 1e-9);
    }
    std::map<std::pair<std::int64_t, std::int32_t>, double> weights;
    TfIdfMemory memory;
    std::vector<TermWeight> row;
    for (std::size_t i = 0; i < views.size(); ++i) {
      fitted.Transform(views[i], memory, row);
      for (const TermWeight& weight : row)
        weights[{static_cast<std::int64_t>(i), weight.term}] = weight.weight;
    }
    ASSERT_EQ(weights.size(), golden["triples"].size());
    for (const json& triple : golden["triples"]) {
      const auto it = weights.find({triple[0].get<std::int64_t>(), triple[1].get<std::int32_t>()});
      ASSERT_NE(it, weights.end());
      EXPECT_NEAR(it->second, triple[2].get<double>(), 1e-9);
    }
  }

  json golden_;
  std::vector<std::string> texts_;
};

TEST_F(TfIdfGoldenTest, Words) {
  ExpectEqual("tfidf", {.terms = {.kind = kWords, .longest = 1, .min_word_characters = 2},
                        .min_rows = 1,
                        .is_sublinear = false});
}

TEST_F(TfIdfGoldenTest, WordsAndPairsSublinear) {
  // The golden ones lost their accents.
  for (std::string& text : texts_) {
    const std::size_t at = text.find("é");
    if (at != std::string::npos) text.replace(at, 2, "e");
  }
  ExpectEqual("tfidf_1_2_sublinear_min2", {.terms = {.kind = kWords, .min_word_characters = 2}});
}

TEST_F(TfIdfGoldenTest, Characters) {
  ExpectEqual("tfidf_char_wb_3", {.terms = {.kind = kCharacters, .shortest = 3, .longest = 3},
                                  .min_rows = 3,
                                  .is_sublinear = false});
}

std::vector<TermWeight> WeightsOf(const TfIdf& fitted, std::string_view text) {
  TfIdfMemory memory;
  std::vector<TermWeight> weights;
  fitted.Transform(text, memory, weights);
  return weights;
}

TEST(TfIdfTest, ByHand) {
  const std::vector<std::string_view> texts = {"a b", "a", "c"};
  const TfIdf fitted = TfIdf::Fit(texts, {.terms = {.longest = 1}, .min_rows = 1});
  const double a = (1 + std::log(2.0)) * (std::log(4.0 / 3) + 1), b = std::log(4.0 / 2) + 1;
  const auto weights = WeightsOf(fitted, "A a b unknown");
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_NEAR(weights[0].weight, a / std::hypot(a, b), 1e-12);
  EXPECT_NEAR(weights[1].weight, b / std::hypot(a, b), 1e-12);
  EXPECT_TRUE(WeightsOf(fitted, "only unknown").empty());
  EXPECT_TRUE(WeightsOf(fitted, "").empty());
}

TEST(TfIdfTest, KeepsTheTermsOfTheMostTexts) {
  const std::vector<std::string_view> texts = {"a b c", "b c", "c a", "d"};
  const TfIdf fitted = TfIdf::Fit(texts, {.terms = {.longest = 1}, .min_rows = 1, .most_terms = 2});
  ASSERT_EQ(fitted.size(), 2);
  EXPECT_EQ(fitted.term(0), "a");
  EXPECT_EQ(fitted.term(1), "c");
}

TEST(TfIdfTest, ReadsBackEqual) {
  const std::vector<std::string_view> texts = {"Été à \"York\"", "été", "york ely", "b\\c york"};
  for (const TermOptions& terms : {TermOptions{.kind = kWords, .min_word_characters = 2},
                                   TermOptions{.kind = kCharacters, .shortest = 2, .longest = 4}}) {
    const TfIdf fitted = TfIdf::Fit(texts, {.terms = terms, .min_rows = 1});
    const auto read = TfIdf::FromJson(ParseJson(DumpJson(fitted.ToJson())).value());
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ(read->ToJson(), fitted.ToJson());
    for (const std::string_view text : texts) {
      const auto a = WeightsOf(fitted, text), b = WeightsOf(*read, text);
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].term, b[i].term);
        EXPECT_EQ(a[i].weight, b[i].weight);
      }
    }
  }
}

TEST(TfIdfTest, RefusesDamagedJson) {
  const std::vector<std::string_view> texts = {"a b", "a c"};
  const Json good = TfIdf::Fit(texts, {.min_rows = 1}).ToJson();
  ASSERT_TRUE(TfIdf::FromJson(good).ok());
  const auto expect_refused = [&](const char* member, const Json& value) {
    Json damaged = good;
    damaged[member] = value;
    EXPECT_EQ(TfIdf::FromJson(damaged).status().code(), StatusCode::kCorrupt) << member;
  };
  expect_refused("analyzer", "sentences");
  expect_refused("analyzer", 3);
  expect_refused("shortest", 0);
  expect_refused("longest", 1'000'000);
  expect_refused("min_word_characters", -1);
  expect_refused("sublinear", 1);
  expect_refused("texts", -1);
  expect_refused("terms", Json::array({"a"}));
  expect_refused("terms", Json::array({"a", "a b", "c", "b", "d"}));
  expect_refused("terms", Json::array({"a", "a", "a b", "b", "c"}));
  expect_refused("texts_with_term", Json::array({1, 1, 1, 1, 3}));
  expect_refused("texts_with_term", Json::array({1, 1, 1, 1, 0.5}));
}

}  // namespace
}  // namespace reeve::features
