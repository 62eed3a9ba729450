#include "reeve/server/description/openapi_schemas.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/server/description/form_field.h"
#include "reeve/server/description/shell_command.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

using contract::ContractColumn;

// Known categories that the description names of each field.
constexpr std::size_t kNamedCategories = 20;

Json Ref(const std::string& schema) { return Json{{"$ref", "#/components/schemas/" + schema}}; }
Json Type(const char* type) { return Json{{"type", type}}; }
Json Described(const char* type, const std::string& description) {
  return Json{{"type", type}, {"description", description}};
}
Json ArrayOf(Json items) { return Json{{"type", "array"}, {"items", std::move(items)}}; }

Json ObjectOf(Json properties, const std::vector<std::string>& required = {}) {
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json JsonTypes(const ContractColumn& column) {
  Json types = Json::array();
  switch (column.type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
      types = {"number", "string"};
      break;
    case ColumnType::kBoolean:
      types = {"boolean", "string"};
      break;
    case ColumnType::kCategory:
      types = {"string", "number", "boolean"};
      break;
    case ColumnType::kList:
      types = {"string", "array"};
      break;
    case ColumnType::kDatetime:
    case ColumnType::kText:
    case ColumnType::kId:
      types = {"string"};
  }
  if (!column.required) types.push_back("null");
  return types;
}

std::string FieldText(const ContractColumn& column) {
  std::string text = std::string(ColumnTypeName(column.type));
  text += column.required ? ", required" : ", optional";
  const std::string range = RangeOf(column);
  if (!range.empty()) text += ". Training saw " + range + "; other values are scored too";
  if (column.type == ColumnType::kDatetime) text += ". ISO 8601";
  if (column.type == ColumnType::kCategory) {
    text += ". Training saw " + GroupDigits(static_cast<long long>(column.categories.size())) +
            " values; others are scored as unknown and named in `warnings`";
  }
  return text + ".";
}

Json FieldSchema(const ContractColumn& column, const Json* example) {
  Json schema{{"type", JsonTypes(column)}, {"description", FieldText(column)}};
  Json examples = Json::array();
  if (example != nullptr) examples.push_back(*example);
  for (const auto& [category, rows] : column.categories) {
    if (examples.size() >= kNamedCategories) break;
    if (std::find(examples.begin(), examples.end(), Json(category)) == examples.end())
      examples.push_back(category);
  }
  if (!examples.empty()) schema["examples"] = std::move(examples);
  return schema;
}

Json ExampleRow(const ServedModel& model) { return RowBody(model, TypicalRow(model)); }

Json RowSchema(const ServedModel& model) {
  const Json example = ExampleRow(model);
  Json properties = Json::object();
  std::vector<std::string> required;
  for (const ContractColumn& column : model.contract().columns) {
    const auto it = example.find(column.name);
    properties[column.name] = FieldSchema(column, it == example.end() ? nullptr : &*it);
    if (column.required) required.push_back(column.name);
  }
  Json schema = ObjectOf(std::move(properties), required);
  schema["additionalProperties"] = true;
  schema["description"] = "One row of " + model.name +
                          ". Fields that the model does not know are "
                          "named in `warnings`.";
  return schema;
}

Json PredictionMembers(const ServedModel& model) {
  Json members;
  if (model.is_binary()) {
    members["prediction"] = Json{
        {"type", "integer"}, {"enum", {0, 1}}, {"description", "1: " + model.contract().positive}};
    members["probability"] = Described("number", "probability of " + model.contract().classes[1]);
  } else {
    members["prediction"] = Json{{"type", "string"}, {"enum", model.contract().classes}};
    members["probability"] = Described("number", "probability of the predicted class");
  }
  members["probability"]["minimum"] = 0;
  members["probability"]["maximum"] = 1;
  members["label"] = Json{{"type", "string"}, {"enum", model.contract().classes}};
  if (!model.is_binary()) {
    members["probabilities"] = Json{{"type", "object"}, {"additionalProperties", Type("number")}};
  }
  members["reasons"] = ArrayOf(Ref("Reason"));
  return members;
}

void AddReasonUnit(Json& answer) {
  answer["unit"] = Json{{"type", "string"},
                        {"enum", {"log_odds", "probability"}},
                        {"description", "of the reasons' contributions"}};
  answer["expected"] = Json{{"type", "object"},
                            {"additionalProperties", Type("number")},
                            {"description",
                             "where contributions begin, by class: what the model "
                             "says of a row of which it knows nothing"}};
}

void AddPredictions(const ServedModel& model, Json& schemas) {
  Json one = PredictionMembers(model);
  one["model_version"] = Type("string");
  one["timestamp"] = Json{{"type", "string"}, {"format", "date-time"}};
  one["warnings"] = ArrayOf(Ref("Warning"));
  AddReasonUnit(one);
  schemas["Prediction"] =
      ObjectOf(one, {"prediction", "probability", "label", "model_version", "timestamp"});
  Json row = PredictionMembers(model);
  row["row_id"] = Type("integer");
  schemas["RowPrediction"] = ObjectOf(row, {"prediction", "probability", "label", "row_id"});
  Json batch{{"predictions", ArrayOf(Ref("RowPrediction"))},
             {"model_version", Type("string")},
             {"timestamp", Json{{"type", "string"}, {"format", "date-time"}}},
             {"batch_size", Type("integer")},
             {"processing_time", Described("string", "\"0.15s\"")},
             {"warnings", ArrayOf(Ref("Warning"))}};
  AddReasonUnit(batch);
  schemas["BatchPrediction"] = ObjectOf(
      batch, {"predictions", "model_version", "timestamp", "batch_size", "processing_time"});
  schemas["Warning"] =
      ObjectOf(Json{{"code", Json{{"type", "string"}, {"examples", {"unseen_category"}}}},
                    {"field", Type("string")},
                    {"value", Json::object()},
                    {"row", Type("integer")}},
               {"code", "field", "row"});
  schemas["Reason"] = ObjectOf(
      Json{{"field", Type("string")},
           {"value", Json{{"type", {"string", "null"}},
                          {"description",
                           "as it would stand in a table; null when missing, absent "
                           "for a feature made of several columns"}}},
           {"contribution",
            Described("number",
                      "how far it moved the answer, in `unit`; those of all fields and `expected` "
                      "sum to what the model says")},
           {"direction", Json{{"type", "string"}, {"examples", {"for yes", "against yes"}}}}},
      {"field", "contribution", "direction"});
}

void AddRequests(const ServedModel& model, Json& schemas) {
  schemas["Row"] = RowSchema(model);
  schemas["Batch"] = ObjectOf(Json{{"instances", ArrayOf(Ref("Row"))}}, {"instances"});
  schemas["Invocation"] =
      Json{{"type", "object"},
           {"description", "Exactly one of the members."},
           {"properties",
            {{"dataframe_split", ObjectOf(Json{{"columns", ArrayOf(Type("string"))},
                                               {"data", ArrayOf(ArrayOf(Json::object()))}},
                                          {"columns", "data"})},
             {"dataframe_records", ArrayOf(Ref("Row"))},
             {"instances", ArrayOf(Ref("Row"))},
             {"inputs", Described("object", "a list of values for each field")}}}};
  schemas["Tensor"] = ObjectOf(
      Json{{"name", Type("string")},
           {"shape", ArrayOf(Type("integer"))},
           {"datatype", Json{{"type", "string"}, {"examples", {"FP64", "INT64", "BOOL", "BYTES"}}}},
           {"data", ArrayOf(Json::object())}},
      {"name", "shape", "datatype", "data"});
  schemas["InferRequest"] =
      ObjectOf(Json{{"id", Type("string")}, {"inputs", ArrayOf(Ref("Tensor"))}}, {"inputs"});
  schemas["InferResponse"] = ObjectOf(Json{{"model_name", Type("string")},
                                           {"model_version", Type("string")},
                                           {"id", Type("string")},
                                           {"outputs", ArrayOf(Ref("Tensor"))}},
                                      {"model_name", "outputs"});
  schemas["Label"] =
      ObjectOf(Json{{"request_id", Described("string", "X-Request-Id of the prediction")},
                    {"key", Described("string", "or the row's own key")},
                    {"row", Described("integer", "row of a batch, from 0 on")},
                    {"label", Json{{"type", "string"}, {"enum", model.contract().classes}}}},
               {"label"});
}

void AddModels(Json& schemas) {
  const Json text_or_null{{"type", {"string", "null"}}};
  schemas["Model"] = ObjectOf(Json{{"name", Type("string")},
                                   {"version", Type("string")},
                                   {"alias", text_or_null},
                                   {"run_id", text_or_null},
                                   {"digest", Type("string")},
                                   {"loaded_at", Type("string")},
                                   {"trained_at", text_or_null},
                                   {"target", Type("string")},
                                   {"classes", ArrayOf(Type("string"))},
                                   {"positive", text_or_null},
                                   {"threshold", Json{{"type", {"number", "null"}}}},
                                   {"costs", Json{{"type", {"array", "null"}}}},
                                   {"learner", text_or_null},
                                   {"params", Json{{"type", {"object", "null"}}}},
                                   {"features", ArrayOf(Type("object"))},
                                   {"test", Json{{"type", {"object", "null"}}}},
                                   {"lineage", Type("object")}},
                              {"name", "version", "classes", "features"});
  schemas["Versions"] = ArrayOf(Type("object"));
  schemas["Models"] = ObjectOf(Json{{"models", ArrayOf(Type("object"))}}, {"models"});
  schemas["Health"] = ObjectOf(
      Json{{"status", Json{{"type", "string"}, {"enum", {"healthy", "degraded", "unhealthy"}}}},
           {"checks", Type("object")}},
      {"status", "checks"});
  const Json field_error = ObjectOf(
      Json{{"row", Type("integer")},
           {"field", Type("string")},
           {"problem",
            Json{{"type", "string"},
                 {"examples", {"missing", "wrong_type", "unknown_field", "duplicate_field"}}}},
           {"expected", Type("string")},
           {"got", Json::object()}},
      {"row", "field", "problem", "expected"});
  schemas["Error"] = ObjectOf(Json{{"error", ObjectOf(Json{{"code", Type("string")},
                                                           {"message", Type("string")},
                                                           {"fields", ArrayOf(field_error)}},
                                                      {"code", "message"})}},
                              {"error"});
}

Json ErrorResponse(const std::string& description) {
  return Json{{"description", description},
              {"content", {{"application/json", {{"schema", Ref("Error")}}}}}};
}

Json ErrorResponses() {
  Json responses;
  responses["BadRequest"] = ErrorResponse(
      "The body is malformed, or fields are missing or wrong: `fields` names every one.");
  responses["NotFound"] = ErrorResponse("No such model or version is served here.");
  responses["TooLarge"] = ErrorResponse("The body or the number of rows is beyond the limit.");
  responses["UnsupportedMediaType"] = ErrorResponse("The Content-Type is another one.");
  responses["Overloaded"] =
      ErrorResponse("More requests than can be answered in time: try again later.");
  responses["Overloaded"]["headers"] =
      Json{{"Retry-After", {{"description", "seconds"}, {"schema", Type("integer")}}}};
  responses["NotReady"] = ErrorResponse("No model is loaded yet, or the service stops.");
  return responses;
}

Json Headers() {
  return Json{{"RequestId",
               {{"description", "The caller's X-Request-Id, else one made here."},
                {"schema", Type("string")}}},
              {"ModelVersion",
               {{"description", "The version that answered."}, {"schema", Type("string")}}}};
}

Json Content(const std::string& media_type, Json schema) {
  return Json{{media_type, {{"schema", std::move(schema)}}}};
}

// The same row in each of the forms that MLflow's clients send.
Json InvocationExamples(const Json& row) {
  Json split{{"columns", Json::array()}, {"data", Json::array({Json::array()})}};
  Json inputs = Json::object();
  for (const auto& [name, value] : row.items()) {
    split["columns"].push_back(name);
    split["data"][0].push_back(value);
    inputs[name] = Json::array({value});
  }
  return Json{{"dataframe_split", {{"value", Json{{"dataframe_split", split}}}}},
              {"dataframe_records", {{"value", Json{{"dataframe_records", Json::array({row})}}}}},
              {"instances", {{"value", Json{{"instances", Json::array({row})}}}}},
              {"inputs", {{"value", Json{{"inputs", inputs}}}}}};
}

const char* DatatypeOf(const ContractColumn& column) {
  switch (column.type) {
    case ColumnType::kInteger:
      return "INT64";
    case ColumnType::kReal:
      return "FP64";
    case ColumnType::kBoolean:
      return "BOOL";
    default:
      return "BYTES";
  }
}

Json InferExample(const ServedModel& model, const Json& row) {
  Json inputs = Json::array();
  for (const ContractColumn& column : model.contract().columns) {
    const auto it = row.find(column.name);
    if (it == row.end()) continue;
    inputs.push_back(Json{{"name", column.name},
                          {"shape", {1}},
                          {"datatype", DatatypeOf(column)},
                          {"data", Json::array({*it})}});
  }
  return Json{{"inputs", std::move(inputs)}};
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string CsvExample(const ServedModel& model) {
  std::string header, line;
  const auto row = TypicalRow(model);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const char* const comma = i == 0 ? "" : ",";
    const ContractColumn& column = model.contract().columns[i];
    header += comma + CsvField(column.name);
    line += comma + CsvField(CellText(row[i], column.number_format));
  }
  return header + "\n" + line + "\n";
}

}  // namespace

