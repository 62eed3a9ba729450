#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/inference/decision.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/test_damaged_model.h"
#include "reeve/inference/test_forest.h"

namespace reeve::inference {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Matrix OneColumn(const std::vector<float>& values) {
  Matrix matrix(static_cast<std::int64_t>(values.size()), std::vector<MatrixColumn>(1));
  std::copy(values.begin(), values.end(), matrix.column(0).begin());
  return matrix;
}

// x < 2 ? (missing left) -1 : +1
Tree Stump() {
  Tree tree;
  tree.left = {1, -1, -1};
  tree.right = {2, -1, -1};
  tree.feature = {0, 0, 0};
  tree.threshold = {2, -1, 1};
  tree.default_left = {1, 0, 0};
  tree.category_set = {-1, -1, -1};
  return tree;
}

Forest StumpForest() {
  return {.features = 1,
          .classes = 2,
          .link = Link::kLogistic,
          .base_margin = {0.5F},
          .trees = {Stump()}};
}

// A random valid tree over `features` columns.
Tree RandomTree(Random& random, std::int64_t features, int depth) {
  Tree tree;
  const auto add = [&](bool leaf) {
    tree.left.push_back(-1);
    tree.right.push_back(-1);
    tree.feature.push_back(
        static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(features))));
    tree.threshold.push_back(static_cast<float>(random.Normal()));
    tree.default_left.push_back(static_cast<std::uint8_t>(random.Below(2)));
    tree.category_set.push_back(-1);
    if (!leaf && random.Uniform() < 0.3) {
      tree.category_set.back() = static_cast<std::int32_t>(tree.category_sets.size());
      tree.category_sets.push_back({static_cast<std::uint32_t>(random.Next())});
    }
    return static_cast<std::int32_t>(tree.left.size()) - 1;
  };
  const auto grow = [&](auto&& self, std::int32_t node, int levels) -> void {
    if (levels == 0 || random.Uniform() < 0.2) return;
    const std::int32_t left = add(false), right = add(false);
    tree.left[static_cast<std::size_t>(node)] = left;
    tree.right[static_cast<std::size_t>(node)] = right;
    self(self, left, levels - 1);
    self(self, right, levels - 1);
  };
  grow(grow, add(false), depth);
  return tree;
}

Forest RandomForestOf(std::uint64_t seed, Link link) {
  Random random(seed);
  Forest forest{.features = 3, .classes = link == Link::kLogistic ? 2 : 4, .link = link};
  if (link == Link::kLogistic) forest.base_margin = {0.25F};
  if (link == Link::kSoftmax) forest.base_margin = {0, 0, 0, 0.5F};
  for (int t = 0; t < 8; ++t) {
    Tree tree = RandomTree(random, 3, 4);
    if (link == Link::kSoftmax) tree.output = t % 4;
    if (link == Link::kMean) {
      tree.leaf_vector.assign(tree.size(), -1);
      for (std::size_t node = 0; node < tree.size(); ++node) {
        if (tree.left[node] >= 0) continue;
        tree.leaf_vector[node] = static_cast<std::int32_t>(forest.leaf_vectors.size() / 4);
        for (int k = 0; k < 4; ++k) forest.leaf_vectors.push_back(0.25F);
        forest.leaf_vectors.back() = static_cast<float>(random.Uniform());
      }
    }
    forest.trees.push_back(std::move(tree));
  }
  return forest;
}

Matrix RandomMatrix(std::uint64_t seed, std::int64_t rows) {
  Random random(seed);
  Matrix matrix(rows, std::vector<MatrixColumn>(3));
  for (std::int64_t j = 0; j < 3; ++j) {
    for (float& value : matrix.column(j)) {
      value = random.Uniform() < 0.15  ? kNaN
              : random.Uniform() < 0.5 ? static_cast<float>(random.Below(40))
                                       : static_cast<float>(random.Normal());
    }
  }
  return matrix;
}

