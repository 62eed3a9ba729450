#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/visibility.h"

namespace reeve::mlflow {

/// The types that MLflow's messages have, as far as they are checked.
enum class FieldType {
  kText,
  /// 64 bits; texts of digits are taken as well.
  kInteger,
  /// Texts of numbers are taken as well, "NaN" and "Infinity" among them.
  kReal,
  kBool,
  /// A name or its number.
  kEnum,
  kTexts,
  kIntegers,
  kObject,
  kObjects,
};

/// A field of a request's message.
struct Field {
  const char* name;
  FieldType type = FieldType::kText;
  /// Neither absent nor the empty text.
  bool is_required = false;
};

/// The fields of a request: of its JSON body (where runId is run_id), for GET of its query. Unknown
/// ones are ignored, run_uuid is run_id. Reading is done after Check, so that types are right.
class Request {
 public:
  Request();
  ~Request();
  Request(Request&&) noexcept;
  Request& operator=(Request&&) noexcept;

  /// From a body, in which NaN and Infinity may stand; an empty one, and one that is no JSON, is {}
  /// (as MLflow has it), a JSON text is read again. kInvalidArgument for what is no object.
  static Result<Request> FromBody(std::string_view body);
  /// From a query "a=1&b=2&b=3": keys that come again make lists.
  static Result<Request> FromQuery(std::string_view query, const std::vector<Field>& fields);

  /// Whether the fields are there and of their types; MLflow's words say what is wrong. For an
  /// element of a list `element` says which: "metrics[3]".
  Status Check(const std::vector<Field>& fields, std::string_view element = {}) const;

  /// Of the path: the {names} of the endpoint's pattern.
  std::map<std::string, std::string, std::less<>> path;
  /// Who asks: the name of the token or user; empty when nobody has to say.
  std::string user;
  /// What the answer may show; null: everything.
  std::shared_ptr<const Visibility> visible;

  bool Has(std::string_view name) const;
  /// Empty when absent.
  std::string Text(std::string_view name) const;
  /// Nothing when absent; what is given may be empty.
  std::optional<std::string> OptionalText(std::string_view name) const;
  std::optional<std::int64_t> Integer(std::string_view name) const;
  std::optional<double> Real(std::string_view name) const;
  std::optional<bool> Bool(std::string_view name) const;
  std::vector<std::string> Texts(std::string_view name) const;
  std::vector<std::int64_t> Integers(std::string_view name) const;
  /// The name of an enum's value: `names` in the order of their numbers, beginning with `first`.
  /// Nothing when absent or unknown (which MLflow ignores).
  std::optional<std::string> Enum(std::string_view name, std::initializer_list<const char*> names,
                                  std::int64_t first = 1) const;
  /// {"key":…,"value":…} of a list of tags or parameters, in order; members may be absent.
  std::vector<std::pair<std::string, std::string>> Pairs(std::string_view name) const;
  /// The member itself, null when absent. Lives as long as the request.
  const Json* Member(std::string_view name) const;
  /// The elements of a list of objects, each a request of its own whose fields are read the same
  /// way; they view this one's and live no longer.
  std::vector<Request> Objects(std::string_view name) const;
  std::optional<Request> Object(std::string_view name) const;

 private:
  explicit Request(Json fields);
  explicit Request(const Json* fields);

  /// Null for an element of another request.
  std::unique_ptr<Json> owned_;
  /// Never null; moves along with `owned_`, which stays where it is.
  const Json* fields_;
};

/// MLflow's words for a value that is none; `value` as JSON, `hint` may be empty.
Status InvalidValue(std::string_view parameter, const Json& value, std::string_view hint);
Status InvalidValue(std::string_view parameter, std::string_view value, std::string_view hint);
Status MissingValue(std::string_view parameter);
/// What MLflow adds when it refuses a request before it looks into its store.
Status WithHintAtDocs(const Status& status);

}  // namespace reeve::mlflow
