#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::mlflow {

/// What stands on one side of a comparison, or by itself.
enum class TermKind {
  /// A name with its points: metrics.auc, tags.`my key`, "a value in double quotes".
  kIdentifier,
  kInteger,
  kReal,
  /// 'text'
  kText,
  /// ( … )
  kParenthesis,
  /// f( … ), a + b: readable, and never allowed.
  kFunction,
  kOperation,
  kNull,
  kComparison,
  kComma,
  kKeyword,
  kOrder,
  kOther,
};

/// A term as it was written; lives as long as the text it was read from.
struct Term {
  TermKind kind;
  std::string_view text;
};

/// `left op right`, not yet checked against the rules of what is searched.
struct Clause {
  Term left;
  /// In upper case with single blanks: "=", "ILIKE", "NOT IN", "IS NOT NULL".
  std::string op;
  /// No text after IS NULL and IS NOT NULL.
  Term right;
};

/// How a message lists the parts of a filter that are none.
enum class ClauseQuotes { kNone, kSingle };

/// Splits a filter into its comparisons. AND between them may be missing.
///
/// kInvalidArgument, worded as MLflow's clients know it, when there is anything but comparisons and
/// AND, or a second statement after a semicolon.
Result<std::vector<Clause>> ReadClauses(std::string_view filter, ClauseQuotes quotes);

/// kInvalidArgument when `text` is no UTF-8 or holds a NUL, which not every database can take as a
/// value. `what` names it in the message.
Status CheckText(std::string_view what, std::string_view text);

/// Joins the tokens of `text` to terms, names with their points and "name ASC" being one each.
/// For order keys, which are a single term.
std::vector<Term> ReadTerms(std::string_view text);

/// `text` fit for a one-line message: itself, or escaped and cut when it is long or not printable.
std::string Shown(std::string_view text);
/// The same between single quotes, or double quotes when only those keep apart.
std::string ShownInQuotes(std::string_view text);

}  // namespace reeve::mlflow
