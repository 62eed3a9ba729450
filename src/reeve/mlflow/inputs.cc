#include "reeve/mlflow/inputs.h"

#include <set>
#include <unordered_map>

#include "reeve/base/id.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/each_row.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostName = 500;
constexpr std::size_t kMostDigest = 36;
constexpr std::size_t kMostSourceType = 36;
constexpr std::size_t kMostSource = 65'535;
constexpr std::size_t kMostSchema = 1'048'575;
constexpr std::size_t kMostProfile = 16'777'215;
constexpr std::size_t kMostTagKey = 255;
constexpr std::size_t kMostTagValue = 500;

using RunsById = std::unordered_map<std::string_view, Run*>;

Status ReadDatasets(sql::Database& database, std::span<const sql::Parameter> keys,
                    const RunsById& runs) {
  // A row for each tag; where the input of a tag is among those of its run.
  std::unordered_map<std::string, std::size_t> places;
  const std::string behind =
      "ORDER BY i." + std::string(WriteOrderColumn(database.dialect())) + ", t.name";
  return SelectForKeys(
      database,
      {.select = "SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, "
                 "d.dataset_source, d.dataset_schema, d.dataset_profile, t.name, t.value "
                 "FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
                 "LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid "
                 "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' "
                 "AND i.destination_id IN",
       .behind = behind},
      keys, [&](const sql::Statement& row) {
        const auto run = runs.find(row.View(0));
        if (run == runs.end()) return Status::Ok();
        std::vector<DatasetInput>& inputs = run->second->inputs.datasets;
        const auto [place, is_new] = places.try_emplace(row.Text(1), inputs.size());
        if (is_new) {
          inputs.push_back({.dataset = {.name = row.Text(2),
                                        .digest = row.Text(3),
                                        .source_type = row.Text(4),
                                        .source = row.Text(5),
                                        .schema = row.Text(6),
                                        .profile = row.Text(7)}});
        }
        if (!row.IsNull(8)) inputs[place->second].tags.emplace_back(row.View(8), row.View(9));
        return Status::Ok();
      });
}

Status ReadModels(sql::Database& database, std::span<const sql::Parameter> keys,
                  const RunsById& runs) {
  const std::string behind = "AND destination_type IN ('MODEL_INPUT', 'MODEL_OUTPUT') ORDER BY " +
                             std::string(WriteOrderColumn(database.dialect()));
  return SelectForKeys(
      database,
      {.select = "SELECT source_id, destination_type, destination_id, step FROM inputs "
                 "WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id IN",
       .behind = behind},
      keys, [&](const sql::Statement& row) {
        const auto run = runs.find(row.View(0));
        if (run == runs.end()) return Status::Ok();
        RunInputs& inputs = run->second->inputs;
        if (row.View(1) == "MODEL_INPUT") {
          inputs.models.push_back(row.Text(2));
        } else {
          inputs.outputs.push_back({.model_id = row.Text(2), .step = row.Integer(3)});
        }
        return Status::Ok();
      });
}

void WriteDatasetInput(const DatasetInput& input, JsonWriter& writer) {
  writer.BeginObject();
  writer.PairsUnlessEmpty("tags", input.tags);
  writer.Key("dataset");
  writer.BeginObject();
  writer.Member("name", input.dataset.name);
  writer.Member("digest", input.dataset.digest);
  writer.Member("source_type", input.dataset.source_type);
  writer.Member("source", input.dataset.source);
  writer.MemberUnlessEmpty("schema", input.dataset.schema);
  writer.MemberUnlessEmpty("profile", input.dataset.profile);
  writer.EndObject();
  writer.EndObject();
}

Status CheckDatasetInput(const DatasetInput& input) {
  REEVE_RETURN_IF_ERROR(CheckLength("name", input.dataset.name, kMostName));
  REEVE_RETURN_IF_ERROR(CheckLength("digest", input.dataset.digest, kMostDigest));
  REEVE_RETURN_IF_ERROR(CheckLength("source_type", input.dataset.source_type, kMostSourceType));
  REEVE_RETURN_IF_ERROR(CheckLength("source", input.dataset.source, kMostSource));
  REEVE_RETURN_IF_ERROR(CheckLength("schema", input.dataset.schema, kMostSchema));
  REEVE_RETURN_IF_ERROR(CheckLength("profile", input.dataset.profile, kMostProfile));
  for (const auto& [key, value] : input.tags) {
    REEVE_RETURN_IF_ERROR(CheckLength("key", key, kMostTagKey));
    REEVE_RETURN_IF_ERROR(CheckLength("value", value, kMostTagValue));
  }
  return Status::Ok();
}

