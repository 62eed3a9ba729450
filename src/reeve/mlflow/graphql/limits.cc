#include "reeve/mlflow/graphql/limits.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace reeve::mlflow::graphql {
namespace {

constexpr int kMostDepth = 10;
constexpr int kMostSelections = 1000;
constexpr int kMostRootFields = 10;
constexpr int kMostAliases = 10;

using Selections = std::vector<Selection>;

class Counter {
 public:
  explicit Counter(const Document& document) {
    for (const Fragment& fragment : document.fragments) {
      fragments_.emplace(fragment.name, &fragment.selections);
    }
  }

  // Returns at the first limit that is passed, so that recursion is bounded.
  Status CountLevel(const Selections& selections, int depth) {
    if (depth > kMostDepth)
      return Status::InvalidArgument("Query exceeds maximum depth of " +
                                     std::to_string(kMostDepth));
    std::vector<const Selection*> fields;
    std::set<std::string_view> spread;
    REEVE_RETURN_IF_ERROR(Spread(selections, spread, fields));
    if (depth == 1) root_fields_ += static_cast<int>(fields.size());
    const auto aliases = std::count_if(
        fields.begin(), fields.end(), [](const Selection* field) { return !field->alias.empty(); });
    most_aliases_ = std::max(most_aliases_, static_cast<int>(aliases));
    for (const Selection* field : fields) {
      if (field->selections.empty()) continue;
      REEVE_RETURN_IF_ERROR(CountLevel(field->selections, depth + 1));
    }
    return Status::Ok();
  }

  Status Check() const {
    if (root_fields_ > kMostRootFields)
      return TooMany(kMostRootFields, root_fields_, "root fields");
    if (most_aliases_ > kMostAliases) return TooMany(kMostAliases, most_aliases_, "aliases");
    return Status::Ok();
  }

 private:
  // Fields of one level; a fragment counts once in it. Fragments count as selections too: they cost
  // as much to go through.
  Status Spread(const Selections& selections, std::set<std::string_view>& spread,
                std::vector<const Selection*>& fields) {
    for (const Selection& selection : selections) {
      if (++selections_ > kMostSelections) {
        return Status::InvalidArgument("Query exceeds maximum total selections of " +
                                       std::to_string(kMostSelections));
      }
      if (selection.kind == Selection::Kind::kField) {
        fields.push_back(&selection);
      } else if (selection.kind == Selection::Kind::kInline) {
        REEVE_RETURN_IF_ERROR(Spread(selection.selections, spread, fields));
      } else if (spread.insert(selection.name).second) {
        const auto fragment = fragments_.find(selection.name);
        if (fragment == fragments_.end()) continue;
        REEVE_RETURN_IF_ERROR(Spread(*fragment->second, spread, fields));
      }
    }
    return Status::Ok();
  }

  static Status TooMany(int most, int count, const std::string& what) {
    return Status::InvalidArgument("GraphQL queries should have at most " + std::to_string(most) +
                                   " " + what + ", got " + std::to_string(count) + " " + what +
                                   ".");
  }

  std::map<std::string_view, const Selections*> fragments_;
  int selections_ = 0;
  int root_fields_ = 0;
  int most_aliases_ = 0;
};

}  // namespace

Status CheckLimits(const Document& document) {
  Counter counter(document);
  for (const Operation& operation : document.operations) {
    REEVE_RETURN_IF_ERROR(counter.CountLevel(operation.selections, 1));
  }
  return counter.Check();
}

}  // namespace reeve::mlflow::graphql
