#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/contract/typing.h"
#include "reeve/table/table.h"

namespace reeve::contract {

/// What a model relies on for one feature.
struct ContractColumn {
  std::string name;
  ColumnType type = ColumnType::kReal;
  NumberFormat number_format = NumberFormat::kPlain;
  DateFormat date_format = DateFormat::kIso;
  /// Texts that mean "missing" in this column only (found among its numbers in training).
  std::vector<std::string> stray_texts = {};
  /// True when no value was missing in training: then a missing value breaks the contract.
  bool required = false;
  /// Smallest and largest number (or time in seconds) of the training table; only for numbers.
  std::optional<double> minimum, maximum;
  /// Category -> rows in training, most frequent first, ties by name; only for categories.
  std::vector<std::pair<std::string, std::int64_t>> categories;
};

/// The columns, types, ranges and categories a model relies on. Written as contract.json
/// (docs/formats/contract.md). Immutable once made; safe to share between threads.
struct Contract {
  /// The features, in the order of the training table.
  std::vector<ContractColumn> columns;
  /// Name of the target column, and its classes ([negative, positive] for two, else sorted).
  std::string target;
  std::vector<std::string> classes;
  /// The positive class; empty for more than two.
  std::string positive;
  /// Texts that mean "missing" wherever they stand.
  std::vector<std::string> missing_texts = DefaultMissingTexts();

  std::optional<std::size_t> Find(std::string_view name) const;
  std::vector<std::string> Names() const;
};

/// Makes the contract of `table`'s columns named in `features`.
/// REQUIRES: table typed by InferTypes; typing[i] belongs to table.column(i).
Contract MakeContract(const TypedTable& table, const std::vector<std::string>& features);

Json ToJson(const Contract& contract);
Result<Contract> ContractFromJson(const Json& json);

/// The rules a table can break.
enum class Rule {
  /// A required column is not in the table at all (row = -1).
  kMissingColumn,
  /// A required value is missing.
  kMissingValue,
  /// A value is not of the column's type: a number that is none.
  kWrongType,
  /// A category that training never saw. Scored as unknown.
  kUnseenCategory,
  /// A number outside what training saw. Scored as it is.
  kOutOfRange,
};
std::string_view RuleName(Rule rule);  ///< "missing_column", "wrong_type", …
/// True for rules that make a row impossible to score (the first three).
bool IsFatal(Rule rule);

struct Violation {
  /// 0-based row of the source, -1 for the whole table.
  std::int64_t row = -1;
  std::string column;
  Rule rule = Rule::kWrongType;
  /// The value as text, possibly cut.
  std::string found;
  /// What would be right, for people: "integer", "a value (required)", "300 to 900".
  std::string expected;
};

struct ConformOptions {
  /// Row number of the first row of the chunk in its source.
  std::int64_t first_row = 0;
  /// Also report ranges and unseen categories row by row (`reeve check`); scoring only counts them.
  bool report_soft_violations = false;
};

/// A chunk of a source as the contract wants it.
struct Conformed {
  /// The contract's columns in its order, typed and stored as in training; rows as in the chunk. A
  /// bad value is missing here.
  Table table;
  /// One for each row: true when the row can be scored.
  std::vector<bool> usable;
  std::vector<Violation> violations;
  /// Column -> category that training never saw -> rows.
  std::map<std::string, std::map<std::string, std::int64_t>> unseen;
};

/// Reads a raw (or typed) chunk by the contract's types. Columns the contract does not know are
/// ignored; optional columns that are absent count as missing.
/// Fails with kInvalidData when a required column is absent, naming it and the nearest column of
/// the chunk that the contract does not know.
Result<Conformed> Conform(const Contract& contract, const Table& chunk,
                          const ConformOptions& options);

/// Columns of `names` that are neither in the contract nor its target.
std::vector<std::string> UnknownColumns(const Contract& contract,
                                        const std::vector<std::string>& names);

}  // namespace reeve::contract
