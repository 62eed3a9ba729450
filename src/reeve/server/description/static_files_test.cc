#include "reeve/server/description/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StaticFilesTest, AreInTheBinaryAsTheyAreInTheSources) {
  for (const StaticFile& file : StaticFiles()) {
    EXPECT_GT(file.bytes.size(), 100u) << file.name;
    EXPECT_EQ(file.bytes.back(), '\n') << file.name;
    EXPECT_EQ(file.version.size(), 16u);
  }
}

TEST(StaticFilesTest, LoadNothingFromElsewhere) {
  for (const StaticFile& file : StaticFiles()) {
    std::string text(file.bytes);
    // The name of SVG itself is an address that nobody loads.
    const std::string svg = "http://www.w3.org/2000/svg";
    if (const auto at = text.find(svg); at != std::string::npos) text.erase(at, svg.size());
    EXPECT_THAT(text, Not(HasSubstr("http://"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr("https://"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr("@import"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr("innerHTML"))) << file.name;
  }
}

TEST(StaticFilesTest, AddressesChangeWithTheContent) {
  EXPECT_THAT(StaticFileAddress("page.css"), testing::MatchesRegex("assets/page.css.v=[0-9a-f]+"));
  EXPECT_NE(StaticFileAddress("form.js").substr(17), StaticFileAddress("docs.js").substr(17));
}

}  // namespace
}  // namespace reeve::server