Json OpenApiComponents(const ServedModel& model) {
  Json schemas;
  AddRequests(model, schemas);
  AddPredictions(model, schemas);
  AddModels(schemas);
  return Json{{"schemas", std::move(schemas)},
              {"responses", ErrorResponses()},
              {"headers", Headers()},
              {"securitySchemes",
               {{"token",
                 {{"type", "http"},
                  {"scheme", "bearer"},
                  {"description", "Only where the service asks for tokens."}}}}}};
}

Json ExampleBody(const ServedModel& model, BodyKind kind) {
  const Json row = ExampleRow(model);
  switch (kind) {
    case BodyKind::kRow:
      return row;
    case BodyKind::kBatch:
      return Json{{"instances", Json::array({row, row})}};
    case BodyKind::kInvocations:
      return Json{{"dataframe_records", Json::array({row})}};
    case BodyKind::kInfer:
      return InferExample(model, row);
    case BodyKind::kFeedback:
      return Json{{"request_id", "the X-Request-Id of the prediction"},
                  {"label", model.contract().classes.back()}};
    case BodyKind::kNone:
    case BodyKind::kCsv:
    case BodyKind::kForm:
      return nullptr;
  }
  return nullptr;
}

Json OpenApiRequestBody(const ServedModel& model, BodyKind kind) {
  Json content;
  switch (kind) {
    case BodyKind::kNone:
      return nullptr;
    case BodyKind::kRow:
      content = Content("application/json", Ref("Row"));
      break;
    case BodyKind::kBatch:
      content = Content("application/json", Ref("Batch"));
      break;
    case BodyKind::kInvocations:
      content = Content("application/json", Ref("Invocation"));
      content["application/json"]["examples"] = InvocationExamples(ExampleRow(model));
      content["text/csv"] = {{"schema", Type("string")}, {"example", CsvExample(model)}};
      break;
    case BodyKind::kInfer:
      content = Content("application/json", Ref("InferRequest"));
      break;
    case BodyKind::kFeedback:
      content = Content(
          "application/json",
          Json{{"anyOf",
                {Ref("Label"), ObjectOf(Json{{"labels", ArrayOf(Ref("Label"))}}, {"labels"})}}});
      break;
    case BodyKind::kCsv:
      content = Content("text/csv", Type("string"));
      content["text/csv"]["example"] = CsvExample(model);
      content["multipart/form-data"] = {
          {"schema",
           ObjectOf(Json{{"file", {{"type", "string"}, {"contentMediaType", "text/csv"}}}})}};
      break;
    case BodyKind::kForm:
      content = Content("application/x-www-form-urlencoded", Type("object"));
      break;
  }
  const bool has_one_example =
      kind == BodyKind::kRow || kind == BodyKind::kBatch || kind == BodyKind::kFeedback;
  if (has_one_example) content["application/json"]["example"] = ExampleBody(model, kind);
  return Json{{"required", true}, {"content", std::move(content)}};
}

