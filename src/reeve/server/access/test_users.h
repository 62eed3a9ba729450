#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/clock.h"
#include "reeve/base/test_folder.h"
#include "reeve/server/access/access_database.h"
#include "reeve/server/access/users.h"
#include "reeve/sql/pool.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::server {

/// For tests: a clock that stands until it is moved.
class HandClock final : public Clock {
 public:
  std::int64_t NowMs() const override { return static_cast<std::int64_t>(seconds * 1000); }
  double MonotonicSeconds() const override { return seconds; }
  double seconds = 100;
};

/// For tests: a new database of users, of the kind that sql::TestDatabaseUri says.
class UsersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    const auto uri = sql::TestDatabaseUri(folder_.Path("users.db"), why);
    if (!uri) GTEST_SKIP() << why;
    uri_ = *uri;
    auto database = OpenAccessDatabase(uri_, {});
    ASSERT_TRUE(database.ok()) << database.status().message();
    database_ = std::move(*database);
  }

  TestFolder folder_;
  std::string uri_;
  std::unique_ptr<sql::Database> database_;
  sql::Pool pool_{[this] { return OpenAccessDatabase(uri_, {.create = false}); }};
};

inline constexpr const char* kPassword = "correct horse battery";

}  // namespace reeve::server
