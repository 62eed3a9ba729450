#include "reeve/server/scoring/invocations.h"

#include <array>

#include <simdjson.h>

#include "reeve/base/text.h"
#include "reeve/server/scoring/csv_rows.h"
#include "reeve/server/scoring/header_value.h"
#include "reeve/server/scoring/json_document.h"
#include "reeve/server/scoring/predict.h"
#include "reeve/server/scoring/refusal.h"

namespace reeve::server {
namespace {

namespace dom = simdjson::dom;

// Reads one body into rows.
class InvocationReader {
 public:
  // `rows` has begun for `model`.
  InvocationReader(const ScoringContext& context, const ServedModel& model, RequestRows& rows)
      : context_(context),
        model_(model),
        rows_(rows),
        records_(rows, *model.fields, context.key_field) {}

  Refusal ReadJson(std::string_view body, bool only_instances) {
    dom::element root;
    REEVE_RETURN_IF_REFUSED(ParseJson(body, context_.max_depth, root));
    if (!root.is_object()) {
      return Refusal::BadRequest("the body is " + std::string(JsonKind(root)) +
                                 ", expected an object with one of " + Forms(only_instances));
    }
    REEVE_RETURN_IF_REFUSED(CheckDistinct(root, "the body"));
    const Form* form = nullptr;
    dom::element value;
    for (const auto [name, member] : dom::object(root)) {
      for (const Form& known : kForms) {
        if (known.name != name || (only_instances && name != "instances")) continue;
        if (form != nullptr) {
          return Refusal::BadRequest("the body has both " + std::string(form->name) + " and " +
                                     std::string(name) + ", expected exactly one of " +
                                     Forms(only_instances));
        }
        form = &known;
        value = member;
      }
    }
    if (form == nullptr) {
      return Refusal::BadRequest("the body has no rows, expected exactly one of " +
                                 Forms(only_instances));
    }
    return (this->*form->read)(value);
  }

  Refusal ReadCsv(std::string_view body) {
    csv_.Append(body);
    csv_.End();
    Refusal refusal;
    if (!csv_.ReadHeader(refusal)) return refusal;
    CsvColumns columns;
    REEVE_RETURN_IF_REFUSED(CsvColumns::Match(csv_.names(), model_, context_.key_field, columns));
    CsvCutter::Row row;
    while (csv_.Next(row)) {
      REEVE_RETURN_IF_REFUSED(CheckRows(static_cast<std::size_t>(rows_.rows()) + 1));
      if (row.fields == nullptr)
        return Refusal::BadRequest("row " + std::to_string(rows_.rows()) + ": " + row.error);
      columns.Fill(*row.fields, rows_);
      if (rows_.rows() > 1) continue;
      for (const std::string& name : columns.unknown()) rows_.AddUnknown(name);
    }
    return {};
  }

 private:
  struct Form {
    std::string_view name;
    Refusal (InvocationReader::*read)(const dom::element& value);
  };
  static const std::array<Form, 4> kForms;

  static std::string Forms(bool only_instances) {
    return only_instances ? "\"instances\""
                          : "dataframe_split, dataframe_records, instances, inputs";
  }

  Refusal CheckRows(std::size_t rows) const {
    if (rows <= static_cast<std::size_t>(context_.max_rows)) return {};
    return Refusal::TooLarge("the request has more than " + GroupDigits(context_.max_rows) +
                             " rows");
  }

  // {"columns":[…],"data":[[…],…]}
  Refusal ReadSplit(const dom::element& value) {
    dom::array columns, data;
    if (!value.is_object() || value["columns"].get(columns) != simdjson::SUCCESS ||
        value["data"].get(data) != simdjson::SUCCESS) {
      return Refusal::BadRequest(
          "dataframe_split is not {\"columns\":[…],\"data\":[[…],…]}, as of "
          "DataFrame.to_dict(orient=\"split\")");
    }
    REEVE_RETURN_IF_REFUSED(CheckDistinct(value, "dataframe_split"));
    REEVE_RETURN_IF_REFUSED(ReadColumnNames(columns));
    return ReadLists(data, "as in dataframe_split's columns");
  }

  Refusal ReadColumnNames(const dom::array& columns) {
    std::vector<bool> seen(rows_.contract().columns.size());
    for (const dom::element column : columns) {
      std::string_view name;
      if (column.get(name) != simdjson::SUCCESS) {
        return Refusal::BadRequest("dataframe_split's columns hold " +
                                   std::string(JsonKind(column)) + ", expected names");
      }
      REEVE_RETURN_IF_REFUSED(AddColumn(name, seen));
    }
    return {};
  }

  Refusal AddColumn(std::string_view name, std::vector<bool>& seen) {
    columns_.push_back({name, FindField(*model_.fields, context_.key_field, name)});
    const FieldName& found = columns_.back().second;
    if (found.kind != FieldName::Kind::kField) return {};
    if (seen[found.field]) return Refusal::BadRequest("column " + Quote(name) + " is there twice");
    seen[found.field] = true;
    return {};
  }