TEST(ForestTest, GoesLeftBelowTheThresholdAndByDefaultWhenMissing) {
  const auto model = ForestModel::Make(StumpForest());
  ASSERT_TRUE(model.ok());
  const float below = std::nextafterf(2.0F, 0.0F);
  EXPECT_THAT((*model)->Margins(OneColumn({below, 2, kNaN, std::numeric_limits<float>::max()})),
              testing::ElementsAre(-0.5F, 1.5F, -0.5F, 1.5F));
  const Probabilities p = (*model)->Predict(OneColumn({3}));
  EXPECT_DOUBLE_EQ(p.at(0, 1), 1 / (1 + std::exp(-1.5)));
  EXPECT_DOUBLE_EQ(p.at(0, 0) + p.at(0, 1), 1);
}

TEST(ForestTest, CategoriesInTheSetGoRightOthersAndUnseenLeft) {
  Forest forest = StumpForest();
  forest.trees[0].category_set[0] = 0;
  forest.trees[0].category_sets = {{0b1010}};
  const auto model = ForestModel::Make(forest);
  EXPECT_THAT((*model)->Margins(OneColumn({0, 1, 2, 3, 50, -1, kNaN})),
              testing::ElementsAre(-0.5F, 1.5F, -0.5F, 1.5F, -0.5F, -0.5F, -0.5F));
}

TEST(ForestTest, ARowScoresTheSameWhateverStandsAroundIt) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    const auto model = ForestModel::Make(RandomForestOf(3, link));
    const Matrix matrix = RandomMatrix(4, 333);
    const Probabilities all = (*model)->Predict(matrix);
    for (const std::int64_t row : {0, 63, 64, 100, 332}) {
      const std::int64_t rows[] = {row};
      const Probabilities alone = (*model)->Predict(matrix.Take(rows));
      for (int k = 0; k < all.classes; ++k) EXPECT_EQ(all.at(row, k), alone.at(0, k));
    }
  }
}

TEST(LinearTest, IsTheLogisticOfAWeightedSum) {
  const auto model =
      LinearModel::Make({.features = 1, .classes = 2, .weights = {2}, .intercepts = {-1}});
  EXPECT_DOUBLE_EQ((*model)->Predict(OneColumn({3})).at(0, 1), 1 / (1 + std::exp(-5.0)));
  const auto three = LinearModel::Make(
      {.features = 1, .classes = 3, .weights = {1, 0, -1}, .intercepts = {0, 0, 0}});
  const Probabilities p = (*three)->Predict(OneColumn({1}));
  EXPECT_NEAR(p.at(0, 0), std::exp(1) / (std::exp(1) + 1 + std::exp(-1)), 1e-12);
}

TEST(ModelFileTest, ReadsBackEqual) {
  const Matrix matrix = RandomMatrix(9, 200);
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    const auto model = ForestModel::Make(RandomForestOf(5, link));
    ASSERT_TRUE(model.ok()) << model.status().message();
    const std::string bytes = (*model)->Serialize();
    const auto read = LoadModel(bytes);
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ((*read)->Serialize(), bytes);
    EXPECT_EQ((*read)->Predict(matrix).values, (*model)->Predict(matrix).values);
  }
  const auto linear = LinearModel::Make(
      {.features = 2, .classes = 3, .weights = {1, 2, 3, 4, 5, 6}, .intercepts = {7, 8, 9}});
  EXPECT_EQ((*LoadModel((*linear)->Serialize()))->Serialize(), (*linear)->Serialize());
}

// The bytes of docs/formats/model.md's example.
std::string DocumentedExample() {
  std::ifstream page(REEVE_SOURCE_DIR "/docs/formats/model.md");
  std::string bytes;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) inside = line == "```hex";
    if (!inside || line.starts_with("```")) continue;
    std::istringstream pairs(line.substr(0, line.find('#')));
    for (std::string pair; pairs >> pair;) bytes += static_cast<char>(std::stoi(pair, nullptr, 16));
  }
  return bytes;
}

