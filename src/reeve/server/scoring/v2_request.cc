#include "reeve/server/scoring/v2_request.h"

#include <algorithm>
#include <optional>

#include <simdjson.h>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/server/scoring/json_document.h"

namespace reeve::server {
namespace {

namespace dom = simdjson::dom;

// More columns than any model has.
constexpr std::int64_t kMaxColumns = 1 << 20;

// A tensor with what it takes to fill a column of rows, or all of them.
struct Input {
  Tensor tensor;
  FieldName field;
  std::unique_ptr<TensorReader> reader;
};

class V2Reader {
 public:
  V2Reader(const ScoringContext& context, const ServedModel& model, RequestRows& rows)
      : context_(context), model_(model), rows_(rows) {}

  Refusal Read(const Request& request, V2Request& read) {
    std::string_view json;
    REEVE_RETURN_IF_REFUSED(SplitBody(request, json));
    dom::element root;
    REEVE_RETURN_IF_REFUSED(ParseJson(json, context_.max_depth, root));
    if (!root.is_object()) {
      return Refusal::BadRequest("the body is " + std::string(JsonKind(root)) +
                                 ", expected an object with inputs");
    }
    REEVE_RETURN_IF_REFUSED(CheckDistinct(root, "the body"));
    REEVE_RETURN_IF_REFUSED(ReadId(root, read));
    dom::array inputs;
    if (root["inputs"].get(inputs) != simdjson::SUCCESS || inputs.size() == 0)
      return Refusal::BadRequest("inputs are missing, expected a list of tensors");
    REEVE_RETURN_IF_REFUSED(ReadOutputs(root, read));
    // The readers hold on to their tensors: these must not move.
    inputs_.resize(inputs.size());
    std::size_t i = 0;
    for (const dom::element input : inputs) REEVE_RETURN_IF_REFUSED(ReadInput(input, inputs_[i++]));
    if (!binary_.empty()) {
      return Refusal::BadRequest(std::to_string(binary_.size()) +
                                 " bytes follow the JSON that belong to no input "
                                 "(parameter binary_data_size)");
    }
    return IsMatrix() ? FillFromMatrix() : FillFromColumns();
  }

 private:
  // The JSON, and behind it the binary tensors.
  Refusal SplitBody(const Request& request, std::string_view& json) {
    json = request.body;
    const std::string_view header = request.Header("Inference-Header-Content-Length");
    if (header.empty()) return {};
    const auto length = ParseInteger(Trim(header));
    if (!length || *length <= 0 || static_cast<std::uint64_t>(*length) > request.body.size()) {
      return Refusal::BadRequest("Inference-Header-Content-Length is " + Quote(header) +
                                 ", expected the bytes of the JSON before the tensors, 1 to " +
                                 std::to_string(request.body.size()));
    }
    json = request.body.substr(0, static_cast<std::size_t>(*length));
    binary_ = request.body.substr(json.size());
    return {};
  }

  static Refusal ReadId(const dom::element& root, V2Request& read) {
    dom::element id;
    if (root["id"].get(id) != simdjson::SUCCESS || id.is_null()) return {};
    read.has_id = true;
    if (id.get(read.id) == simdjson::SUCCESS) return {};
    return Refusal::BadRequest("id is " + std::string(JsonKind(id)) + ", expected a text");
  }

  // A parameter that says yes or no, if it is there.
  static Refusal ReadFlag(const dom::element& holder, std::string_view name, bool& flag) {
    dom::element parameters, value;
    if (holder["parameters"].get(parameters) != simdjson::SUCCESS ||
        parameters[name].get(value) != simdjson::SUCCESS)
      return {};
    if (value.get(flag) == simdjson::SUCCESS) return {};
    return Refusal::BadRequest("parameter " + std::string(name) + " is " +
                               std::string(JsonKind(value)) + ", expected true or false");
  }

  // What cannot be done is not passed over: the answer would be taken for another.
  static Refusal CheckParameters(const dom::element& holder, std::string_view where) {
    dom::object parameters;
    if (holder["parameters"].get(parameters) != simdjson::SUCCESS) return {};
    for (const auto [name, value] : parameters) {
      if (name.starts_with("shared_memory_") || name == "classification") {
        return Refusal::BadRequest(std::string(where) + ": parameter " + std::string(name) +
                                   " is not supported");
      }
    }
    return {};
  }