  void AddUnknownColumns() {
    for (const auto& [name, found] : columns_) {
      if (found.kind == FieldName::Kind::kUnknown) rows_.AddUnknown(name);
    }
  }

  void SetColumn(const dom::element& value, const FieldName& found) {
    if (found.is_key) rows_.SetKey(KeyOf(value, rows_));
    if (found.kind == FieldName::Kind::kField) SetField(value, found.field, rows_);
  }

  // [[…],…] of the columns in columns_.
  Refusal ReadLists(const dom::array& data, std::string_view as_where) {
    REEVE_RETURN_IF_REFUSED(CheckRows(data.size()));
    for (const dom::element row : data) {
      const std::string where = "row " + std::to_string(rows_.rows());
      dom::array values;
      if (row.get(values) != simdjson::SUCCESS) {
        return Refusal::BadRequest(where + " is " + std::string(JsonKind(row)) +
                                   ", expected a list of values");
      }
      if (values.size() != columns_.size()) {
        return Refusal::BadRequest(where + " has " + std::to_string(values.size()) +
                                   " values, expected " + std::to_string(columns_.size()) + ", " +
                                   std::string(as_where));
      }
      rows_.AddRow();
      if (rows_.rows() == 1) AddUnknownColumns();
      std::size_t i = 0;
      for (const dom::element value : values) SetColumn(value, columns_[i++].second);
    }
    return {};
  }

  Refusal ReadRecords(const dom::element& value) {
    dom::array records;
    if (value.get(records) != simdjson::SUCCESS)
      return Refusal::BadRequest("the rows are " + std::string(JsonKind(value)) +
                                 ", expected a list of objects");
    REEVE_RETURN_IF_REFUSED(CheckRows(records.size()));
    for (const dom::element record : records) REEVE_RETURN_IF_REFUSED(records_.Read(record));
    return {};
  }

  // Records, or lists of the contract's columns.
  Refusal ReadInstances(const dom::element& value) {
    dom::array instances;
    if (value.get(instances) != simdjson::SUCCESS) {
      return Refusal::BadRequest("instances is " + std::string(JsonKind(value)) +
                                 ", expected a list of objects");
    }
    if (instances.size() == 0 || !(*instances.begin()).is_array()) return ReadRecords(value);
    const auto& columns = rows_.contract().columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
      columns_.push_back({columns[i].name, {FieldName::Kind::kField, i}});
    return ReadLists(instances, "the model's columns in its order (GET /model/contract)");
  }

  // {"column":[…],…}, one record of values, or records.
  Refusal ReadInputs(const dom::element& value) {
    if (!value.is_object()) return ReadRecords(value);
    REEVE_RETURN_IF_REFUSED(CheckDistinct(value, "inputs"));
    std::vector<dom::array> lists;
    std::vector<bool> seen(rows_.contract().columns.size());
    std::size_t members = 0;
    for (const auto [name, member] : dom::object(value)) {
      ++members;
      dom::array list;
      if (member.get(list) != simdjson::SUCCESS) continue;
      lists.push_back(list);
      REEVE_RETURN_IF_REFUSED(AddColumn(name, seen));
    }
    if (lists.empty()) return records_.Read(value);
    if (lists.size() != members) {
      return Refusal::BadRequest(
          "inputs holds lists and single values, expected a list of the same length for each "
          "column");
    }
    return ReadColumns(lists);
  }

  Refusal ReadColumns(const std::vector<dom::array>& lists) {
    const std::size_t rows = lists[0].size();
    REEVE_RETURN_IF_REFUSED(CheckRows(rows));
    std::vector<dom::array::iterator> at;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      at.push_back(lists[i].begin());
      if (lists[i].size() == rows) continue;
      return Refusal::BadRequest("inputs' column " + Quote(columns_[i].first) + " has " +
                                 std::to_string(lists[i].size()) + " values, expected " +
                                 std::to_string(rows) + ", as many as " + Quote(columns_[0].first));
    }
    for (std::size_t row = 0; row < rows; ++row) {
      rows_.AddRow();
      if (row == 0) AddUnknownColumns();
      for (std::size_t i = 0; i < lists.size(); ++i, ++at[i - 1])
        SetColumn(*at[i], columns_[i].second);
    }
    return {};
  }