std::string At(const char* list, std::size_t i, const char* member = "") {
  return std::string(list) + "[" + std::to_string(i) + "]" + member;
}

// Of a table that is named twice the first holds.
Result<std::vector<DatasetInput>> DatasetsOf(const Request& request) {
  using enum FieldType;
  std::vector<DatasetInput> inputs;
  std::set<std::pair<std::string, std::string>> seen;
  std::size_t i = 0;
  for (const Request& item : request.Objects("datasets")) {
    REEVE_RETURN_IF_ERROR(
        item.Check({{"dataset", kObject}, {"tags", kObjects}}, At("datasets", i)));
    DatasetInput input = {.dataset = {}, .tags = item.Pairs("tags")};
    if (const std::optional<Request> dataset = item.Object("dataset")) {
      REEVE_RETURN_IF_ERROR(dataset->Check(
          {{"name"}, {"digest"}, {"source_type"}, {"source"}, {"schema"}, {"profile"}},
          At("datasets", i, ".dataset")));
      input.dataset = {.name = dataset->Text("name"),
                       .digest = dataset->Text("digest"),
                       .source_type = dataset->Text("source_type"),
                       .source = dataset->Text("source"),
                       .schema = dataset->Text("schema"),
                       .profile = dataset->Text("profile")};
    }
    REEVE_RETURN_IF_ERROR(CheckDatasetInput(input));
    if (seen.emplace(input.dataset.name, input.dataset.digest).second)
      inputs.push_back(std::move(input));
    ++i;
  }
  return inputs;
}

using DatasetIds = std::map<std::pair<std::string, std::string>, std::string>;

// Adds the tables that the experiment does not know; the ids of all.
Result<DatasetIds> WriteDatasets(sql::Database& database, std::int64_t experiment_id,
                                 const std::vector<DatasetInput>& inputs) {
  std::vector<std::string> new_ids;
  for (std::size_t i = 0; i < inputs.size(); ++i) new_ids.push_back(NewId());
  std::vector<sql::Parameter> values;
  std::vector<sql::Parameter> names;
  const auto optional = [](const std::string& text) {
    return text.empty() ? sql::Parameter(nullptr) : sql::Parameter(text);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Dataset& dataset = inputs[i].dataset;
    values.insert(values.end(),
                  {new_ids[i], experiment_id, dataset.name, dataset.digest, dataset.source_type,
                   dataset.source, optional(dataset.schema), optional(dataset.profile)});
    names.emplace_back(std::string_view(dataset.name));
  }
  REEVE_RETURN_IF_ERROR(
      InsertRows(database,
                 {.into = "INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, "
                          "dataset_source_type, dataset_source, dataset_schema, dataset_profile)",
                  .columns = 8,
                  .behind = "ON CONFLICT DO NOTHING"},
                 values)
          .status());
  DatasetIds ids;
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = "SELECT name, digest, dataset_uuid FROM datasets WHERE experiment_id = ? "
                 "AND name IN",
       .first = {experiment_id}},
      names, [&](const sql::Statement& row) {
        ids[{row.Text(0), row.Text(1)}] = row.Text(2);
        return Status::Ok();
      }));
  return ids;
}

Result<std::set<std::string>> ReadEdges(sql::Database& database, const std::string& run_id) {
  std::set<std::string> sources;
  REEVE_RETURN_IF_ERROR(
      sql::ForEachRow(database.Prepare("SELECT source_id FROM inputs WHERE source_type = 'DATASET' "
                                       "AND destination_type = 'RUN' AND destination_id = ?",
                                       run_id),
                      [&](const sql::Statement& row) { sources.insert(row.Text(0)); }));
  return sources;
}

