#include "reeve/mlflow/graphql/execute.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/mlflow/json_writer.h"

namespace reeve::mlflow::graphql {
namespace {

using Kind = OutputField::Kind;

const Json* Member(const Json& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string TextMember(const Json& object, const std::string& name) {
  const Json* const member = Member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

const Json& InfoOf(const Json& run) {
  static const Json kNone = Json::object();
  const Json* const info = Member(run, "info");
  return info == nullptr ? kNone : *info;
}

// The members of runs' info, each text once, in order.
std::vector<std::string> InfoTexts(const std::vector<const Json*>& runs, const std::string& name) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const Json* const run : runs) {
    std::string text = TextMember(InfoOf(*run), name);
    if (seen.insert(text).second) texts.push_back(std::move(text));
  }
  return texts;
}

class Projection {
 public:
  Projection(const RunSurroundings& surroundings, JsonWriter& writer)
      : surroundings_(surroundings), writer_(writer) {}

  void Object(const std::vector<PlannedField>& fields, const Json& object) {
    writer_.BeginObject();
    for (const PlannedField& field : fields) {
      writer_.Key(field.response_name);
      if (field.field == nullptr) {
        writer_.Text(field.parent->name);
      } else {
        Field(field, object);
      }
    }
    writer_.EndObject();
  }

 private:
  void Field(const PlannedField& planned, const Json& object) {
    static const Json kEmpty = Json::object();
    switch (planned.field->kind) {
      case Kind::kRunExperiment: {
        const Json* const experiment =
            surroundings_.Experiment(TextMember(InfoOf(object), "experiment_id"));
        return experiment == nullptr ? writer_.Null() : Object(planned.children, *experiment);
      }
      case Kind::kRunVersions:
        return List(planned, surroundings_.Versions(TextMember(InfoOf(object), "run_id")));
      case Kind::kObjects:
        return List(planned, Member(object, planned.member));
      case Kind::kObject: {
        const Json* const member = Member(object, planned.member);
        return Object(planned.children, member == nullptr ? kEmpty : *member);
      }
      case Kind::kNullable: {
        const Json* const member = Member(object, planned.member);
        return member == nullptr ? writer_.Null() : Object(planned.children, *member);
      }
      default:
        Leaf(*planned.field, Member(object, planned.member));
    }
  }

  void List(const PlannedField& planned, const Json* list) {
    writer_.BeginArray();
    if (list != nullptr && list->is_array()) {
      for (const Json& element : *list) Object(planned.children, element);
    }
    writer_.EndArray();
  }

  void Leaf(const OutputField& field, const Json* value) {
    switch (field.kind) {
      case Kind::kBool:
        return writer_.Bool(value != nullptr && value->is_boolean() && value->get<bool>());
      case Kind::kReal:
        return Real(value);
      case Kind::kTexts:
        writer_.BeginArray();
        if (value != nullptr && value->is_array()) {
          for (const Json& text : *value) {
            if (text.is_string()) writer_.Text(text.get_ref<const std::string&>());
          }
        }
        return writer_.EndArray();
      default:
        break;
    }
    if (value != nullptr && value->is_string()) {
      writer_.Text(value->get_ref<const std::string&>());
    } else if (value != nullptr && value->is_number_integer()) {
      writer_.Text(DumpJson(*value));
    } else if (field.otherwise != nullptr) {
      writer_.Text(field.otherwise);
    } else {
      writer_.Null();
    }
  }

  // What is no number is a text in the REST API's answers: "NaN".
  void Real(const Json* value) {
    if (value == nullptr) return writer_.Real(0);
    return value->is_number() ? writer_.Real(value->get<double>()) : writer_.Null();
  }

  const RunSurroundings& surroundings_;
  JsonWriter& writer_;
};

// The field that asks for runs, and its runs in the answer.
struct RunsAsked {
  const PlannedField* field = nullptr;
  std::vector<const Json*> runs;
};

RunsAsked FindRuns(const PlannedField& planned, const Json& answer) {
  RunsAsked asked;
  for (const PlannedField& child : planned.children) {
    if (child.field == nullptr || (child.member != "run" && child.member != "runs")) continue;
    asked.field = &child;
    const Json* const member = Member(answer, child.member);
    if (member != nullptr && member->is_object()) asked.runs.push_back(member);
    if (member != nullptr && member->is_array()) {
      for (const Json& run : *member) asked.runs.push_back(&run);
    }
    break;
  }
  return asked;
}

// Under two names a run may be asked for with different fields.
bool Asks(const PlannedField& planned, Kind kind) {
  return std::any_of(
      planned.children.begin(), planned.children.end(), [&](const PlannedField& child) {
        return (child.field != nullptr && child.field->kind == kind) || Asks(child, kind);
      });
}

Status ReadSurroundings(const PlannedField& planned, const Json& answer, const CallEndpoint& call,
                        RunSurroundings& surroundings) {
  const RunsAsked asked = FindRuns(planned, answer);
  if (asked.field == nullptr) return Status::Ok();
  if (Asks(planned, Kind::kRunExperiment)) {
    REEVE_RETURN_IF_ERROR(
        surroundings.ReadExperiments(call, InfoTexts(asked.runs, "experiment_id")));
  }
  if (!Asks(planned, Kind::kRunVersions)) return Status::Ok();
  return surroundings.ReadVersions(call, InfoTexts(asked.runs, "run_id"));
}

// The answer of a field at the root.
Result<Json> Ask(const PlannedField& planned, const CallEndpoint& call) {
  if (!planned.argument || *planned.argument == "null")
    return Status::InvalidArgument(std::string(planned.parent->name) + "." + planned.field->name +
                                   " is missing its argument '" + planned.root->argument + "'");
  if (planned.root->path != nullptr)
    return call(planned.root->method, planned.root->path, *planned.argument);
  REEVE_ASSIGN_OR_RETURN(const Json text, ParseJson(*planned.argument));
  return Json{{"output", text}};
}

}  // namespace

void Execute(const Plan& plan, const CallEndpoint& call, std::string& answer,
             std::vector<std::string>& errors) {
  JsonWriter writer(answer);
  writer.BeginObject();
  for (const PlannedField& planned : plan.fields) {
    writer.Key(planned.response_name);
    if (planned.field == nullptr) {
      writer.Text(plan.root->type.name);
      continue;
    }
    RunSurroundings surroundings;
    const Result<Json> found = Ask(planned, call);
    Status status = found.status();
    if (status.ok()) status = ReadSurroundings(planned, *found, call, surroundings);
    if (status.ok()) {
      Projection(surroundings, writer).Object(planned.children, *found);
    } else {
      errors.push_back(status.message());
      writer.Null();
    }
  }
  writer.EndObject();
}

}  // namespace reeve::mlflow::graphql
