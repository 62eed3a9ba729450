#include "reeve/mlflow/search/filter.h"

#include <optional>
#include <utility>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/search/clauses.h"
#include "reeve/mlflow/search/rules.h"
#include "reeve/mlflow/search/text_list.h"

namespace reeve::mlflow {
namespace {

bool IsRegistry(SearchTarget target) {
  return target == SearchTarget::kRegisteredModels || target == SearchTarget::kModelVersions;
}

bool IsNumber(const Term& term) {
  return term.kind == TermKind::kInteger || term.kind == TermKind::kReal;
}

/// "Only ['name', 'run_id'] attributes …": those of the target that take lists.
Status NoListHere(SearchTarget target) {
  std::vector<std::string> names;
  for (const Attribute& attribute : AttributesOf(target)) {
    if (attribute.filters && attribute.filter_ops.Has(Operator::kIn)) {
      names.push_back("'" + std::string(attribute.word) + "'");
    }
  }
  return Status::InvalidArgument("Only [" + Join(names, ", ") +
                                 "] attributes support comparison with a list of quoted string "
                                 "values.");
}

Result<Operand> ReadNumber(std::string_view text) {
  if (const auto integer = ParseInteger(text)) return Operand(*integer);
  if (const auto number = ParseNumber(text)) return Operand(*number);
  return Status::InvalidArgument("Expected a numeric value. Found " + Shown(text));
}

/// A text in single or double quotes, without them.
Result<Operand> ReadText(const Term& term) {
  const std::string_view text = term.text;
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '\'' || text.front() == '"');
  if (quoted) return Operand(std::string(text.substr(1, text.size() - 2)));
  return Status::InvalidArgument(
      "Parameter value is either not quoted or unidentified quote types used for string value " +
      Shown(text) + ". Use either single or double quotes.");
}

bool IsTextual(const Term& term) {
  return term.kind == TermKind::kText || term.kind == TermKind::kIdentifier;
}

Result<Operand> ReadList(const Term& term) {
  REEVE_ASSIGN_OR_RETURN(std::vector<std::string> values, ReadTextList(term.text));
  return Operand(std::move(values));
}

Status InvalidNumber(const Identifier& identifier, std::string_view shown) {
  return Status::InvalidArgument("Invalid value for numeric attribute '" + identifier.key +
                                 "': " + std::string(shown));
}

/// Milliseconds in runs and experiments.
Result<Operand> ReadTime(SearchTarget target, const Identifier& identifier, const Term& term) {
  if (!IsNumber(term)) {
    return Status::InvalidArgument("Expected numeric value type for numeric attribute: " +
                                   identifier.key + ". Found " + Shown(term.text));
  }
  if (term.kind == TermKind::kReal && target == SearchTarget::kExperiments) {
    return InvalidNumber(identifier, "'" + Shown(term.text) + "'");
  }
  return ReadNumber(term.text);
}

/// Numbers of versions: integers, quoted or not.
Result<Operand> ReadVersion(const Identifier& identifier, const Term& term) {
  if (term.kind == TermKind::kInteger) return ReadNumber(term.text);
  if (term.kind == TermKind::kReal) return InvalidNumber(identifier, Shown(term.text));
  if (!IsTextual(term)) return NoListHere(SearchTarget::kModelVersions);
  REEVE_ASSIGN_OR_RETURN(Operand text, ReadText(term));
  if (const auto integer = ParseInteger(std::get<std::string>(text))) return Operand(*integer);
  return InvalidNumber(identifier, Shown(term.text));
}

Status CheckIds(const Operand& operand) {
  const auto check = [](const std::string& id) {
    if (ParseInteger(id).has_value()) return Status::Ok();
    return Status::InvalidArgument("Invalid experiment ID '" + Shown(id) +
                                   "'. Experiment ID must be a valid integer.");
  };
  if (const auto* const id = std::get_if<std::string>(&operand)) return check(*id);
  if (const auto* const ids = std::get_if<std::vector<std::string>>(&operand)) {
    for (const std::string& id : *ids) REEVE_RETURN_IF_ERROR(check(id));
  }
  return {};
}

Result<Operand> ReadAttributeText(SearchTarget target, const Identifier& identifier,
                                  const Term& term) {
  if (IsTextual(term)) return ReadText(term);
  if (term.kind == TermKind::kParenthesis) {
    if (!identifier.attribute->filter_ops.Has(Operator::kIn)) return NoListHere(target);
    return ReadList(term);
  }
  if (target == SearchTarget::kModelVersions && IsNumber(term)) {
    return Status::InvalidArgument(
        "Only the '{'version_number', 'creation_timestamp', 'last_updated_timestamp'}' attributes "
        "support comparison with numeric values.");
  }
  const std::string_view list = IsRegistry(target) ? " or a list of quoted string values" : "";
  return Status::InvalidArgument("Expected a quoted string value" + std::string(list) +
                                 " for attributes. Got value " + Shown(term.text));
}

Result<Operand> ReadAttributeValue(SearchTarget target, const Identifier& identifier,
                                   const Term& term) {
  if (identifier.attribute->type != ValueType::kNumber) {
    return ReadAttributeText(target, identifier, term);
  }
  if (target == SearchTarget::kModelVersions) return ReadVersion(identifier, term);
  return ReadTime(target, identifier, term);
}

/// Logged models take texts without quotes, too.
Result<Operand> ReadLoggedModelValue(bool numeric, const Identifier& identifier, const Term& term) {
  if (numeric) {
    if (IsNumber(term)) return ReadNumber(term.text);
    return Status::InvalidArgument("Expected a numeric value for " +
                                   std::string(EntityName(identifier.kind)) + " '" +
                                   Shown(identifier.key) + "'. Found " + Shown(term.text));
  }
  if (term.kind == TermKind::kParenthesis) return ReadList(term);
  if (Result<Operand> text = ReadText(term); text.ok()) return text;
  if (IsTextual(term) || IsNumber(term)) return Operand(std::string(term.text));
  return Status::InvalidArgument("Expected a quoted string value for '" + Shown(identifier.key) +
                                 "'. Found " + Shown(term.text));
}

Result<Operand> ReadValue(SearchTarget target, const Identifier& identifier, const Term& term) {
  if (target == SearchTarget::kLoggedModels) {
    const bool numeric = identifier.attribute == nullptr
                             ? identifier.kind == EntityKind::kMetric
                             : identifier.attribute->type == ValueType::kNumber;
    return ReadLoggedModelValue(numeric, identifier, term);
  }
  switch (identifier.kind) {
    case EntityKind::kAttribute:
      return ReadAttributeValue(target, identifier, term);
    case EntityKind::kMetric:
      if (IsNumber(term)) return ReadNumber(term.text);
      return Status::InvalidArgument("Expected numeric value type for metric. Found " +
                                     Shown(term.text));
    case EntityKind::kParam:
    case EntityKind::kTag:
      if (IsTextual(term)) return ReadText(term);
      return Status::InvalidArgument("Expected a quoted string value for " +
                                     std::string(EntityName(identifier.kind)) +
                                     " (e.g. 'my-value'). Got value " + Shown(term.text));
    case EntityKind::kDataset:
      break;
  }
  if (IsTextual(term)) return ReadText(term);
  if (term.kind == TermKind::kParenthesis) return ReadList(term);
  return Status::InvalidArgument(
      "Expected a quoted string value for dataset attributes. Got value " + Shown(term.text));
}

/// As filters of logged models spell it.
std::string_view LoggedModelEntity(EntityKind kind) {
  if (kind == EntityKind::kMetric) return "metrics";
  if (kind == EntityKind::kAttribute) return "attributes";
  return kind == EntityKind::kParam ? "params" : "tags";
}

Status WrongOperator(SearchTarget target, const Identifier& identifier, const Operators& valid,
                     const std::string& op) {
  const std::string shown = Shown(op);
  if (target == SearchTarget::kLoggedModels) {
    const std::string key = identifier.attribute != nullptr
                                ? std::string(identifier.attribute->column)
                                : Shown(identifier.key);
    std::string listed = valid.Listed();
    listed.front() = '(';
    listed.back() = ')';
    return Status::InvalidArgument("Invalid comparison operator for " +
                                   std::string(LoggedModelEntity(identifier.kind)) + "." + key +
                                   ": '" + shown + "'. Expected one of " + listed + ".");
  }
  if (target == SearchTarget::kRuns) {
    return Status::InvalidArgument("Invalid comparator '" + shown + "' not one of '" +
                                   valid.Listed() + "'");
  }
  if (identifier.kind == EntityKind::kTag) {
    return Status::InvalidArgument("Invalid comparator for tag: " + shown);
  }
  if (identifier.attribute->type == ValueType::kId) {
    return Status::InvalidArgument("Invalid comparator for experiment_id: " + shown);
  }
  if (target == SearchTarget::kExperiments) {
    return Status::InvalidArgument("Invalid comparator '" + shown + "' not one of '" +
                                   valid.Listed() + "'");
  }
  const std::string_view which = identifier.attribute->type == ValueType::kNumber
                                     ? std::string_view(" version_number")
                                     : std::string_view();
  return Status::InvalidArgument("Invalid comparator for attribute" + std::string(which) + ": " +
                                 shown);
}

Status NoNullHere(SearchTarget target, const Identifier& identifier, const Clause& clause) {
  if (target == SearchTarget::kLoggedModels) {
    return Status::InvalidArgument("Invalid comparison: " + Shown(clause.left.text) + " " +
                                   clause.op + ". Expected a comparison with 3 tokens.");
  }
  const std::string key = "'" + Shown(identifier.key) + "'";
  if (target == SearchTarget::kRuns) {
    return Status::InvalidArgument(
        "IS NULL / IS NOT NULL is only supported for tags and params, not for '" +
        std::string(EntityName(identifier.kind)) + "' " + key);
  }
  if (target == SearchTarget::kExperiments) {
    return Status::InvalidArgument(
        "IS NULL / IS NOT NULL is only supported for tags, not for attribute " + key);
  }
  return Status::InvalidArgument(
      "Invalid comparison clause. Expected a comparison with 3 tokens, found 2: IS NULL is not "
      "supported for " +
      key);
}

bool IsList(const Operand& operand) {
  return std::holds_alternative<std::vector<std::string>>(operand);
}

Result<Comparison> ReadComparison(SearchTarget target, const Clause& clause) {
  // Logged models take `metrics.val/f1` as it stands; elsewhere such a key needs quotes.
  const bool is_name =
      clause.left.kind == TermKind::kIdentifier ||
      (target == SearchTarget::kLoggedModels && clause.left.kind == TermKind::kOperation);
  if (!is_name) {
    return Status::InvalidArgument("Invalid comparison clause. Expected 'Identifier' found '" +
                                   Shown(clause.left.text) + "'");
  }
  REEVE_ASSIGN_OR_RETURN(const Identifier identifier,
                         ReadIdentifier(target, IdentifierUse::kFilter, clause.left.text));
  const Operators valid = identifier.attribute != nullptr ? identifier.attribute->filter_ops
                                                          : OperatorsOf(target, identifier.kind);
  const std::optional<Operator> op = FindOperator(clause.op);
  Comparison comparison;
  comparison.kind = identifier.kind;
  comparison.key =
      identifier.attribute != nullptr ? std::string(identifier.attribute->column) : identifier.key;
  if (op == Operator::kIsNull || op == Operator::kIsNotNull) {
    if (!valid.Has(*op)) return NoNullHere(target, identifier, clause);
    comparison.op = *op;
    return comparison;
  }
  const bool fits = op.has_value() && valid.Has(*op);
  if (!fits && target == SearchTarget::kLoggedModels) {
    return WrongOperator(target, identifier, valid, clause.op);
  }
  REEVE_ASSIGN_OR_RETURN(comparison.value, ReadValue(target, identifier, clause.right));
  if (!fits) return WrongOperator(target, identifier, valid, clause.op);
  comparison.op = *op;
  const bool takes_list = *op == Operator::kIn || *op == Operator::kNotIn;
  if (takes_list != IsList(comparison.value)) {
    return Status::InvalidArgument("Invalid comparator '" + clause.op + "' for " +
                                   Shown(clause.right.text) +
                                   ": IN and NOT IN take a list in parentheses, others one value.");
  }
  if (identifier.attribute != nullptr && identifier.attribute->type == ValueType::kId) {
    REEVE_RETURN_IF_ERROR(CheckIds(comparison.value));
  }
  if (identifier.kind == EntityKind::kMetric) {
    if (const auto* const integer = std::get_if<std::int64_t>(&comparison.value)) {
      comparison.value = static_cast<double>(*integer);
    }
  }
  return comparison;
}

Result<std::vector<Clause>> ReadClausesOf(SearchTarget target, std::string_view text) {
  // MLflow's own messages differ in this, too.
  const ClauseQuotes quotes =
      target == SearchTarget::kRuns ? ClauseQuotes::kSingle : ClauseQuotes::kNone;
  Result<std::vector<Clause>> clauses = ReadClauses(text, quotes);
  if (clauses.ok() || target != SearchTarget::kLoggedModels) return clauses;
  return Status::InvalidArgument(
      "Invalid filter string: " + ShownInQuotes(text) +
      ". Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr "
      "= 0.01'). " +
      clauses.status().message());
}

}  // namespace

Result<Filter> ParseFilter(SearchTarget target, std::string_view text) {
  if (text.empty()) return Filter();
  REEVE_RETURN_IF_ERROR(CheckText("The filter", text));
  if (Trim(text).empty()) {
    return Status::InvalidArgument("Invalid filter '" + Shown(text) + "'. Could not be parsed.");
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<Clause> clauses, ReadClausesOf(target, text));
  if (clauses.size() > kMostComparisons) {
    return Status::InvalidArgument("The filter holds " + std::to_string(clauses.size()) +
                                   " comparisons, at most " + std::to_string(kMostComparisons) +
                                   " are taken.");
  }
  Filter filter;
  for (const Clause& clause : clauses) {
    REEVE_ASSIGN_OR_RETURN(Comparison comparison, ReadComparison(target, clause));
    filter.push_back(std::move(comparison));
  }
  return filter;
}

}  // namespace reeve::mlflow
