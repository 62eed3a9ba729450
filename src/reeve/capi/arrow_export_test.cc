#include "reeve/capi/arrow_export.h"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

// Three rows of three classes, the second one rejected.
inference::Scored MakeScored() {
  inference::Scored scored;
  scored.usable = {true, false, true};
  scored.probabilities = Probabilities(3, 3);
  scored.probabilities.values = {0.1, 0.2, 0.7, 9, 9, 9, 0.5, 0.25, 0.25};
  scored.predicted = {2, -1, 0};
  return scored;
}

class ArrowExportTest : public testing::Test {
 protected:
  void SetUp() override {
    const contract::Contract contract = MakeTestBundle(3).contract;
    ASSERT_TRUE(ExportArrow(contract, MakeScored(), schema_, array_).ok());
  }
  void TearDown() override {
    if (schema_.release != nullptr) schema_.release(&schema_);
    if (array_.release != nullptr) array_.release(&array_);
  }
  double NumberAt(int column, int row) const {
    return static_cast<const double*>(array_.children[column]->buffers[1])[row];
  }

  ArrowSchema schema_{};
  ArrowArray array_{};
};

TEST_F(ArrowExportTest, HasTheColumnsOfPredict) {
  ASSERT_EQ(schema_.n_children, 5);
  const std::vector<std::pair<std::string, std::string>> expected = {{"prediction", "i"},
                                                                     {"probability", "g"},
                                                                     {"probability_high", "g"},
                                                                     {"probability_low", "g"},
                                                                     {"probability_middle", "g"}};
  EXPECT_STREQ(schema_.format, "+s");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(schema_.children[i]->name, expected[i].first);
    EXPECT_EQ(schema_.children[i]->format, expected[i].second);
  }
  EXPECT_STREQ(schema_.children[0]->dictionary->format, "u");
}

TEST_F(ArrowExportTest, RejectedRowsAreNull) {
  ASSERT_EQ(array_.length, 3);
  EXPECT_EQ(array_.null_count, 0);
  ASSERT_EQ(array_.n_children, 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(array_.children[i]->length, 3);
    EXPECT_EQ(array_.children[i]->null_count, 1);
    EXPECT_EQ(static_cast<const std::uint8_t*>(array_.children[i]->buffers[0])[0], 0b101);
  }
}

TEST_F(ArrowExportTest, ProbabilityIsThatOfTheAnswer) {
  EXPECT_EQ(NumberAt(1, 0), 0.7);
  EXPECT_EQ(NumberAt(1, 2), 0.5);
  EXPECT_EQ(NumberAt(3, 0), 0.2);
  EXPECT_EQ(NumberAt(4, 2), 0.25);
}

TEST_F(ArrowExportTest, PredictionsAreCodesOfTheClasses) {
  const ArrowArray& dictionary = *array_.children[0]->dictionary;
  ASSERT_EQ(dictionary.length, 3);
  const auto* const offsets = static_cast<const std::int32_t*>(dictionary.buffers[1]);
  const std::string bytes(static_cast<const char*>(dictionary.buffers[2]),
                          static_cast<std::size_t>(offsets[3]));
  EXPECT_EQ(bytes, "highlowmiddle");
  EXPECT_EQ(offsets[1], 4);
  const auto* const codes = static_cast<const std::int32_t*>(array_.children[0]->buffers[1]);
  EXPECT_EQ(codes[0], 2);
  EXPECT_EQ(codes[2], 0);
}

// The specification lets a receiver keep a child and release the rest.
TEST_F(ArrowExportTest, AChildThatWasMovedOutOutlivesTheRest) {
  ArrowArray moved = *array_.children[1];
  array_.children[1]->release = nullptr;
  array_.release(&array_);
  EXPECT_EQ(array_.release, nullptr);
  EXPECT_EQ(static_cast<const double*>(moved.buffers[1])[0], 0.7);
  moved.release(&moved);
}

TEST(ArrowExport, NoRowsStillHaveBuffers) {
  inference::Scored scored;
  scored.probabilities = Probabilities(0, 2);
  ArrowSchema schema{};
  ArrowArray array{};
  ASSERT_TRUE(ExportArrow(MakeTestBundle().contract, scored, schema, array).ok());
  EXPECT_EQ(array.length, 0);
  EXPECT_NE(array.children[1]->buffers[1], nullptr);
  schema.release(&schema);
  array.release(&array);
}

}  // namespace
}  // namespace reeve::capi
