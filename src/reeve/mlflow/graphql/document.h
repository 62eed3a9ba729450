#pragma once

#include <optional>
#include <string>
#include <vector>

// A GraphQL document as it was written: nothing is looked up in a schema yet.

namespace reeve::mlflow::graphql {

/// A value in an argument.
struct Value {
  enum class Kind { kVariable, kInteger, kReal, kText, kBool, kNull, kEnum, kList, kObject };
  Kind kind = Kind::kNull;
  /// The variable's or enum value's name, the number as written, the text, "true" or "false".
  std::string text = {};
  /// Of a list; of an object, beside `names`.
  std::vector<Value> items = {};
  std::vector<std::string> names = {};

  bool operator==(const Value&) const = default;
};

struct Argument {
  std::string name;
  Value value;

  bool operator==(const Argument&) const = default;
};

struct Directive {
  std::string name;
  std::vector<Argument> arguments;
};

/// A field, "...Fragment" or "... on Type { }".
struct Selection {
  enum class Kind { kField, kSpread, kInline };
  Kind kind = Kind::kField;
  /// Of a field; empty when there is none.
  std::string alias = {};
  /// The field, the fragment, or the type condition of an inline fragment (empty: none).
  std::string name = {};
  std::vector<Argument> arguments = {};
  std::vector<Directive> directives = {};
  std::vector<Selection> selections = {};

  const std::string& response_name() const { return alias.empty() ? name : alias; }
};

/// "[String]!"
struct TypeReference {
  std::string name;
  /// How many brackets are around the name.
  int lists = 0;
  /// Whether the whole must not be null.
  bool is_required = false;
  std::string as_written = {};
};

struct VariableDefinition {
  std::string name;
  TypeReference type;
  std::optional<Value> otherwise = {};
};

struct Operation {
  /// "query", "mutation" or "subscription".
  std::string kind = "query";
  /// Empty for one without a name.
  std::string name = {};
  std::vector<VariableDefinition> variables = {};
  std::vector<Directive> directives = {};
  std::vector<Selection> selections = {};
};

struct Fragment {
  std::string name;
  /// The type it is about.
  std::string type;
  std::vector<Directive> directives = {};
  std::vector<Selection> selections = {};
};

struct Document {
  std::vector<Operation> operations;
  std::vector<Fragment> fragments;
};

}  // namespace reeve::mlflow::graphql
