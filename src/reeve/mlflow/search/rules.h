#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reeve/mlflow/search/filter.h"

namespace reeve::mlflow {

/// A set of operators.
class Operators {
 public:
  constexpr Operators(std::initializer_list<Operator> ops) {
    for (const Operator op : ops) bits_ |= 1U << static_cast<unsigned>(op);
  }
  constexpr bool Has(Operator op) const { return (bits_ >> static_cast<unsigned>(op) & 1U) != 0; }
  /// "{'=', '!='}", for messages.
  std::string Listed() const;

 private:
  std::uint32_t bits_ = 0;
};

inline constexpr Operators kNumberOperators = {Operator::kEqual,   Operator::kNotEqual,
                                               Operator::kLess,    Operator::kLessEqual,
                                               Operator::kGreater, Operator::kGreaterEqual};
inline constexpr Operators kTextOperators = {Operator::kEqual, Operator::kNotEqual, Operator::kLike,
                                             Operator::kILike};
inline constexpr Operators kListOperators = {Operator::kEqual, Operator::kNotEqual,
                                             Operator::kLike,  Operator::kILike,
                                             Operator::kIn,    Operator::kNotIn};
inline constexpr Operators kNullableOperators = {Operator::kEqual,  Operator::kNotEqual,
                                                 Operator::kLike,   Operator::kILike,
                                                 Operator::kIsNull, Operator::kIsNotNull};
inline constexpr Operators kIdOperators = {Operator::kEqual, Operator::kNotEqual, Operator::kIn,
                                           Operator::kNotIn};

enum class ValueType {
  kText,
  /// Milliseconds and numbers of versions: integers in the store.
  kNumber,
  /// Texts in filters, integers in the store: identities of experiments.
  kId,
  /// READY, PENDING …: texts in filters, integers in the store.
  kModelStatus,
};

/// An attribute that filters or order keys may name.
struct Attribute {
  /// As it is written.
  std::string_view word;
  /// Its one name, that of the column.
  std::string_view column;
  ValueType type;
  Operators filter_ops;
  /// Whether filters, and whether order keys, may name it.
  bool filters = true;
  bool orders = true;
};

/// The attributes of a target, aliases included.
std::span<const Attribute> AttributesOf(SearchTarget target);
/// The attribute of that name, or nothing.
const Attribute* FindAttribute(SearchTarget target, std::string_view word);

/// The operators that fit metrics, parameters, tags or data sets of a target.
Operators OperatorsOf(SearchTarget target, EntityKind kind);

/// "metric", "parameter" …, as messages name it.
std::string_view EntityName(EntityKind kind);
/// The operator of an upper-case text, or nothing.
std::optional<Operator> FindOperator(std::string_view text);

/// An entity and its key, split and freed of quotes.
struct Identifier {
  EntityKind kind;
  std::string key;
  /// Null unless the kind is kAttribute.
  const Attribute* attribute = nullptr;
};

/// What an identifier stands in.
enum class IdentifierUse { kFilter, kOrder };

/// Reads `entity.key` or a bare attribute. kInvalidArgument: no such entity or attribute.
Result<Identifier> ReadIdentifier(SearchTarget target, IdentifierUse use, std::string_view text);

}  // namespace reeve::mlflow
