#pragma once

#include <cstdlib>
#include <map>
#include <string>

namespace reeve::tracking {

/// For tests: no variable that S3 is found by is set, and no file of the user's is read, but for
/// those that the test sets. Put back at the end.
class TestS3Environment {
 public:
  explicit TestS3Environment(const std::string& home) {
    for (const char* const name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
          "AWS_DEFAULT_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_REGION",
          "AWS_DEFAULT_REGION", "MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",
          "AWS_CA_BUNDLE", "MLFLOW_S3_IGNORE_TLS", "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE",
          "MLFLOW_S3_EXPECTED_BUCKET_OWNER", "MLFLOW_S3_UPLOAD_EXTRA_ARGS"})
      Set(name, "");
    Set("HOME", home);
  }
  ~TestS3Environment() {
    for (const auto& [name, value] : before_) Write(name, value);
  }
  TestS3Environment(const TestS3Environment&) = delete;
  TestS3Environment& operator=(const TestS3Environment&) = delete;

  /// Empty: not at all.
  void Set(const std::string& name, const std::string& value) {
    const char* const old = std::getenv(name.c_str());
    before_.try_emplace(name, old != nullptr ? old : "");
    Write(name, value);
  }

 private:
  static void Write(const std::string& name, const std::string& value) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }

  std::map<std::string, std::string> before_;
};

}  // namespace reeve::tracking
