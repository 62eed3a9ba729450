#include "reeve/capi/issues.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace reeve::capi {
namespace {

std::int32_t RuleOf(contract::Rule rule) {
  switch (rule) {
    case contract::Rule::kMissingColumn:
    case contract::Rule::kMissingValue:
      return REEVE_MISSING_VALUE;
    case contract::Rule::kWrongType:
      return REEVE_WRONG_TYPE;
    case contract::Rule::kUnseenCategory:
      return REEVE_UNSEEN_CATEGORY;
    case contract::Rule::kOutOfRange:
      return REEVE_OUT_OF_RANGE;
  }
  return REEVE_WRONG_TYPE;
}

}  // namespace

std::unique_ptr<reeve_issues> MakeIssues(const contract::Contract& contract,
                                         std::vector<contract::Violation> violations) {
  std::map<std::string_view, std::int32_t> field_of;
  for (std::size_t i = 0; i < contract.columns.size(); ++i) {
    field_of.emplace(contract.columns[i].name, static_cast<std::int32_t>(i));
  }
  auto made = std::make_unique<reeve_issues>();
  made->violations = std::move(violations);
  made->issues.reserve(made->violations.size());
  for (const contract::Violation& violation : made->violations) {
    made->issues.push_back({.row = violation.row,
                            .field = field_of[violation.column],
                            .rule = RuleOf(violation.rule),
                            .is_fatal = contract::IsFatal(violation.rule) ? 1 : 0,
                            .found = violation.found.c_str(),
                            .expected = violation.expected.c_str()});
  }
  std::stable_sort(made->issues.begin(), made->issues.end(),
                   [](const reeve_issue& a, const reeve_issue& b) {
                     return std::pair(a.row, a.field) < std::pair(b.row, b.field);
                   });
  return made;
}

}  // namespace reeve::capi

std::int64_t reeve_issues_count(const reeve_issues* issues) {
  return issues == nullptr ? 0 : static_cast<std::int64_t>(issues->issues.size());
}

const reeve_issue* reeve_issues_get(const reeve_issues* issues, std::int64_t index) {
  if (index < 0 || index >= reeve_issues_count(issues)) return nullptr;
  return &issues->issues[static_cast<std::size_t>(index)];
}

void reeve_issues_free(reeve_issues* issues) { delete issues; }

const char* reeve_rule_name(std::int32_t rule) {
  using reeve::contract::Rule;
  using reeve::contract::RuleName;
  switch (rule) {
    case REEVE_MISSING_VALUE:
      return RuleName(Rule::kMissingValue).data();
    case REEVE_WRONG_TYPE:
      return RuleName(Rule::kWrongType).data();
    case REEVE_UNSEEN_CATEGORY:
      return RuleName(Rule::kUnseenCategory).data();
    case REEVE_OUT_OF_RANGE:
      return RuleName(Rule::kOutOfRange).data();
    default:
      return "";
  }
}
