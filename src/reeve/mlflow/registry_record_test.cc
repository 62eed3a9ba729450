#include "reeve/mlflow/registry_record.h"

#include <regex>

#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

class RegistryRecordTest : public RegistryTest {
 protected:
  // "alias_set champion 1>2", with "?" behind what nobody recorded.
  std::vector<std::string> Words(const std::string& name = "loans") {
    const std::string history = History(name);
    std::vector<std::string> words;
    const std::regex event(R"(\{"time_ms":[^}]*\})");
    for (std::sregex_iterator it(history.begin(), history.end(), event), end; it != end; ++it) {
      const std::string text = it->str();
      const auto field = [&](const std::string& key) {
        std::smatch match;
        return std::regex_search(text, match, std::regex("\"" + key + "\":\"([^\"]*)\""))
                   ? match[1].str()
                   : std::string();
      };
      std::string word = field("action");
      for (const char* key : {"alias", "version"}) {
        if (!field(key).empty()) word += " " + field(key);
      }
      if (!field("from").empty() || !field("to").empty())
        word += " " + field("from") + ">" + field("to");
      if (text.find(R"("recorded":false)") != std::string::npos) word += "?";
      words.push_back(word);
    }
    return words;
  }
};

using Texts = std::vector<std::string>;

TEST_F(RegistryRecordTest, EveryMoveIsRecorded) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  SetAlias("champion", "1");
  SetAlias("champion", "2");
  SetAlias("champion", "2");
  MoveTo("1", "Staging");
  Answer("POST", "/model-versions/transition-stage",
         R"({"name":"loans","version":"2","stage":"Staging","archive_existing_versions":true})");
  Erase("/model-versions/delete", {{"name", "loans"}, {"version", "2"}});
  EXPECT_EQ(Words(), (Texts{"model_created", "version_created 1", "version_created 2",
                            "alias_set champion >1", "alias_set champion 1>2",
                            "stage_changed 1 None>Staging", "stage_changed 1 Staging>Archived",
                            "stage_changed 2 None>Staging", "alias_deleted champion 2>",
                            "version_deleted 2"}));
}

TEST_F(RegistryRecordTest, ARenamedAndADeletedModelKeepTheirHistory) {
  MakeModel();
  MakeVersion();
  SetAlias("champion", "1");
  Post("/registered-models/rename", {{"name", "loans"}, {"new_name", "credits"}});
  Erase("/registered-models/delete", {{"name", "credits"}});
  EXPECT_EQ(Words("credits"),
            (Texts{"model_created", "version_created 1", "alias_set champion >1",
                   "model_renamed loans>credits", "alias_deleted champion 1>", "model_deleted"}));
}

TEST_F(RegistryRecordTest, WhatAnotherProgramDidIsMarked) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  SetAlias("champion", "1");
  RunSql("UPDATE registered_model_aliases SET version = 2");
  EXPECT_EQ(Words().back(), "alias_set champion 1>2?");
  EXPECT_EQ(Words("nobody"), Texts());
  EXPECT_TRUE(Has(History("nobody"), "RESOURCE_DOES_NOT_EXIST"));
}

TEST_F(RegistryRecordTest, WhoAsksIsNoted) {
  for (const Endpoint& endpoint : api_->endpoints()) {
    if (endpoint.path != std::string_view("/registered-models/create")) continue;
    Request request = *Request::FromBody(R"({"name":"loans"})");
    request.user = "ann";
    std::string answer;
    ASSERT_TRUE(api_->Call(endpoint, request, answer).ok());
  }
  EXPECT_TRUE(Has(History(), R"("actor":"ann")")) << History();
}

}  // namespace
}  // namespace reeve::mlflow
