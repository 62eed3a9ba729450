#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/clock.h"
#include "reeve/base/test_folder.h"
#include "reeve/server/access/access_database.h"
#include "reeve/server/access/users.h"
#include "reeve/sql/pool.h"

namespace reeve::server {

/// For tests: a clock that stands until it is moved.
class HandClock final : public Clock {
 public:
  std::int64_t NowMs() const override { return static_cast<std::int64_t>(seconds * 1000); }
  double MonotonicSeconds() const override { return seconds; }
  double seconds = 100;
};

/// For tests: a database of users in a folder of its own.
class UsersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = OpenAccessDatabase(uri(), {});
    ASSERT_TRUE(database.ok()) << database.status().message();
    database_ = std::move(*database);
  }
  std::string uri() const { return "sqlite:///" + folder_.Path("users.db"); }

  TestFolder folder_;
  std::unique_ptr<sql::Database> database_;
  sql::Pool pool_{[this] { return OpenAccessDatabase(uri(), {.create = false}); }};
};

inline constexpr const char* kPassword = "correct horse battery";

}  // namespace reeve::server