  Refusal ReadOutputs(const dom::element& root, V2Request& read) const {
    bool is_binary = false;
    REEVE_RETURN_IF_REFUSED(ReadFlag(root, "binary_data_output", is_binary));
    const std::vector<V2OutputInfo> known = V2Outputs(model_);
    dom::element outputs;
    const bool is_given = root["outputs"].get(outputs) == simdjson::SUCCESS && !outputs.is_null();
    dom::array wanted;
    if (is_given && outputs.get(wanted) != simdjson::SUCCESS) {
      return Refusal::BadRequest("outputs is " + std::string(JsonKind(outputs)) +
                                 ", expected a list of objects with a name");
    }
    if (!is_given || wanted.size() == 0) {
      for (const V2OutputInfo& info : known) read.outputs.push_back({info, is_binary});
      return {};
    }
    for (const dom::element output : wanted) {
      std::string_view name;
      if (output["name"].get(name) != simdjson::SUCCESS)
        return Refusal::BadRequest("outputs hold one without a name");
      const auto found = std::find_if(known.begin(), known.end(),
                                      [&](const V2OutputInfo& info) { return info.name == name; });
      if (found == known.end()) {
        std::vector<std::string> names;
        for (const V2OutputInfo& info : known) names.emplace_back(info.name);
        return Refusal::BadRequest("output " + Quote(name) + " is not one of the model's." +
                                   Suggest(name, names));
      }
      REEVE_RETURN_IF_REFUSED(CheckParameters(output, "output " + Quote(name)));
      V2Request::Wanted one{*found, is_binary};
      REEVE_RETURN_IF_REFUSED(ReadFlag(output, "binary_data", one.is_binary));
      read.outputs.push_back(one);
    }
    return {};
  }

  Refusal ReadInput(const dom::element& input, Input& read) {
    if (input["name"].get(read.tensor.name) != simdjson::SUCCESS)
      return Refusal::BadRequest("inputs hold one without a name");
    const std::string where = "input " + Quote(read.tensor.name);
    REEVE_RETURN_IF_REFUSED(CheckDistinct(input, where));
    REEVE_RETURN_IF_REFUSED(CheckParameters(input, where));
    std::string_view datatype;
    if (input["datatype"].get(datatype) != simdjson::SUCCESS)
      return Refusal::BadRequest(where + " has no datatype");
    read.tensor.datatype = Datatype::Find(datatype);
    if (read.tensor.datatype == nullptr) {
      return Refusal::BadRequest(where + ": datatype " + Quote(datatype) +
                                 " is not known, expected BOOL, INT64, FP64, BYTES …");
    }
    REEVE_RETURN_IF_REFUSED(ReadShape(input, where, read.tensor));
    read.field = FindField(*model_.fields, context_.key_field, read.tensor.name);
    dom::element size, data;
    if (input["parameters"]["binary_data_size"].get(size) == simdjson::SUCCESS) {
      std::uint64_t bytes = 0;
      if (size.get(bytes) != simdjson::SUCCESS || bytes > binary_.size()) {
        return Refusal::BadRequest(where + ": binary_data_size is not among the " +
                                   std::to_string(binary_.size()) + " bytes that are left");
      }
      const std::string_view tensor = binary_.substr(0, static_cast<std::size_t>(bytes));
      binary_.remove_prefix(tensor.size());
      return ReadBinaryTensor(read.tensor, tensor, read.reader);
    }
    if (input["data"].get(data) != simdjson::SUCCESS)
      return Refusal::BadRequest(where + " has no data");
    return ReadJsonTensor(read.tensor, data, read.reader);
  }

  Refusal ReadShape(const dom::element& input, const std::string& where, Tensor& tensor) const {
    dom::array shape;
    if (input["shape"].get(shape) != simdjson::SUCCESS)
      return Refusal::BadRequest(where + " has no shape, expected [rows] or [rows,columns]");
    for (const dom::element dimension : shape) {
      std::uint64_t size = 0;
      if (dimension.get(size) != simdjson::SUCCESS)
        return Refusal::BadRequest(where + ": the shape holds no number of 0 and more");
      tensor.shape.push_back(static_cast<std::int64_t>(std::min<std::uint64_t>(size, INT64_MAX)));
    }
    if (tensor.shape.empty() || tensor.shape.size() > 2) {
      return Refusal::BadRequest(where + ": the shape has " + std::to_string(tensor.shape.size()) +
                                 " dimensions, expected [rows] or [rows,columns]");
    }
    if (tensor.rows() > context_.max_rows) {
      return Refusal::TooLarge(where + " has more than " + GroupDigits(context_.max_rows) +
                               " rows");
    }
    if (tensor.columns() > kMaxColumns)
      return Refusal::BadRequest(where + ": the shape has too many columns");
    return {};
  }

