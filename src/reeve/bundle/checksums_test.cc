#include "reeve/bundle/checksums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::bundle {
namespace {

const std::string kDigest(64, 'a');

TEST(ChecksumsTest, ReadsWhatItWrites) {
  const Checksums written{
      .format_version = 1,
      .files = {{"contract.json", kDigest}, {"model.reeve", std::string(64, '0')}}};
  const auto read = ParseChecksums(FormatChecksums(written));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->format_version, 1);
  EXPECT_EQ(read->files, written.files);
}

TEST(ChecksumsTest, RefusesWhatIsNone) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not a bundle"},
      {"{}", "not a bundle"},
      {"reeve-bundle \n", "format version"},
      {"reeve-bundle x\n", "format version"},
      {"reeve-bundle 99\n", "newer"},
      {"reeve-bundle 1\nshort  contract.json\n", "line 2"},
      {"reeve-bundle 1\n" + kDigest + " contract.json\n", "line 2"},
      {"reeve-bundle 1\n" + kDigest + "  ../../etc/passwd\n", "line 2"},
      {"reeve-bundle 1\n" + kDigest + "  ..\n", "line 2"},
      {"reeve-bundle 1\n" + std::string(64, 'G') + "  contract.json\n", "line 2"},
  };
  for (const auto& [text, complaint] : cases) {
    const auto read = ParseChecksums(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.status().code(), StatusCode::kCorrupt);
    EXPECT_THAT(read.status().message(), testing::HasSubstr(complaint));
  }
}

}  // namespace
}  // namespace reeve::bundle
