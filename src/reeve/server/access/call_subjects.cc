#include "reeve/server/access/call_subjects.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"

namespace reeve::server {
namespace {

struct NamedField {
  const char* field;
  std::string_view subject;
};

constexpr NamedField kFields[] = {
    {"experiment_id", "experiment"}, {"run_id", "run"},  {"model_id", "logged_model"},
    {"version", "version"},          {"alias", "alias"}, {"new_name", "new_name"}};

struct Made {
  std::string_view path;
  /// Where the id is in the answer.
  const char* pointer;
  std::string_view subject;
};

constexpr Made kMade[] = {
    {"/experiments/create", "/experiment_id", "experiment"},
    {"/runs/create", "/run/info/run_id", "run"},
    {"/logged-models", "/model/info/model_id", "logged_model"},
    {"/model-versions/create", "/model_version/version", "version"},
};

}  // namespace

void NoteSubjects(std::string_view path, const mlflow::Request& request, CallNotes& notes) {
  for (const auto& [field, subject] : kFields) {
    if (std::string text = request.Text(field); !text.empty())
      notes.subjects.emplace_back(subject, std::move(text));
  }
  if (const auto id = request.path.find("model_id"); id != request.path.end())
    notes.subjects.emplace_back("logged_model", id->second);
  const bool is_model =
      path.starts_with("/registered-models/") || path.starts_with("/model-versions/");
  if (std::string name = request.Text("name"); !name.empty())
    notes.subjects.emplace_back(is_model ? "model" : "name", std::move(name));
}

void NoteMade(std::string_view path, const std::string& answer, CallNotes& notes) {
  for (const Made& made : kMade) {
    if (made.path != path) continue;
    const Result<Json> json = ParseJson(answer);
    if (!json.ok()) return;
    const Json::json_pointer pointer(made.pointer);
    if (!json->contains(pointer) || !json->at(pointer).is_string()) return;
    notes.subjects.emplace_back(made.subject, json->at(pointer).get<std::string>());
  }
}

}  // namespace reeve::server