  const ScoringContext& context_;
  const ServedModel& model_;
  RequestRows& rows_;
  RecordReader records_;
  /// Names and fields of lists' positions.
  std::vector<std::pair<std::string_view, FieldName>> columns_;
  /// Holds the texts that cells of a CSV body point to.
  CsvCutter csv_;
};

constexpr std::array<InvocationReader::Form, 4> InvocationReader::kForms = {{
    {"dataframe_split", &InvocationReader::ReadSplit},
    {"dataframe_records", &InvocationReader::ReadRecords},
    {"instances", &InvocationReader::ReadInstances},
    {"inputs", &InvocationReader::ReadInputs},
}};

void AnswerPredictions(const ServedModel& model, const ScoringDesk& desk, Response& response) {
  response.headers.emplace_back("X-Model-Version", model.version);
  std::string& out = response.body;
  out += "{\"predictions\":[";
  for (std::int64_t row = 0; row < desk.rows.rows(); ++row) {
    if (row > 0) out += ',';
    AppendPrediction(model, desk.scores, row, out);
    out += ",\"row_id\":" + std::to_string(row) + '}';
  }
  out += ']';
  if (desk.rows.rows() > 0) AppendWarnings(Warnings(model, desk), out);
  out += '}';
}

// Reads, scores, answers; `only_instances` is what Vertex AI sends.
Refusal Invoke(const ScoringContext& context, const Request& request, bool only_instances,
               Response& response) {
  const HeaderValue media = ReadHeaderValue(request.Header("Content-Type"));
  const bool is_csv = media.first == "text/csv" && !only_instances;
  const bool is_json = request.Header("Content-Type").empty() || media.first == "application/json";
  if ((!is_json && !is_csv) || !media.IsUtf8()) {
    return {415, "the Content-Type is " + Quote(request.Header("Content-Type")) + ", expected " +
                     (only_instances ? "application/json in UTF-8"
                                     : "application/json or text/csv in UTF-8")};
  }
  const std::string name = QueryValue(request.query, "model");
  const std::string version = QueryValue(request.query, "version");
  const auto model = context.models->Find(name, version);
  if (model == nullptr) return WithoutModel(context, name, version);
  ScoringDesk& desk = ScoringDesk::OfThread();
  desk.rows.Begin(model->contract());
  InvocationReader reader(context, *model, desk.rows);
  REEVE_RETURN_IF_REFUSED(is_csv ? reader.ReadCsv(request.body)
                                 : reader.ReadJson(request.body, only_instances));
  if (desk.rows.rows() > 0 && !ScoreRows(context, *model, request, desk))
    return Refusal::BadRequest(ProblemsText(desk.rows.problems()));
  AnswerPredictions(*model, desk, response);
  return {};
}

// MLflow's form.
void AnswerMlflowError(const Refusal& refusal, Response& response) {
  response.status = refusal.status;
  response.body = "{\"error_code\":";
  AppendJsonText(refusal.status == 503 ? "TEMPORARILY_UNAVAILABLE" : "BAD_REQUEST", response.body);
  response.body += ",\"message\":";
  AppendJsonText(refusal.message, response.body);
  response.body += '}';
}

std::string_view CodeOf(int status) {
  switch (status) {
    case 404:
      return "no_such_model";
    case 413:
      return "too_many_rows";
    case 415:
      return "unsupported_media_type";
    case 503:
      return "not_ready";
    default:
      return "invalid_request";
  }
}

Route TextRoute(std::string path, std::string text) {
  return {.method = "GET",
          .pattern = std::move(path),
          .handle =
              [text = std::move(text)](const Request&, Response& response) {
                response.content_type = "text/plain; charset=utf-8";
                response.body = text;
              },
          .open = nullptr,
          .role = Role::kPublic};
}

}  // namespace

std::vector<Route> InvocationsRoutes(const ScoringContext& context) {
  Route invocations{.method = "POST",
                    .pattern = "/invocations",
                    .handle =
                        [&context](const Request& request, Response& response) {
                          const Refusal refusal = Invoke(context, request, false, response);
                          if (!refusal.ok()) AnswerMlflowError(refusal, response);
                        },
                    .open = nullptr,
                    .role = Role::kScore};
  // SageMaker and MLflow ask whether there is a model at all.
  Route ping{.method = "GET",
             .pattern = "/ping",
             .handle =
                 [&context](const Request&, Response& response) {
                   if (context.models->List().empty()) response.status = 404;
                   response.content_type = "text/plain; charset=utf-8";
                   response.body = "\n";
                 },
             .open = nullptr,
             .role = Role::kPublic};
  return {std::move(invocations), std::move(ping),
          TextRoute("/version", "reeve " REEVE_VERSION "\n")};
}

Route VertexRoute(const ScoringContext& context, std::string path) {
  return {.method = "POST",
          .pattern = std::move(path),
          .handle =
              [&context](const Request& request, Response& response) {
                const Refusal refusal = Invoke(context, request, true, response);
                if (!refusal.ok())
                  AnswerError(refusal.status, CodeOf(refusal.status), refusal.message, response);
              },
          .open = nullptr,
          .role = Role::kScore,
          .label = "vertex"};
}

}  // namespace reeve::server
