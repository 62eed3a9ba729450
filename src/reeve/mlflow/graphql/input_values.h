#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/graphql/document.h"
#include "reeve/mlflow/graphql/schema.h"

namespace reeve::mlflow::graphql {

/// Values for an operation's variables, by their types. Names of members are the REST API's, in
/// snake case.
class Variables {
 public:
  Variables();
  ~Variables();
  Variables(Variables&&) noexcept;
  Variables& operator=(Variables&&) noexcept;

  /// `given` is an object, or null. Fails with kInvalidArgument in GraphQL's words.
  static Result<Variables> Read(const std::vector<VariableDefinition>& definitions,
                                const Json& given);

  /// Null when nothing was declared, or nothing was given and there is no default.
  const Json* Find(std::string_view name) const;
  /// Null when nothing was declared. Lives as long as the definitions.
  const VariableDefinition* Definition(std::string_view name) const;

 private:
  std::map<std::string, Json, std::less<>> values_;
  std::map<std::string, const VariableDefinition*, std::less<>> definitions_;
};

/// The type that a place in a document wants.
struct Wanted {
  const InputType* type;
  int lists = 0;
  /// Null is refused.
  bool is_required = false;
};

/// The value of an argument as JSON text; nothing when it is a variable that was not given. Fails
/// with kInvalidArgument in GraphQL's words.
Result<std::optional<std::string>> ReadArgument(const Value& value, const Wanted& wanted,
                                                const Variables& variables);

}  // namespace reeve::mlflow::graphql
