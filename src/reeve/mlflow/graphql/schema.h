#pragma once

#include <string>
#include <string_view>
#include <vector>

// The types that MLflow's pages ask for. Fields have the names of the REST API's answers in camel
// case: "lastUpdateTime" is `last_update_time`.

namespace reeve::mlflow::graphql {

struct ObjectType;

/// A field of an answer.
struct OutputField {
  enum class Kind {
    kText,
    kTexts,
    /// 64 bits, as text: pages would round it.
    kLong,
    /// Null when it is no number.
    kReal,
    kBool,
    kEnum,
    kObject,
    kObjects,
    /// Null when absent; other objects that are absent are there with all defaults.
    kNullable,
    /// Of a run, looked up beside it: its experiment, the model versions made from it.
    kRunExperiment,
    kRunVersions,
  };
  const char* name;
  Kind kind = Kind::kText;
  const ObjectType* object = nullptr;
  /// What the type is called when it is no object.
  const char* leaf_type = "String";
  /// The text or enum value when absent; an enum without one is null.
  const char* otherwise = "";
};

struct ObjectType {
  const char* name;
  std::vector<OutputField> fields;

  /// Null when there is none.
  const OutputField* Find(std::string_view field) const;
};

struct InputType;

struct InputField {
  const char* name;
  const InputType* type;
  bool is_list = false;
};

/// What an argument or a variable can be.
struct InputType {
  enum class Kind { kText, kInteger, kLong, kReal, kBool, kEnum, kObject };
  const char* name;
  Kind kind = Kind::kText;
  /// Of an object.
  std::vector<InputField> fields = {};
  /// Of an enum.
  std::vector<const char*> values = {};
};

/// Null when there is none.
const InputType* FindInputType(std::string_view name);
/// Whether an answer can have that type.
bool IsObjectType(std::string_view name);

/// A field of a query or a mutation: a call of the REST API.
struct RootField {
  OutputField output;
  const char* argument;
  const InputType* input;
  /// Of the endpoint, as in Endpoint; a null path answers with its argument.
  const char* method = "GET";
  const char* path = nullptr;
};

/// The root of an operation: its fields by the position of their RootField.
struct Root {
  ObjectType type;
  std::vector<RootField> fields;
};

/// Null for an operation of another kind than "query" and "mutation".
const Root* FindRoot(std::string_view operation);

/// "lastUpdateTime" -> "last_update_time".
std::string ToSnakeCase(std::string_view name);

}  // namespace reeve::mlflow::graphql