  // One tensor that names no column holds all of them.
  bool IsMatrix() const {
    return inputs_.size() == 1 && inputs_[0].field.kind == FieldName::Kind::kUnknown;
  }

  Refusal FillFromMatrix() {
    const Input& input = inputs_[0];
    const std::size_t columns = model_.contract().columns.size();
    if (input.tensor.columns() != static_cast<std::int64_t>(columns)) {
      return Refusal::BadRequest(
          "input " + Quote(input.tensor.name) + " is no column of the model, and its shape is " +
          ShapeText(input.tensor.shape) + ", expected an input for each column, or one of [rows," +
          std::to_string(columns) + "] with the columns in the model's order");
    }
    for (std::int64_t row = 0; row < input.tensor.rows(); ++row) {
      rows_.AddRow();
      for (std::size_t field = 0; field < columns; ++field)
        REEVE_RETURN_IF_REFUSED(input.reader->Read(field, rows_));
    }
    return {};
  }

  Refusal FillFromColumns() {
    REEVE_RETURN_IF_REFUSED(CheckColumns());
    for (std::int64_t row = 0; row < inputs_[0].tensor.rows(); ++row) {
      rows_.AddRow();
      for (const Input& input : inputs_) {
        switch (input.field.kind) {
          case FieldName::Kind::kField:
            REEVE_RETURN_IF_REFUSED(input.reader->Read(input.field.field, rows_));
            break;
          case FieldName::Kind::kKey:
            REEVE_RETURN_IF_REFUSED(input.reader->ReadKey(rows_));
            break;
          case FieldName::Kind::kUnknown:
            if (row == 0) rows_.AddUnknown(input.tensor.name);
            break;
        }
      }
    }
    return {};
  }

  Refusal CheckColumns() const {
    std::vector<std::string_view> names;
    for (const Input& input : inputs_) {
      const Tensor& tensor = input.tensor;
      if (tensor.columns() != 1) {
        return Refusal::BadRequest("input " + Quote(tensor.name) + ": the shape is " +
                                   ShapeText(tensor.shape) + ", expected [rows] or [rows,1]");
      }
      if (tensor.rows() != inputs_[0].tensor.rows()) {
        return Refusal::BadRequest("input " + Quote(tensor.name) + " has " +
                                   std::to_string(tensor.rows()) + " rows, expected " +
                                   std::to_string(inputs_[0].tensor.rows()) + " as in " +
                                   Quote(inputs_[0].tensor.name));
      }
      names.push_back(tensor.name);
    }
    std::sort(names.begin(), names.end());
    const auto twin = std::adjacent_find(names.begin(), names.end());
    if (twin == names.end()) return {};
    return Refusal::BadRequest("input " + Quote(*twin) + " is there twice");
  }

  const ScoringContext& context_;
  const ServedModel& model_;
  RequestRows& rows_;
  /// Binary tensors that no input has taken yet.
  std::string_view binary_;
  std::vector<Input> inputs_;
};

}  // namespace

std::vector<V2OutputInfo> V2Outputs(const ServedModel& model) {
  std::vector<V2OutputInfo> outputs = {{V2Output::kLabel, "label", "BYTES"},
                                       {V2Output::kProbability, "probability", "FP64"},
                                       {V2Output::kPrediction, "prediction", "INT64"}};
  if (!model.is_binary()) {
    outputs.push_back(
        {V2Output::kProbabilities, "probabilities", "FP64", model.contract().classes.size(), true});
  }
  return outputs;
}

Refusal ReadV2Request(const ScoringContext& context, const ServedModel& model,
                      const Request& request, RequestRows& rows, V2Request& read) {
  return V2Reader(context, model, rows).Read(request, read);
}

}  // namespace reeve::server
