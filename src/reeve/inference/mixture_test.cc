#include "reeve/inference/mixture.h"

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/linear.h"

namespace reeve::inference {
namespace {

std::unique_ptr<Model> Line(double weight, double intercept) {
  return LinearModel::Make(
             {.features = 1, .classes = 2, .weights = {weight}, .intercepts = {intercept}})
      .value();
}

std::vector<MixtureMember> TwoLines() {
  std::vector<MixtureMember> members;
  members.push_back({.weight = 0.25, .first_feature = 0, .model = Line(1, 0.5)});
  members.push_back({.weight = 0.75, .first_feature = 1, .model = Line(-2, 0)});
  return members;
}

Matrix RandomMatrix(std::int64_t rows) {
  Random random(3);
  Matrix matrix(rows, std::vector<MatrixColumn>(2));
  for (std::int64_t j = 0; j < 2; ++j) {
    for (float& value : matrix.column(j)) value = static_cast<float>(random.Normal());
  }
  return matrix;
}

// Columns alone, so that a member can be asked by itself.
Matrix ColumnOf(const Matrix& matrix, std::int64_t j) {
  Matrix one(matrix.rows(), std::vector<MatrixColumn>(1));
  std::copy(matrix.column(j).begin(), matrix.column(j).end(), one.column(0).begin());
  return one;
}

TEST(MixtureModelTest, IsTheWeightedMeanOfItsMembers) {
  const auto mixture = MixtureModel::Make(2, 2, TwoLines());
  ASSERT_TRUE(mixture.ok()) << mixture.status().message();
  const Matrix matrix = RandomMatrix(3000);  // several blocks
  const Probabilities mixed = (*mixture)->Predict(matrix);
  const Probabilities first = TwoLines()[0].model->Predict(ColumnOf(matrix, 0));
  const Probabilities second = TwoLines()[1].model->Predict(ColumnOf(matrix, 1));
  for (std::int64_t row = 0; row < matrix.rows(); ++row) {
    EXPECT_DOUBLE_EQ(mixed.at(row, 1), 0.25 * first.at(row, 1) + 0.75 * second.at(row, 1));
    EXPECT_NEAR(mixed.at(row, 0) + mixed.at(row, 1), 1, 1e-15);
  }
}

TEST(MixtureModelTest, IsReadBackEqual) {
  const auto mixture = MixtureModel::Make(2, 2, TwoLines());
  ASSERT_TRUE(mixture.ok());
  const std::string bytes = (*mixture)->Serialize();
  const auto read = LoadModel(bytes);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ((*read)->kind(), "mixture");
  EXPECT_EQ((*read)->Serialize(), bytes);
  const Matrix matrix = RandomMatrix(10);
  EXPECT_EQ((*read)->Predict(matrix).values, (*mixture)->Predict(matrix).values);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(LoadModel(std::string_view(bytes).substr(0, size)).ok());
}

TEST(MixtureModelTest, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(MixtureModel::Make(2, 2, {}).ok());
  EXPECT_FALSE(MixtureModel::Make(1, 2, TwoLines()).ok());
  EXPECT_FALSE(MixtureModel::Make(2, 3, TwoLines()).ok());
  auto heavy = TwoLines();
  heavy[0].weight = 0.5;
  EXPECT_FALSE(MixtureModel::Make(2, 2, std::move(heavy)).ok());
  auto negative = TwoLines();
  negative[0].weight = -0.25;
  EXPECT_FALSE(MixtureModel::Make(2, 2, std::move(negative)).ok());
  std::vector<MixtureMember> nested;
  nested.push_back(
      {.weight = 1, .first_feature = 0, .model = MixtureModel::Make(2, 2, TwoLines()).value()});
  EXPECT_FALSE(MixtureModel::Make(2, 2, std::move(nested)).ok());
}

// A file that nests mixtures is refused before anything is read of it, however deep it goes.
TEST(MixtureModelTest, AFileOfNestedMixturesIsRefused) {
  std::string inner = MixtureModel::Make(2, 2, TwoLines()).value()->Serialize();
  std::string outer = inner.substr(0, 32);  // header of a mixture
  const auto append = [&](const auto& value) {
    outer.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  append(std::uint64_t{1});
  append(1.0);
  append(std::uint64_t{0});
  append(static_cast<std::uint64_t>(inner.size()));
  outer += inner;
  EXPECT_FALSE(LoadModel(outer).ok());
}

}  // namespace
}  // namespace reeve::inference