TEST(ModelFileTest, WritesWhatTheFormatsPageShows) {
  Forest forest = StumpForest();
  forest.trees[0].threshold = {2, -1, 1};
  forest.trees[0].default_left = {1, 0, 0};
  forest.trees[0].cover = {12, 5, 7};
  const std::string documented = DocumentedExample();
  EXPECT_EQ(documented.size(), 90u);
  EXPECT_EQ((*ForestModel::Make(forest))->Serialize(), documented);
  EXPECT_TRUE(LoadModel(documented).ok());
}

// A forest as versions 1 and 2 wrote it: arrays of one element per node.
std::string WriteArrays(const Forest& forest, std::uint32_t version) {
  ByteWriter writer;
  writer.Text("REEVEMDL");
  writer.Value(version);
  writer.Value<std::uint32_t>(1);
  writer.Value(static_cast<std::uint64_t>(forest.features));
  writer.Value(static_cast<std::uint64_t>(forest.classes));
  writer.Value(static_cast<std::uint32_t>(forest.link));
  writer.Array(forest.base_margin);
  writer.Array(forest.leaf_vectors);
  writer.Value<std::uint64_t>(forest.trees.size());
  for (const Tree& tree : forest.trees) {
    writer.Value(tree.output);
    writer.Array(tree.left);
    writer.Array(tree.right);
    writer.Array(tree.feature);
    writer.Array(tree.threshold);
    writer.Array(tree.default_left);
    writer.Array(tree.category_set);
    writer.Array(tree.leaf_vector);
    writer.Value<std::uint64_t>(tree.category_sets.size());
    for (const auto& words : tree.category_sets) writer.Array(words);
    if (version > 1) writer.Array(tree.cover);
  }
  return writer.Take();
}

std::vector<TestForestOptions> KindsOfForests() {
  std::vector<TestForestOptions> kinds;
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    for (const int depth : {0, 3, 11}) kinds.push_back({.link = link, .trees = 8, .depth = depth});
    kinds.push_back({.features = 300, .link = link, .trees = 8});
    if (link == Link::kMean) continue;
    for (const int depth : {0, 2, 6})
      kinds.push_back({.link = link, .trees = 8, .depth = depth, .symmetric = true});
  }
  return kinds;
}

TEST(ModelFileTest, ScoresAreThoseOfTheArraysBitForBit) {
  for (const TestForestOptions& options : KindsOfForests()) {
    TestForest made(3, options);
    const Forest forest = made.Take();
    const Matrix matrix = made.Rows(300);
    const auto old = LoadModel(WriteArrays(forest, 2));
    ASSERT_TRUE(old.ok()) << old.status().message();
    const auto model = ForestModel::Make(forest);
    const auto read = LoadModel((*model)->Serialize());
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ((*old)->Serialize(), (*read)->Serialize());
    EXPECT_EQ((*old)->Predict(matrix).values, (*read)->Predict(matrix).values);
    EXPECT_EQ((*model)->Predict(matrix).values, (*read)->Predict(matrix).values);
  }
}

TEST(ModelFileTest, ReadsWhatVersionOneWrote) {
  const Forest stump = StumpForest();
  const auto forest = LoadModel(WriteArrays(stump, 1));
  ASSERT_TRUE(forest.ok()) << forest.status().message();
  EXPECT_EQ((*forest)->Serialize(), (*ForestModel::Make(stump))->Serialize());
  const Linear weights{.features = 2, .weights = {1, 2}, .intercepts = {3}};
  std::string bytes = (*LinearModel::Make(weights))->Serialize();
  bytes[8] = 1;
  bytes.resize(bytes.size() - 24);
  const auto linear = LoadModel(bytes);
  ASSERT_TRUE(linear.ok()) << linear.status().message();
  EXPECT_EQ((*linear)->Serialize(), (*LinearModel::Make(weights))->Serialize());
  bytes[8] = 4;
  EXPECT_EQ(LoadModel(bytes).status().message(),
            "model: format version 4, this Reeve reads versions 1 to 3");
}

