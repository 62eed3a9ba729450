#include "reeve/workflow/derive.h"

#include <algorithm>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/features/derived_step.h"

namespace reeve::workflow {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status Check(const features::Derived& derived, const tuning::Problem& problem) {
  if (Contains(problem.features, derived.name))
    return Status::InvalidArgument("the derived column " + Quote(derived.name) +
                                   " has the name of a column of the table");
  REEVE_ASSIGN_OR_RETURN(const auto expression, features::Expression::Parse(derived.expression));
  for (const std::string& column : expression.columns()) {
    if (!Contains(problem.features, column))
      return Status::InvalidArgument("column " + Quote(column) + " of the derived column " +
                                     Quote(derived.name) + " is not learnt from." +
                                     Suggest(column, problem.features));
  }
  return features::DeriveColumn(derived, *problem.table, {}).status();
}

}  // namespace

Result<std::vector<features::Derived>> DeriveColumns(const std::vector<std::string>& asked,
                                                     bool may_search,
                                                     const tuning::Problem& problem,
                                                     const std::vector<std::int64_t>& rows,
                                                     const tuning::DerivedColumnsOptions& options) {
  tuning::Problem given = problem;
  for (const std::string& text : asked) {
    if (text == "auto" || text == "off") continue;
    REEVE_ASSIGN_OR_RETURN(features::Derived derived, features::ParseDerived(text));
    REEVE_RETURN_IF_ERROR(Check(derived, given));
    for (const features::Derived& other : given.derived) {
      if (other.name == derived.name)
        return Status::InvalidArgument("two derived columns are called " + Quote(derived.name));
    }
    given.derived.push_back(std::move(derived));
  }
  const bool searches = asked.empty() || Contains(asked, "auto");
  if (!may_search || !searches || Contains(asked, "off")) return given.derived;
  REEVE_ASSIGN_OR_RETURN(const auto found, tuning::FindDerivedColumns(given, rows, options));
  for (const features::Derived& derived : found) given.derived.push_back(derived);
  return given.derived;
}

}  // namespace reeve::workflow