Json OpenApiResponse(AnswerKind kind) {
  struct Known {
    AnswerKind kind;
    const char* description;
    const char* media_type;
    const char* schema;  // null: text
  };
  static constexpr Known kKnown[] = {
      {AnswerKind::kPrediction, "The decision", "application/json", "Prediction"},
      {AnswerKind::kBatch, "The decisions, in the order of the rows", "application/json",
       "BatchPrediction"},
      {AnswerKind::kCsv, "One line for each row", "text/csv", nullptr},
      {AnswerKind::kInvocations, "The decisions, in the order of the rows", "application/json", ""},
      {AnswerKind::kInfer, "Tensors of the answers", "application/json", "InferResponse"},
      {AnswerKind::kFeedback, "How many labels were taken", "application/json", ""},
      {AnswerKind::kHealth, "It can", "application/json", "Health"},
      {AnswerKind::kText, "It is so", "text/plain", nullptr},
      {AnswerKind::kMetrics, "All metrics", "text/plain", nullptr},
      {AnswerKind::kModel, "The model", "application/json", "Model"},
      {AnswerKind::kModels, "The models", "application/json", "Models"},
      {AnswerKind::kContract, "The contract", "application/json", ""},
      {AnswerKind::kScores, "The scores", "application/json", ""},
      {AnswerKind::kOpenApi, "An OpenAPI document", "application/json", ""},
      {AnswerKind::kPage, "A page", "text/html", nullptr},
      {AnswerKind::kServerMetadata, "Name, version, extensions", "application/json", ""},
      {AnswerKind::kModelMetadata, "Names, types and shapes", "application/json", ""},
      {AnswerKind::kModelList, "One entry for each version", "application/json", "Versions"},
      {AnswerKind::kReady, "It is so", "application/json", ""},
  };
  const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                         [&](const Known& entry) { return entry.kind == kind; });
  Json schema = Type("object");
  if (known->schema == nullptr) {
    schema = Type("string");
  } else if (*known->schema != '\0') {
    schema = Ref(known->schema);
  }
  return Json{{"description", known->description},
              {"headers", {{"X-Request-Id", {{"$ref", "#/components/headers/RequestId"}}}}},
              {"content", Content(known->media_type, std::move(schema))}};
}

}  // namespace reeve::server
