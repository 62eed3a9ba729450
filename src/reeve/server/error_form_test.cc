#include "reeve/server/error_form.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::server {
namespace {

TEST(ErrorFormTest, EachProtocolHasItsOwn) {
  EXPECT_EQ(ServiceErrorBody(404, "not_found", "m"),
            R"({"error":{"code":"not_found","message":"m"}})");
  EXPECT_EQ(MlflowErrorBody(404, "not_found", "m"),
            R"({"error_code":"ENDPOINT_NOT_FOUND","message":"m"})");
  EXPECT_EQ(MlflowErrorBody(415, "x", "m"), R"({"error_code":"BAD_REQUEST","message":"m"})");
  EXPECT_EQ(InferenceProtocolErrorBody(404, "not_found", "m"), R"({"error":"m"})");
}

TEST(ErrorFormTest, HostileMessagesStayJson) {
  for (const std::string message : {"\"\\", "\n\x01", "\xff\xfe", ""}) {
    for (const ErrorBody& body : {ErrorBody(ServiceErrorBody), ErrorBody(MlflowErrorBody),
                                  ErrorBody(InferenceProtocolErrorBody)}) {
      EXPECT_TRUE(nlohmann::json::accept(body(400, "code", message)));
    }
  }
}

}  // namespace
}  // namespace reeve::server
