#include "reeve/learners/xgboost/ubjson.h"

#include <gtest/gtest.h>

#include "reeve/learners/xgboost/read_forest.h"

namespace reeve::learners {
namespace {

using std::string_literals::operator""s;

TEST(UbjsonTest, ReadsEveryKindOfValue) {
  const std::string bytes =
      "{U\x01"
      "aSU\x02"
      "hiU\x01"
      "b[$d#U\x02\x3f\x80\x00\x00\xc0\x00\x00\x00U\x01"
      "c[#U\x02i\xffTU\x01"
      "d[ZF]U\x01"
      "eL\x00\x00\x00\x00\x00\x00\x01\x00}"s;
  const auto value = ParseUbjson(bytes);
  ASSERT_TRUE(value.ok()) << value.status().message();
  EXPECT_EQ(value->Text("a").value(), "hi");
  EXPECT_EQ(value->Numbers("b").value(), (std::vector<double>{1, -2}));
  EXPECT_EQ(value->Numbers("c").value(), (std::vector<double>{-1, 1}));
  EXPECT_EQ(value->Get("d").value()->array.size(), 2u);
  EXPECT_EQ(value->Get("e").value()->number, 256);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(ParseUbjson(bytes.substr(0, size)).ok()) << size;
}

TEST(UbjsonTest, RefusesHostileBytes) {
  const std::string cases[] = {""s,
                               "x"s,
                               "[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"s,
                               "[#l\x7f\xff\xff\xff"s,
                               "SL\xff\xff\xff\xff\xff\xff\xff\xff"s,
                               "{U\x05"
                               "ab"s,
                               "Z!"s,
                               std::string(100, '['),
                               "[$Z#U\x01"s};
  for (const std::string& bytes : cases)
    EXPECT_EQ(ParseUbjson(bytes).status().code(), StatusCode::kCorrupt);
}

TEST(ReadForestTest, RefusesWhatIsNoModel) {
  EXPECT_FALSE(ReadForest("{}"s).ok());
  EXPECT_FALSE(ReadForest(""s).ok());
  EXPECT_FALSE(ReadForest("{U\x07learner{}}"s).ok());
}

}  // namespace
}  // namespace reeve::learners
