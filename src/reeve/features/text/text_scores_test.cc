#include "reeve/features/text/text_scores.h"

#include <cmath>
#include <numeric>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"

namespace reeve::features {
namespace {

struct Texts {
  std::vector<std::string> texts;
  std::vector<std::int32_t> labels;

  TextScores::Fitted Fit(int classes, const TextScoresOptions& options = {},
                         std::span<const std::int32_t> groups = {}) const {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return TextScores::Fit({.texts = views, .labels = labels, .classes = classes, .groups = groups},
                           options);
  }
};

// Texts of random words, among them one that tells the class with the given probability.
Texts Make(int rows, int classes, double tells, std::uint64_t seed) {
  Random random(seed);
  Texts made;
  for (int i = 0; i < rows; ++i) {
    const auto label = static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(classes)));
    std::string text;
    for (int word = 0; word < 8; ++word) text += "w" + std::to_string(random.Below(200)) + " ";
    const auto told =
        random.Uniform() < tells
            ? label
            : static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(classes)));
    text += "sign" + std::to_string(told);
    made.texts.push_back(text);
    made.labels.push_back(label);
  }
  return made;
}

// Share of rows whose largest margin is that of their class.
double Accuracy(std::span<const double> margins, std::span<const std::int32_t> labels) {
  const std::size_t outputs = margins.size() / labels.size();
  double right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = margins.subspan(i * outputs, outputs);
    const auto best = outputs == 1 ? (row[0] > 0 ? 1 : 0)
                                   : std::max_element(row.begin(), row.end()) - row.begin();
    right += best == labels[i] ? 1 : 0;
  }
  return right / static_cast<double>(labels.size());
}

std::vector<double> ScoresOf(const TextScores& scores, const Texts& texts) {
  std::vector<double> margins(texts.texts.size() * scores.outputs());
  TextTermsMemory memory;
  for (std::size_t i = 0; i < texts.texts.size(); ++i)
    scores.Score(texts.texts[i], memory,
                 std::span(margins).subspan(i * scores.outputs(), scores.outputs()));
  return margins;
}

TEST(TextScoresTest, TellsClassesOfNewTexts) {
  for (const int classes : {2, 4}) {
    const Texts train = Make(600, classes, 0.9, 1), fresh = Make(600, classes, 1, 2);
    const auto fitted = train.Fit(classes);
    EXPECT_EQ(fitted.scores.outputs(), classes == 2 ? 1U : 4U);
    EXPECT_TRUE(fitted.is_telling);
    EXPECT_GT(Accuracy(ScoresOf(fitted.scores, fresh), fresh.labels), 0.95) << classes;
    EXPECT_GT(Accuracy(fitted.margins, train.labels), 0.85) << classes;
  }
}

// Margins of the learnt rows are as good as those of new ones, and not better: no label leaks.
TEST(TextScoresTest, NoiseStaysNoiseInTheRowsThatWereLearntFrom) {
  int telling = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Texts train = Make(400, 2, 0, seed);
    const auto fitted = train.Fit(2);
    EXPECT_LT(Accuracy(fitted.margins, train.labels), 0.6);
    // What a model behind would have been given without the parts:
    EXPECT_GT(Accuracy(ScoresOf(fitted.scores, train), train.labels), 0.8);
    telling += fitted.is_telling ? 1 : 0;
  }
  EXPECT_LE(telling, 1);
}

// Every text is there three times: a separator that has seen the others would know the label.
TEST(TextScoresTest, EqualTextsDoNotGiveEachOtherAway) {
  Texts train = Make(150, 2, 0, 3);
  for (int copy = 0; copy < 2; ++copy) {
    for (std::size_t i = 0; i < 150; ++i) {
      train.texts.push_back(train.texts[i]);
      train.labels.push_back(train.labels[i]);
    }
  }
  const auto fitted = train.Fit(2);
  EXPECT_LT(Accuracy(fitted.margins, train.labels), 0.65);
}

// Each group of rows has a word of its own, and one label.
TEST(TextScoresTest, GroupsDoNotGiveTheirRowsAway) {
  Random random(6);
  Texts train;
  std::vector<std::int32_t> groups;
  for (std::int32_t row = 0; row < 400; ++row) {
    const std::int32_t group = row / 8;
    train.texts.push_back("group" + std::to_string(group) + " w" +
                          std::to_string(random.Below(50)));
    train.labels.push_back(group * 7 % 3 == 0 ? 1 : 0);
    groups.push_back(group);
  }
  EXPECT_TRUE(train.Fit(2).is_telling);
  EXPECT_FALSE(train.Fit(2, {}, groups).is_telling);
}

TEST(TextScoresTest, OneSeedOneResult) {
  const Texts train = Make(200, 3, 0.5, 4);
  const auto a = train.Fit(3, {.seed = 1}), b = train.Fit(3, {.seed = 1}),
             c = train.Fit(3, {.seed = 2});
  EXPECT_EQ(a.margins, b.margins);
  EXPECT_EQ(a.scores.ToJson(), b.scores.ToJson());
  EXPECT_NE(a.margins, c.margins);
}

TEST(TextScoresTest, FewAndEmptyTextsAreNoFault) {
  const Texts empty = {.texts = {"", "", ""}, .labels = {0, 1, 1}};
  const Texts one = {.texts = {"a b"}, .labels = {1}};
  EXPECT_FALSE(empty.Fit(2).is_telling);
  EXPECT_EQ(one.Fit(2).margins.size(), 1U);
}

TEST(TextScoresTest, ReadsBackEqual) {
  const Texts train = Make(200, 3, 0.5, 4), fresh = Make(100, 3, 0.5, 5);
  const auto fitted = train.Fit(3);
  const auto read = TextScores::FromJson(ParseJson(DumpJson(fitted.scores.ToJson())).value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(ScoresOf(*read, fresh), ScoresOf(fitted.scores, fresh));
}

TEST(TextScoresTest, RefusesDamagedJson) {
  const Texts train = Make(30, 2, 1, 4);
  const Json good = train.Fit(2).scores.ToJson();
  ASSERT_TRUE(TextScores::FromJson(good).ok());
  const auto expect_refused = [&](const char* member, const Json& value) {
    Json damaged = good;
    damaged[member] = value;
    EXPECT_EQ(TextScores::FromJson(damaged).status().code(), StatusCode::kCorrupt) << member;
  };
  expect_refused("terms", 1);
  expect_refused("intercepts", Json::array());
  expect_refused("intercepts", Json::array({1.0, 2.0}));
  expect_refused("steps", Json::array({"a"}));
  expect_refused("weights", Json::array());
  Json weights = good["weights"];
  weights[0] = 40'000;
  expect_refused("weights", weights);
  weights[0] = 0.5;
  expect_refused("weights", weights);
}

}  // namespace
}  // namespace reeve::features
