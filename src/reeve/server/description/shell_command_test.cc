#include "reeve/server/description/shell_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/description/test_small_models.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

TEST(ShellCommandTest, HoldsTheRowAsJson) {
  const auto model = MakeSmallModel();
  EXPECT_EQ(ShellCommand("http://h:1/predict", *model, TypicalRow(*model)),
            "curl 'http://h:1/predict' \\\n  -H 'Content-Type: application/json' \\\n"
            "  -d '{\"score\":592,\"income\":105010,\"education\":\"Graduate\",\"member\":false,"
            "\"since\":\"1970-01-01\"}'");
}

TEST(ShellCommandTest, TextsOfNumbersBecomeNumbersAndGapsAreLeftOut) {
  const auto model = MakeSmallModel();
  std::vector<contract::Cell> row(5);
  row[0] = {.kind = contract::Cell::Kind::kText, .text = "7.5"};
  row[1] = {.kind = contract::Cell::Kind::kText, .text = "none"};
  row[2] = {.kind = contract::Cell::Kind::kText, .text = "12"};
  EXPECT_EQ(DumpJson(RowBody(*model, row)), R"({"score":7.5,"income":"none","education":"12"})");
}

TEST(ShellCommandTest, NothingLeavesTheQuotes) {
  EXPECT_EQ(ShellQuote("it's $(rm) `x`"), "'it'\\''s $(rm) `x`'");
}

}  // namespace
}  // namespace reeve::server