TEST(LinearTest, RefusesSpreadsThatDoNotFit) {
  const Linear good{.features = 1,
                    .weights = {1},
                    .intercepts = {0},
                    .means = {2},
                    .deviations = {3},
                    .standard_errors = {0.5}};
  EXPECT_TRUE(LinearModel::Make(good).ok());
  const std::vector<void (*)(Linear&)> faults = {[](Linear& l) { l.means = {}; },
                                                 [](Linear& l) { l.deviations = {-1}; },
                                                 [](Linear& l) {
                                                   l.standard_errors = {1, 2};
                                                 },
                                                 [](Linear& l) { l.means = {kNaN}; }};
  for (const auto fault : faults) {
    Linear linear = good;
    fault(linear);
    EXPECT_EQ(LinearModel::Make(linear).status().code(), StatusCode::kCorrupt);
  }
}

// Sizes that lie: each field of the example set to a count that nothing pays for.
TEST(ModelFileTest, TakesNoMemoryForCountsThatLie) {
  const std::string bytes = (*ForestModel::Make(StumpForest()))->Serialize();
  for (std::size_t at = 8; at + 8 <= bytes.size(); ++at) {
    for (const std::uint64_t count : {0xFFFFFFFFFFFFFFFFULL, 0x7FFFFFFFFFFFFFFFULL,
                                      0x4000000000000001ULL, 0x0000000100000000ULL}) {
      std::string damaged = bytes;
      std::memcpy(damaged.data() + at, &count, sizeof count);
      const auto model = LoadModel(damaged);
      EXPECT_TRUE(!model.ok() || (*model)->classes() >= 2);
    }
  }
}

// The walk of eight rows at once against the rules, one row and one node at a time.
float MarginByTheRules(const Forest& forest, const Matrix& matrix, std::int64_t row) {
  float margin = forest.base_margin[0];
  for (const Tree& tree : forest.trees) {
    std::size_t node = 0;
    while (tree.left[node] >= 0) {
      const float x = matrix.at(row, tree.feature[node]);
      bool left = x < tree.threshold[node];
      if (tree.category_set[node] >= 0) {
        const auto& words = tree.category_sets[static_cast<std::size_t>(tree.category_set[node])];
        left = x < 0 || x >= 32 || (words[0] >> static_cast<unsigned>(x) & 1U) == 0;
      }
      if (std::isnan(x)) left = tree.default_left[node] != 0;
      node = static_cast<std::size_t>(left ? tree.left[node] : tree.right[node]);
    }
    margin += tree.threshold[node];
  }
  return margin;
}

TEST(ForestTest, EqualsTheRulesRowByRow) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Forest forest = RandomForestOf(seed, Link::kLogistic);
    const Matrix matrix = RandomMatrix(seed + 100, 600 + static_cast<std::int64_t>(seed));
    const auto model = ForestModel::Make(forest);
    const std::vector<float> margins = (*model)->Margins(matrix);
    for (std::int64_t row = 0; row < matrix.rows(); ++row)
      ASSERT_EQ(margins[static_cast<std::size_t>(row)], MarginByTheRules(forest, matrix, row));
  }
}

TEST(ModelFileTest, RefusesEveryTruncationAndSurvivesEveryFlippedByte) {
  const Matrix matrix = RandomMatrix(1, 5);
  for (TestForestOptions options : KindsOfForests()) {
    if (options.depth > 3 && !options.symmetric) continue;
    options.features = 3;
    const Forest forest = TestForest(7, options).Take();
    for (const std::string& bytes :
         {(*ForestModel::Make(forest))->Serialize(), WriteArrays(forest, 2)})
      ExpectDamageIsHarmless(bytes, matrix);
  }
}

