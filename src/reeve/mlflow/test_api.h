#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "reeve/base/test_clock.h"
#include "reeve/base/test_folder.h"
#include "reeve/mlflow/api.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::mlflow {

/// For tests: an API on a new database, of the kind that sql::TestDatabaseUri says.
class ApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    const auto uri = sql::TestDatabaseUri(folder_.Path("mlflow.db"), why);
    if (!uri) GTEST_SKIP() << why;
    Result<std::unique_ptr<Api>> api = Api::Open({.database_uri = *uri, .clock = &clock_});
    ASSERT_TRUE(api.ok()) << api.status().message();
    api_ = std::move(*api);
  }

  /// The answer, or the failure. `fields` is a query for GET, else a body. `path` is as in
  /// endpoints: "/logged-models/{model_id}" takes `id` for its only name.
  Result<std::string> Call(std::string_view method, std::string_view path,
                           std::string_view fields = "", std::string_view id = "") {
    for (const Endpoint& endpoint : api_->endpoints()) {
      if (method != endpoint.method || path != endpoint.path) continue;
      Result<Request> request =
          method == "GET" ? Request::FromQuery(fields, endpoint.fields) : Request::FromBody(fields);
      if (!request.ok()) return request.status();
      const std::size_t open = path.find('{');
      if (open != std::string_view::npos) {
        const std::string_view name = path.substr(open + 1, path.find('}') - open - 1);
        request->path.emplace(name, id);
      }
      std::string answer;
      const Status status = api_->Call(endpoint, *request, answer);
      if (!status.ok()) return status;
      return answer;
    }
    return Status::Internal("no endpoint " + std::string(method) + " " + std::string(path));
  }

  /// The answer, or "CODE: message".
  std::string Answer(std::string_view method, std::string_view path, std::string_view fields = "",
                     std::string_view id = "") {
    const Result<std::string> answer = Call(method, path, fields, id);
    if (answer.ok()) return *answer;
    return std::string(ErrorCode(answer.status())) + ": " + answer.status().message();
  }

  /// The text between `before` and the next quote of an answer.
  static std::string Between(const std::string& answer, std::string_view before) {
    const std::size_t start = answer.find(before);
    EXPECT_NE(start, std::string::npos) << answer;
    if (start == std::string::npos) return "";
    const std::size_t from = start + before.size();
    return answer.substr(from, answer.find('"', from) - from);
  }

  TestFolder folder_;
  SteppingClock clock_;
  std::unique_ptr<Api> api_;
};

}  // namespace reeve::mlflow
