#include "reeve/server/scoring/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "reeve/server/http.h"

namespace reeve::server {
namespace {

// The document written again, or the refusal.
std::string Read(std::string json, int max_depth = 32) {
  const std::size_t size = json.size();
  json.append(Request::kBodyPadding, 'x');
  simdjson::dom::element root;
  const Refusal refusal = ParseJson(std::string_view(json).substr(0, size), max_depth, root);
  return refusal.ok() ? simdjson::minify(root) : "refused: " + refusal.message;
}

TEST(JsonDocumentTest, ReadsJson) {
  for (const char* json : {"{}", "[1,2.5,\"a\",null,true]", "{\"a\":{\"b\":[[]]}}", "\"NaN\"", "7"})
    EXPECT_EQ(Read(json), json);
}

TEST(JsonDocumentTest, ReadsWhatOtherWritersMakeOfNumbers) {
  EXPECT_EQ(Read("[NaN,\"NaN \\\" NaN\",Infinity,-Infinity]"),
            "[null,\"NaN \\\" NaN\",\"inf\",\"-inf\"]");
  EXPECT_EQ(Read("[123456789012345678901,-123456789012345678901]"),
            "[1.2345678901234568e+20,-1.2345678901234568e+20]");
  EXPECT_EQ(Read("[1.1234567890123456789012,1e5,NaN]"), "[1.1234567890123457,100000.0,null]");
}

TEST(JsonDocumentTest, RefusesWhatIsNoJson) {
  for (const char* json : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{'a':1}",
                           "{}{}",
                           "[01]",
                           "[+1]",
                           "[1.]",
                           "[.5]",
                           "[1e999]",
                           "[nan]",
                           "[-NaN]",
                           "NaNN",
                           "[0123456789012345678901]",
                           "\"\xFF\"",
                           "\"\xED\xA0\x80\"",
                           "\"a\x01\"",
                           "[NaN",
                           "\"NaN",
                           "\"NaN\\"})
    EXPECT_THAT(Read(json), testing::StartsWith("refused")) << json;
}

TEST(JsonDocumentTest, DepthIsThatOfListsAndObjects) {
  EXPECT_EQ(Read("[{\"a\":[1]}]", 3), "[{\"a\":[1]}]");
  EXPECT_THAT(Read("[{\"a\":[[1]]}]", 3), testing::HasSubstr("deeper than 3"));
  EXPECT_EQ(Read("[{\"a\":[[1]]}]", 4), "[{\"a\":[[1]]}]");
}

TEST(JsonDocumentTest, FindsMembersThatStandTwice) {
  std::string json = "{\"a\":1,\"b\":2,\"a\":3}" + std::string(Request::kBodyPadding, ' ');
  simdjson::dom::element root;
  ASSERT_TRUE(ParseJson(json, 32, root).ok());
  EXPECT_THAT(CheckDistinct(root, "it").message, testing::HasSubstr("\"a\" twice"));
}

}  // namespace
}  // namespace reeve::server
