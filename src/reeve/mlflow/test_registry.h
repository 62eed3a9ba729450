#pragma once

#include <string>

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {

/// For tests: an API whose registry is filled in few words.
class RegistryTest : public ApiTest {
 protected:
  /// {"a":"b"} of pairs.
  static std::string Body(std::initializer_list<std::pair<const char*, std::string>> fields) {
    std::string body = "{";
    for (const auto& [name, value] : fields)
      body += (body.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":\"" + value + "\"";
    return body + "}";
  }

  std::string Post(std::string_view path,
                   std::initializer_list<std::pair<const char*, std::string>> fields) {
    return Answer("POST", path, Body(fields));
  }
  std::string Erase(std::string_view path,
                    std::initializer_list<std::pair<const char*, std::string>> fields) {
    return Answer("DELETE", path, Body(fields));
  }

  void MakeModel(const std::string& name = "loans") {
    EXPECT_EQ(Between(Post("/registered-models/create", {{"name", name}}), R"("name":")"), name);
  }
  /// The number of the version made.
  std::string MakeVersion(const std::string& name = "loans",
                          const std::string& source = "s3://bucket/model") {
    return Between(Post("/model-versions/create", {{"name", name}, {"source", source}}),
                   R"("version":")");
  }
  std::string GetModel(const std::string& name = "loans") {
    return Answer("GET", "/registered-models/get", "name=" + name);
  }
  std::string GetVersion(const std::string& version, const std::string& name = "loans") {
    return Answer("GET", "/model-versions/get", "name=" + name + "&version=" + version);
  }
  std::string SetAlias(const std::string& alias, const std::string& version) {
    return Post("/registered-models/alias",
                {{"name", "loans"}, {"alias", alias}, {"version", version}});
  }
  std::string MoveTo(const std::string& version, const std::string& stage) {
    return Post("/model-versions/transition-stage",
                {{"name", "loans"}, {"version", version}, {"stage", stage}});
  }
  /// "alias_set champion 1>2 …": what the history says, in few words.
  std::string History(const std::string& name = "loans") {
    return Answer("GET", "/registered-models/history", "name=" + name);
  }
  void RunSql(const std::string& sql) {
    const auto database = api_->context().pool.Write();
    ASSERT_TRUE(database.ok());
    const Status status = (*database)->Run(sql);
    EXPECT_TRUE(status.ok()) << status.message();
  }

  static bool Has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
};

}  // namespace reeve::mlflow
