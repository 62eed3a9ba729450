#include "reeve/server/access/access_rules.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/mlflow/api.h"

namespace reeve::server {
namespace {

TEST(AccessRulesTest, EachEndpointHasARuleThatFitsWhatItDoes) {
  const TestFolder folder;
  const auto api = mlflow::Api::Open({.database_uri = "sqlite:///" + folder.Path("mlflow.db")});
  ASSERT_TRUE(api.ok()) << api.status().message();
  for (const mlflow::Endpoint& endpoint : (*api)->endpoints()) {
    const AccessRule rule = FindAccessRule(endpoint.method, endpoint.path);
    EXPECT_NE(rule.subject, Subject::kUnknown)
        << endpoint.method << " " << endpoint.path << ": users cannot call it";
    EXPECT_EQ(rule.action == Action::kRead, endpoint.access == mlflow::Access::kRead)
        << endpoint.method << " " << endpoint.path;
  }
}

TEST(AccessRulesTest, WhatIsNotListedIsClosed) {
  EXPECT_EQ(FindAccessRule("POST", "/experiments/explode").subject, Subject::kUnknown);
  EXPECT_EQ(FindAccessRule("DELETE", "/experiments/get").subject, Subject::kUnknown);
}

}  // namespace
}  // namespace reeve::server
