#include "reeve/server/http.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(RequestTest, NamesOfHeadersIgnoreCase) {
  Request request;
  request.headers = {{"Content-Type", "a"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(request.Header("content-type"), "a");
  EXPECT_EQ(request.Header("x-A"), "1");
  EXPECT_EQ(request.Header("x-b"), "");
}

TEST(RequestTest, NamesOfParametersDoNot) {
  Request request;
  request.path_params = {{"name", "m"}};
  EXPECT_EQ(request.Param("name"), "m");
  EXPECT_EQ(request.Param("Name"), "");
}

TEST(StatusReasonTest, KnowsWhatIsSent) {
  EXPECT_EQ(StatusReason(200), "OK");
  EXPECT_EQ(StatusReason(431), "Request Header Fields Too Large");
  EXPECT_EQ(StatusReason(299), "Unknown");
}

}  // namespace
}  // namespace reeve::server
