#include "reeve/mlflow/search/base64.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, KnownValues) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
}

TEST(Base64Test, AllBytesReadBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes.substr(0, n))), bytes.substr(0, n));
  }
}

TEST(Base64Test, SkipsWhatIsNoDigitAndWantsItsPadding) {
  EXPECT_EQ(DecodeBase64("Zm 9v\nYg#=="), "foob");
  EXPECT_EQ(DecodeBase64("###"), "");
  for (const char* const text : {"Z", "Zm", "Zm8", "Zm9vY", "Zg="}) {
    EXPECT_FALSE(DecodeBase64(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace reeve::mlflow
