// The single steps against scikit-learn's transformers, from shared golden values.

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/features/pipeline.h"
#include "reeve/features/transforms.h"

namespace reeve::features {
namespace {

using nlohmann::json;

std::string GoldenFolder() {
  const char* const folder = std::getenv("REEVE_GOLDEN");
  return folder != nullptr ? folder : REEVE_SOURCE_DIR "/../shared/acceptance/golden";
}

class GoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GoldenFolder() + "/transform.json"))
      GTEST_SKIP() << "no golden values";
    std::ifstream(GoldenFolder() + "/transform.json") >> golden_;
    std::ifstream file(GoldenFolder() + "/table.csv");
    std::string line;
    std::getline(file, line);
    std::vector<std::vector<double>> numbers(3);
    std::vector<Column> texts = {Column::Texts("city"), Column::Texts("grade")};
    for (std::int64_t row = 0; std::getline(file, line); ++row) {
      const auto cells = Split(line, ',');
      (cells[0] == "fit" ? fit_ : apply_).push_back(row);
      for (std::size_t i = 0; i < 3; ++i)
        numbers[i].push_back(ParseNumber(cells[i + 1]).value_or(kMissingNumber));
      for (std::size_t i = 0; i < 2; ++i)
        texts[i].AppendText(cells[i + 4].empty() ? "(missing)" : cells[i + 4]);
    }
    const char* names[] = {"amount", "income", "rooms"};
    for (std::size_t i = 0; i < 3; ++i)
      table_.Add(Column::Numbers(names[i], ColumnType::kReal, numbers[i]));
    for (const Column& text : texts) table_.Add(Coded(text));
  }

  static Column Coded(const Column& text) {
    std::vector<std::int32_t> codes;
    std::vector<std::string> dictionary;
    for (std::int64_t row = 0; row < text.size(); ++row) {
      const auto it = std::find(dictionary.begin(), dictionary.end(), text.text(row));
      codes.push_back(static_cast<std::int32_t>(it - dictionary.begin()));
      if (it == dictionary.end()) dictionary.emplace_back(text.text(row));
    }
    return Column::Codes(text.name(), ColumnType::kCategory, codes, dictionary);
  }

  std::vector<double> Fitted(std::size_t column_idx) const {
    std::vector<double> values;
    for (const std::int64_t row : fit_)
      values.push_back(table_.column(column_idx).numbers()[static_cast<std::size_t>(row)]);
    return values;
  }

  // Rows of "apply" transformed with categories encoded in one way.
  Matrix Categories(CategoryEncoding encoding, std::int64_t min_rows) const {
    const auto fitted = Pipeline::Fit(table_, fit_, {"city", "grade"},
                                      {.categories = encoding, .min_category_rows = min_rows});
    return fitted->Transform(table_, apply_).value();
  }

  json golden_;
  Table table_;
  std::vector<std::int64_t> fit_, apply_;
};

TEST_F(GoldenTest, Imputers) {
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(FitImputation(Fitted(i), Imputation::kMedian, 0),
                golden_["impute_median"][i].get<double>(), 1e-9);
    EXPECT_NEAR(FitImputation(Fitted(i), Imputation::kMean, 0),
                golden_["impute_mean"][i].get<double>(), 1e-9);
    EXPECT_NEAR(FitImputation(Fitted(i), Imputation::kMostFrequent, 0),
                golden_["impute_most_frequent"][i].get<double>(), 1e-9);
  }
}

TEST_F(GoldenTest, Scalers) {
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<double> values = Fitted(i);
    const double median = FitImputation(values, Imputation::kMedian, 0);
    for (double& value : values) value = std::isnan(value) ? median : value;
    const Scale standard = FitScale(values, Scaling::kStandard);
    EXPECT_NEAR(standard.center, golden_["standard"]["mean_"][i].get<double>(), 1e-9);
    EXPECT_NEAR(standard.scale, golden_["standard"]["scale_"][i].get<double>(), 1e-9);
    const Scale robust = FitScale(values, Scaling::kRobust);
    EXPECT_NEAR(robust.center, golden_["robust"]["center_"][i].get<double>(), 1e-9);
    EXPECT_NEAR(robust.scale, golden_["robust"]["scale_"][i].get<double>(), 1e-9);
    for (std::size_t row = 0; row < apply_.size(); ++row) {
      const double raw = table_.column(i).numbers()[static_cast<std::size_t>(apply_[row])];
      const double value = std::isnan(raw) ? median : raw;
      EXPECT_NEAR(standard.Apply(value), golden_["standard"]["rows"][row][i].get<double>(), 1e-9);
      EXPECT_NEAR(robust.Apply(value), golden_["robust"]["rows"][row][i].get<double>(), 1e-9);
    }
  }
}

TEST_F(GoldenTest, OneHot) {
  const Matrix matrix = Categories(CategoryEncoding::kOneHot, 1);
  std::vector<std::string> names;
  for (const auto& category : golden_["one_hot"]["categories"][0])
    names.push_back("city=" + category.get<std::string>());
  for (const auto& category : golden_["one_hot"]["categories"][1])
    names.push_back("grade=" + category.get<std::string>());
  ASSERT_EQ(static_cast<std::size_t>(matrix.cols()), names.size());
  for (std::size_t j = 0; j < names.size(); ++j) {
    EXPECT_EQ(matrix.columns()[j].name, names[j]);
    for (std::int64_t row = 0; row < matrix.rows(); ++row) {
      EXPECT_EQ(matrix.at(row, static_cast<std::int64_t>(j)),
                golden_["one_hot"]["rows"][static_cast<std::size_t>(row)][j].get<float>());
    }
  }
}

TEST_F(GoldenTest, OneHotWithRareCategories) {
  const Matrix matrix = Categories(CategoryEncoding::kOneHot, 20);
  ASSERT_EQ(static_cast<std::size_t>(matrix.cols()), golden_["one_hot_rare_20"]["names"].size());
  for (std::int64_t row = 0; row < matrix.rows(); ++row) {
    for (std::int64_t j = 0; j < matrix.cols(); ++j) {
      EXPECT_EQ(matrix.at(row, j), golden_["one_hot_rare_20"]["rows"][static_cast<std::size_t>(row)]
                                          [static_cast<std::size_t>(j)]
                                              .get<float>())
          << matrix.columns()[static_cast<std::size_t>(j)].name;
    }
  }
}

TEST_F(GoldenTest, OrdinalOfSortedCategories) {
  const Matrix matrix = Categories(CategoryEncoding::kOrdinal, 1);
  for (std::int64_t row = 0; row < matrix.rows(); ++row) {
    EXPECT_EQ(matrix.at(row, 0), golden_["ordinal"][static_cast<std::size_t>(row)][0].get<float>());
  }
}

}  // namespace
}  // namespace reeve::features