TEST(ForestTest, RefusesCyclesAndForeignIndices) {
  const std::vector<void (*)(Forest&)> faults = {[](Forest& f) { f.trees[0].left[0] = 0; },
                                                 [](Forest& f) { f.trees[0].right[0] = 7; },
                                                 [](Forest& f) { f.trees[0].feature[0] = 1; },
                                                 [](Forest& f) { f.trees[0].category_set[0] = 0; },
                                                 [](Forest& f) { f.trees[0].output = 1; },
                                                 [](Forest& f) { f.trees[0].threshold.pop_back(); },
                                                 [](Forest& f) { f.base_margin = {}; },
                                                 [](Forest& f) { f.trees[0].threshold[1] = kNaN; },
                                                 [](Forest& f) { f.features = 0; },
                                                 [](Forest& f) { f.classes = 3; },
                                                 [](Forest& f) {
                                                   f.leaf_vectors = {0.5F, 0.5F};
                                                 },
                                                 [](Forest& f) { f.trees[0].cover = {1}; },
                                                 [](Forest& f) {
                                                   f.trees[0].cover = {1, -1, 2};
                                                 },
                                                 [](Forest& f) { f.trees[0].right[1] = 2; },
                                                 [](Forest& f) {
                                                   Tree& tree = f.trees[0];
                                                   tree.left = {1, 3, 3, -1, -1};
                                                   tree.right = {2, 4, 4, -1, -1};
                                                   tree.feature.resize(5);
                                                   tree.threshold.resize(5);
                                                   tree.default_left.resize(5);
                                                   tree.category_set.resize(5, -1);
                                                 }};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Forest forest = StumpForest();
    faults[i](forest);
    EXPECT_EQ(ForestModel::Make(forest).status().code(), StatusCode::kCorrupt) << i;
  }
}

TEST(DecisionTest, ReadsBackAndRefusesNonsense) {
  const Decision decision{.threshold = 0.3, .odds = {0.5, 2}};
  const auto read = Decision::FromJson(decision.ToJson(), 2);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->threshold, 0.3);
  EXPECT_EQ(read->odds, decision.odds);
  EXPECT_FALSE(Decision::FromJson(decision.ToJson(), 3).ok());
  EXPECT_FALSE(Decision::FromJson(Decision{.threshold = 1.5, .odds = {}}.ToJson(), 2).ok());
  EXPECT_FALSE(Decision::FromJson(Decision{.threshold = 0.5, .odds = {0, 1}}.ToJson(), 2).ok());
}

TEST(DecisionTest, KeepsCostsAndDecidesByThem) {
  Decision decision{.threshold = std::nullopt, .odds = {}};
  EXPECT_EQ(decision.ToJson()["format_version"], 1);
  EXPECT_EQ(decision.Decide(std::vector<double>{0.6, 0.2, 0.2}), 0);
  decision.costs = CostMatrix{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 10, 10, 0}};
  const Json json = decision.ToJson();
  EXPECT_EQ(json["format_version"], 3);
  const auto read = Decision::FromJson(json, 3);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->costs->values, decision.costs->values);
  EXPECT_EQ(read->Decide(std::vector<double>{0.6, 0.2, 0.2}), 2);
  EXPECT_EQ(read->rule().Decide(std::vector<double>{0.6, 0.2, 0.2}), 2);
}

TEST(DecisionTest, RefusesCostsThatAreNone) {
  const Decision decision{
      .threshold = std::nullopt,
      .odds = {},
      .costs = CostMatrix{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 10, 10, 0}}};
  const Json right = decision.ToJson();
  for (const char* const wrong :
       {"null", "7", "[]", "[0,1,1,1,0,1,1,1,0]", "[[0,1,1],[1,0,1]]", "[[0,1],[1,0]]",
        "[[0,1,1],[1,0,1],[1,-1,0]]", "[[0,1,1],[1,0,1],[1,1,1]]", "[[0,1,1],[1,0,1],[1,\"1\",0]]",
        "[[0,1,1],[1,0,1],[1,1e300,0]]", "[[0,0,0],[0,0,0],[0,0,0]]"}) {
    Json json = right;
    json["costs"] = Json::parse(wrong);
    EXPECT_EQ(Decision::FromJson(json, 3).status().code(), StatusCode::kCorrupt) << wrong;
  }
}

}  // namespace
}  // namespace reeve::inference
