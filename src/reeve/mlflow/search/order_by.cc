#include "reeve/mlflow/search/order_by.h"

#include <algorithm>
#include <string_view>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/clauses.h"
#include "reeve/mlflow/search/rules.h"

namespace reeve::mlflow {
namespace {

/// A key and the word behind it, which may be missing.
struct Spelled {
  std::string_view key;
  std::string_view direction;
};

Status Unreadable(std::string_view clause) {
  return Status::InvalidArgument("Invalid order_by clause '" + Shown(clause) +
                                 "'. Could not be parsed.");
}

/// Whether a term can be sorted by. `timestamp` is a word of SQL and a key of the registry.
bool IsKey(const Term& term) {
  return term.kind == TermKind::kIdentifier || term.text == "timestamp";
}

/// Where the blank before a last word ASC or DESC stands, or 0. A quoted key ends with its quote.
std::size_t BlankBeforeDirection(std::string_view key) {
  const std::size_t blank = key.find_last_of(" \t\r\n\v\f");
  if (blank == std::string_view::npos) return 0;
  const std::string last = ToLower(key.substr(blank + 1));
  return last == "asc" || last == "desc" ? blank : 0;
}

/// Splits "key DESC". Blanks around a clause are taken as none, which MLflow refuses.
Result<Spelled> Split(std::string_view clause) {
  const std::vector<Term> terms = ReadTerms(clause);
  const bool two = terms.size() == 2 &&
                   (terms[1].kind == TermKind::kIdentifier || terms[1].kind == TermKind::kOrder ||
                    terms[1].kind == TermKind::kKeyword);
  if (terms.empty() || terms.size() > 2 || !IsKey(terms[0]) || (terms.size() == 2 && !two)) {
    return Unreadable(clause);
  }
  Spelled spelled{terms[0].text, two ? terms[1].text : std::string_view()};
  // "key DESC" is one term, unlike "key SIDEWAYS".
  while (const std::size_t blank = BlankBeforeDirection(spelled.key)) {
    if (!spelled.direction.empty()) return Unreadable(clause);
    spelled.direction = spelled.key.substr(blank + 1);
    spelled.key = Trim(spelled.key.substr(0, blank));
  }
  return spelled;
}

Status UnknownModelKey(std::string_view key) {
  return Status::InvalidArgument("Invalid order by key '" + Shown(key) +
                                 "' specified. Valid keys are '{'name', 'timestamp'}'");
}

Result<OrderKey> ReadKey(SearchTarget target, std::string_view text) {
  if (target == SearchTarget::kRegisteredModels) {
    const bool quoted = text.size() >= 2 && text.front() == '`' && text.back() == '`';
    if (quoted) text = text.substr(1, text.size() - 2);
    const Attribute* const attribute = FindAttribute(target, text);
    if (attribute == nullptr) return UnknownModelKey(text);
    return OrderKey{EntityKind::kAttribute, std::string(attribute->column), true};
  }
  REEVE_ASSIGN_OR_RETURN(const Identifier identifier,
                         ReadIdentifier(target, IdentifierUse::kOrder, text));
  if (identifier.attribute != nullptr) {
    return OrderKey{EntityKind::kAttribute, std::string(identifier.attribute->column), true};
  }
  if (target != SearchTarget::kRuns) {
    return Status::InvalidArgument("Invalid order_by entity: " +
                                   std::string(EntityName(identifier.kind)));
  }
  if (identifier.kind == EntityKind::kDataset) {
    return Status::InvalidArgument("Invalid identifier type 'dataset'");
  }
  return OrderKey{identifier.kind, identifier.key, true};
}

Result<OrderKey> ReadOrderKey(SearchTarget target, std::string_view clause) {
  REEVE_RETURN_IF_ERROR(CheckText("The order_by clause", clause));
  REEVE_ASSIGN_OR_RETURN(const Spelled spelled, Split(clause));
  const std::string direction = ToLower(spelled.direction);
  if (!direction.empty() && direction != "asc" && direction != "desc") {
    return Status::InvalidArgument("Invalid ordering key in order_by clause '" + Shown(clause) +
                                   "'.");
  }
  REEVE_ASSIGN_OR_RETURN(OrderKey key, ReadKey(target, spelled.key));
  key.ascending = direction != "desc";
  return key;
}

/// The most keys of one order; each may cost the query a join.
constexpr std::size_t kMostKeys = 30;

}  // namespace

Result<std::vector<OrderKey>> ParseOrderBy(SearchTarget target,
                                           const std::vector<std::string>& clauses) {
  if (clauses.size() > kMostKeys) {
    return Status::InvalidArgument("`order_by` holds " + std::to_string(clauses.size()) +
                                   " keys, at most " + std::to_string(kMostKeys) + " are taken.");
  }
  std::vector<OrderKey> keys;
  for (const std::string& clause : clauses) {
    REEVE_ASSIGN_OR_RETURN(OrderKey key, ReadOrderKey(target, clause));
    const bool twice = std::ranges::any_of(keys, [&](const OrderKey& other) {
      return other.kind == key.kind && other.key == key.key;
    });
    if (twice) {
      return Status::InvalidArgument("`order_by` contains duplicate fields: '" + Shown(clause) +
                                     "' names one for the second time.");
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<OrderKey> ParseLoggedModelOrder(const LoggedModelOrder& order) {
  const std::string_view field = order.field_name;
  REEVE_RETURN_IF_ERROR(CheckText("`field_name`", field));
  REEVE_RETURN_IF_ERROR(CheckText("`dataset_name`", order.dataset_name));
  REEVE_RETURN_IF_ERROR(CheckText("`dataset_digest`", order.dataset_digest));
  if (field.empty()) {
    return Status::InvalidArgument("`field_name` in the `order_by` clause must be specified.");
  }
  if (!order.dataset_digest.empty() && order.dataset_name.empty()) {
    return Status::InvalidArgument(
        "`dataset_digest` can only be specified if `dataset_name` is also specified.");
  }
  if (const std::size_t point = field.find('.'); point != std::string_view::npos) {
    if (field.substr(0, point) == "metrics") {
      return OrderKey{EntityKind::kMetric, std::string(field.substr(point + 1)), order.ascending};
    }
    return Status::InvalidArgument("Invalid order by field name: " + Shown(field) +
                                   ". Only metrics are supported.");
  }
  const Attribute* const attribute = FindAttribute(SearchTarget::kLoggedModels, Trim(field));
  if (attribute == nullptr) {
    return Status::InvalidArgument("Invalid order by field name: " + Shown(field));
  }
  return OrderKey{EntityKind::kAttribute, std::string(attribute->column), order.ascending};
}

}  // namespace reeve::mlflow