// What a run reads already keeps its tags.
Status WriteDatasetInputs(sql::Database& database, const Run& run,
                          const std::vector<DatasetInput>& inputs) {
  if (inputs.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const DatasetIds ids, WriteDatasets(database, run.experiment_id, inputs));
  REEVE_ASSIGN_OR_RETURN(const std::set<std::string> known, ReadEdges(database, run.id));
  std::vector<std::string> edge_ids;
  edge_ids.reserve(inputs.size());
  std::vector<sql::Parameter> edges;
  std::vector<sql::Parameter> tags;
  for (const DatasetInput& input : inputs) {
    const std::string& dataset_id = ids.at({input.dataset.name, input.dataset.digest});
    if (known.contains(dataset_id)) continue;
    const std::string& edge_id = edge_ids.emplace_back(NewId());
    edges.insert(edges.end(), {edge_id, "DATASET", dataset_id, "RUN", run.id});
    std::map<std::string_view, std::string_view> last;
    for (const auto& [key, value] : input.tags) last[key] = value;
    for (const auto& [key, value] : last) tags.insert(tags.end(), {edge_id, key, value});
  }
  REEVE_RETURN_IF_ERROR(InsertRows(database,
                                   {.into = "INSERT INTO inputs (input_uuid, source_type, "
                                            "source_id, destination_type, destination_id)",
                                    .columns = 5,
                                    .behind = "ON CONFLICT DO NOTHING"},
                                   edges)
                            .status());
  return InsertRows(database,
                    {.into = "INSERT INTO input_tags (input_uuid, name, value)",
                     .columns = 3,
                     .behind = "ON CONFLICT DO NOTHING"},
                    tags)
      .status();
}

Status WriteModelInputs(sql::Database& database, const Run& run,
                        const std::vector<std::string>& models) {
  std::vector<std::string> ids;
  ids.reserve(models.size());
  std::vector<sql::Parameter> edges;
  for (const std::string& model : models) {
    edges.insert(edges.end(),
                 {ids.emplace_back(NewId()), "RUN_INPUT", run.id, "MODEL_INPUT", model});
  }
  return InsertRows(database,
                    {.into = "INSERT INTO inputs (input_uuid, source_type, source_id, "
                             "destination_type, destination_id)",
                     .columns = 5,
                     .behind = "ON CONFLICT DO NOTHING"},
                    edges)
      .status();
}

Result<std::vector<std::string>> ModelsOf(const Request& request) {
  std::vector<std::string> models;
  std::size_t i = 0;
  for (const Request& item : request.Objects("models")) {
    REEVE_RETURN_IF_ERROR(item.Check({{"model_id"}}, At("models", i++)));
    models.push_back(item.Text("model_id"));
    REEVE_RETURN_IF_ERROR(CheckLength("model_id", models.back(), kMostDigest));
  }
  return models;
}

Status LogInputs(const Context& context, const Request& request, std::string& answer) {
  const std::string run_id = request.Text("run_id");
  REEVE_RETURN_IF_ERROR(CheckRunId(run_id));
  REEVE_ASSIGN_OR_RETURN(const std::vector<DatasetInput> datasets, DatasetsOf(request));
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> models, ModelsOf(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Run run, ReadActiveRun(*database, run_id));
  REEVE_RETURN_IF_ERROR(WriteDatasetInputs(*database, run, datasets));
  REEVE_RETURN_IF_ERROR(WriteModelInputs(*database, run, models));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

Status ReadRunInputs(sql::Database& database, std::span<Run> runs) {
  RunsById by_id;
  std::vector<sql::Parameter> keys;
  for (Run& run : runs) {
    by_id.emplace(run.id, &run);
    keys.emplace_back(std::string_view(run.id));
  }
  REEVE_RETURN_IF_ERROR(ReadDatasets(database, keys, by_id));
  return ReadModels(database, keys, by_id);
}

void WriteInputs(const RunInputs& inputs, JsonWriter& writer) {
  writer.BeginObject();
  if (!inputs.datasets.empty()) {
    writer.Key("dataset_inputs");
    writer.BeginArray();
    for (const DatasetInput& input : inputs.datasets) WriteDatasetInput(input, writer);
    writer.EndArray();
  }
  if (!inputs.models.empty()) {
    writer.Key("model_inputs");
    writer.BeginArray();
    for (const std::string& model : inputs.models) {
      writer.BeginObject();
      writer.Member("model_id", model);
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
}

void WriteOutputs(const RunInputs& inputs, JsonWriter& writer) {
  writer.BeginObject();
  if (!inputs.outputs.empty()) {
    writer.Key("model_outputs");
    writer.BeginArray();
    for (const ModelOutput& output : inputs.outputs) {
      writer.BeginObject();
      writer.Member("model_id", output.model_id);
      writer.IntegerMember("step", output.step);
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
}

std::vector<Endpoint> InputEndpoints() {
  using enum FieldType;
  return {{"POST",
           "/runs/log-inputs",
           {{"run_id", kText, true}, {"datasets", kObjects}, {"models", kObjects}},
           LogInputs}};
}

}  // namespace reeve::mlflow
