#include "reeve/mlflow/graphql/plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "reeve/mlflow/graphql/input_values.h"

namespace reeve::mlflow::graphql {
namespace {

using Kind = OutputField::Kind;
using Fragments = std::map<std::string_view, const Fragment*>;

bool IsLeaf(const OutputField& field) { return field.object == nullptr; }

std::string TypeName(const OutputField& field) {
  if (IsLeaf(field)) return field.leaf_type;
  const std::string name = field.object->name;
  const bool is_list = field.kind == Kind::kObjects || field.kind == Kind::kRunVersions;
  return is_list ? "[" + name + "!]" : name;
}

Status CheckArgumentNames(const std::vector<Argument>& arguments) {
  std::set<std::string_view> seen;
  for (const Argument& argument : arguments) {
    if (!seen.insert(argument.name).second)
      return Status::InvalidArgument("There can be only one argument named '" + argument.name +
                                     "'.");
  }
  return Status::Ok();
}

// Notes the variables in a value, those in lists and objects as well.
void NoteVariables(const Value& value, std::set<std::string_view>& used) {
  if (value.kind == Value::Kind::kVariable) used.insert(value.text);
  for (const Value& item : value.items) NoteVariables(item, used);
}

// Fields of one level under one response name: the same field, asked for once or more.
struct Merged {
  const Selection* first;
  std::vector<const std::vector<Selection>*> selections;
};

// In the order in which they were met.
struct Level {
  std::vector<Merged> fields;
  std::map<std::string_view, std::size_t> places;
  std::set<std::string_view> spread;
};

class Planner {
 public:
  Planner(const Fragments& fragments, const Variables& variables)
      : fragments_(fragments), variables_(variables) {}

  Result<std::vector<PlannedField>> PlanLevel(
      const std::vector<const std::vector<Selection>*>& selections, const ObjectType& type,
      const Root* root) {
    Level level;
    for (const std::vector<Selection>* const some : selections) {
      REEVE_RETURN_IF_ERROR(Collect(*some, type, root, level));
    }
    std::vector<PlannedField> planned;
    for (const Merged& merged : level.fields) {
      REEVE_ASSIGN_OR_RETURN(PlannedField field, PlanField(merged, type, root));
      planned.push_back(std::move(field));
    }
    return planned;
  }

  // The directives of an operation: @component, which says what page asks.
  Status CheckOperation(const Operation& operation) {
    for (const Directive& directive : operation.directives) {
      if (directive.name != "component") return Unknown(directive);
      REEVE_RETURN_IF_ERROR(
          DirectiveArgument(directive, "name", *FindInputType("String")).status());
    }
    return Status::Ok();
  }

  Status CheckAllVariablesUsed(const Operation& operation) const {
    for (const VariableDefinition& variable : operation.variables) {
      if (used_.contains(variable.name)) continue;
      return Status::InvalidArgument(
          "Variable '$" + variable.name + "' is never used" +
          (operation.name.empty() ? std::string() : " in operation '" + operation.name + "'") +
          ".");
    }
    return Status::Ok();
  }

 private:
  static Status Unknown(const Directive& directive) {
    return Status::InvalidArgument("Unknown directive '@" + directive.name + "'.");
  }

  Result<std::string> DirectiveArgument(const Directive& directive, std::string_view name,
                                        const InputType& type) {
    REEVE_RETURN_IF_ERROR(CheckArgumentNames(directive.arguments));
    std::optional<std::string> read;
    for (const Argument& argument : directive.arguments) {
      if (argument.name != name)
        return Status::InvalidArgument("Unknown argument '" + argument.name + "' on directive '@" +
                                       directive.name + "'.");
      NoteVariables(argument.value, used_);
      REEVE_ASSIGN_OR_RETURN(
          read, ReadArgument(argument.value, {.type = &type, .is_required = true}, variables_));
    }
    if (read) return std::move(*read);
    return Status::InvalidArgument("Directive '@" + directive.name + "' argument '" +
                                   std::string(name) + "' of type '" + type.name +
                                   "!' is required, but it was not provided.");
  }

  // Whether @skip and @include leave it in the answer.
  Result<bool> IsWanted(const Selection& selection) {
    bool is_wanted = true;
    for (const Directive& directive : selection.directives) {
      const bool is_skip = directive.name == "skip";
      if (!is_skip && directive.name != "include") return Unknown(directive);
      REEVE_ASSIGN_OR_RETURN(const std::string value,
                             DirectiveArgument(directive, "if", *FindInputType("Boolean")));
      if ((value == "true") == is_skip) is_wanted = false;
    }
    return is_wanted;
  }

  // Spreads fragments and merges fields into `level`. What is left out is checked all the same.
  Status Collect(const std::vector<Selection>& selections, const ObjectType& type, const Root* root,
                 Level& level) {
    for (const Selection& selection : selections) {
      REEVE_ASSIGN_OR_RETURN(const bool is_wanted, IsWanted(selection));
      Level elsewhere;
      Level& target = is_wanted ? level : elsewhere;
      if (selection.kind == Selection::Kind::kField) {
        REEVE_RETURN_IF_ERROR(Merge(selection, target));
      } else {
        REEVE_RETURN_IF_ERROR(CollectFragment(selection, type, root, target));
      }
      for (const Merged& unwanted : elsewhere.fields) {
        REEVE_RETURN_IF_ERROR(PlanField(unwanted, type, root).status());
      }
    }
    return Status::Ok();
  }

  Status CollectFragment(const Selection& selection, const ObjectType& type, const Root* root,
                         Level& level) {
    if (selection.kind == Selection::Kind::kInline) {
      if (!selection.name.empty()) REEVE_RETURN_IF_ERROR(CheckCondition("", selection.name, type));
      return Collect(selection.selections, type, root, level);
    }
    const auto found = fragments_.find(selection.name);
    if (found == fragments_.end())
      return Status::InvalidArgument("Unknown fragment '" + selection.name + "'.");
    if (!level.spread.insert(selection.name).second) return Status::Ok();
    const Fragment& fragment = *found->second;
    REEVE_RETURN_IF_ERROR(CheckCondition("'" + fragment.name + "' ", fragment.type, type));
    for (const Directive& directive : fragment.directives) return Unknown(directive);
    return Collect(fragment.selections, type, root, level);
  }

  static Status CheckCondition(const std::string& fragment, const std::string& condition,
                               const ObjectType& type) {
    if (condition == type.name) return Status::Ok();
    if (!IsObjectType(condition)) {
      if (FindInputType(condition) == nullptr)
        return Status::InvalidArgument("Unknown type '" + condition + "'.");
      return Status::InvalidArgument("Fragment " + fragment +
                                     "cannot condition on non composite type '" + condition + "'.");
    }
    return Status::InvalidArgument("Fragment " + fragment +
                                   "cannot be spread here as objects of type '" + type.name +
                                   "' can never be of type '" + condition + "'.");
  }

  static Status Merge(const Selection& selection, Level& level) {
    const std::string& name = selection.response_name();
    const auto [place, is_new] = level.places.emplace(name, level.fields.size());
    if (is_new) level.fields.push_back({.first = &selection, .selections = {}});
    Merged& merged = level.fields[place->second];
    std::string why;
    if (merged.first->name != selection.name) {
      why = "'" + merged.first->name + "' and '" + selection.name + "' are different fields";
    } else if (merged.first->arguments != selection.arguments) {
      why = "they have differing arguments";
    }
    if (!why.empty()) {
      return Status::InvalidArgument("Fields '" + name + "' conflict because " + why +
                                     ". Use different aliases on the fields to fetch both if this "
                                     "was intentional.");
    }
    if (!selection.selections.empty()) merged.selections.push_back(&selection.selections);
    return Status::Ok();
  }

  Result<PlannedField> PlanField(const Merged& merged, const ObjectType& type, const Root* root) {
    const Selection& selection = *merged.first;
    PlannedField planned{.response_name = selection.response_name(), .parent = &type};
    if (selection.name != "__typename") {
      planned.field = type.Find(selection.name);
      if (planned.field == nullptr)
        return Status::InvalidArgument("Cannot query field '" + selection.name + "' on type '" +
                                       type.name + "'.");
      planned.member = ToSnakeCase(selection.name);
    }
    REEVE_RETURN_IF_ERROR(PlanArguments(selection, root, planned));
    const bool is_leaf = planned.field == nullptr || IsLeaf(*planned.field);
    if (is_leaf != merged.selections.empty()) return WrongSelection(planned, selection.name);
    if (is_leaf) return planned;
    REEVE_ASSIGN_OR_RETURN(planned.children,
                           PlanLevel(merged.selections, *planned.field->object, nullptr));
    return planned;
  }

  static Status WrongSelection(const PlannedField& planned, const std::string& name) {
    const std::string type = planned.field == nullptr ? "String!" : TypeName(*planned.field);
    if (planned.field == nullptr || IsLeaf(*planned.field))
      return Status::InvalidArgument("Field '" + name + "' must not have a selection since type '" +
                                     type + "' has no subfields.");
    return Status::InvalidArgument("Field '" + name + "' of type '" + type +
                                   "' must have a selection of subfields. Did you mean '" + name +
                                   " { ... }'?");
  }

  // Only fields of the root have one.
  Status PlanArguments(const Selection& selection, const Root* root, PlannedField& planned) {
    if (root != nullptr && planned.field != nullptr) {
      planned.root =
          &root->fields[static_cast<std::size_t>(planned.field - planned.parent->fields.data())];
    }
    REEVE_RETURN_IF_ERROR(CheckArgumentNames(selection.arguments));
    for (const Argument& argument : selection.arguments) {
      if (planned.root == nullptr || argument.name != planned.root->argument)
        return Status::InvalidArgument("Unknown argument '" + argument.name + "' on field '" +
                                       planned.parent->name + "." + selection.name + "'.");
      NoteVariables(argument.value, used_);
      REEVE_ASSIGN_OR_RETURN(
          planned.argument,
          ReadArgument(argument.value, {.type = planned.root->input}, variables_));
    }
    return Status::Ok();
  }

  const Fragments& fragments_;
  const Variables& variables_;
  std::set<std::string_view> used_;
};

Result<const Operation*> Choose(const Document& document, const std::string& name) {
  const auto& operations = document.operations;
  std::set<std::string_view> names;
  for (const Operation& operation : operations) {
    if (operation.name.empty() && operations.size() > 1)
      return Status::InvalidArgument(
          "This anonymous operation must be the only defined operation.");
    if (!names.insert(operation.name).second)
      return Status::InvalidArgument("There can be only one operation named '" + operation.name +
                                     "'.");
  }
  if (name.empty()) {
    if (operations.empty()) return Status::InvalidArgument("Must provide an operation.");
    if (operations.size() == 1) return &operations.front();
    return Status::InvalidArgument(
        "Must provide operation name if query contains multiple operations.");
  }
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [&](const Operation& one) { return one.name == name; });
  if (found == operations.end())
    return Status::InvalidArgument("Unknown operation named '" + name + "'.");
  return &*found;
}

// Fragments that something reaches, found from the operations; refuses those that reach themselves.
class FragmentWalk {
 public:
  explicit FragmentWalk(const Fragments& fragments) : fragments_(fragments) {}

  Status Walk(const std::vector<Selection>& selections) {
    for (const Selection& selection : selections) {
      if (selection.kind == Selection::Kind::kSpread) {
        REEVE_RETURN_IF_ERROR(Spread(selection.name));
      } else {
        REEVE_RETURN_IF_ERROR(Walk(selection.selections));
      }
    }
    return Status::Ok();
  }

  bool WasReached(const std::string& name) const { return reached_.contains(name); }

 private:
  Status Spread(const std::string& name) {
    const auto found = fragments_.find(name);
    if (found == fragments_.end()) return Status::Ok();
    if (open_.contains(name))
      return Status::InvalidArgument("Cannot spread fragment '" + name + "' within itself.");
    if (!reached_.insert(name).second) return Status::Ok();
    open_.insert(name);
    REEVE_RETURN_IF_ERROR(Walk(found->second->selections));
    open_.erase(name);
    return Status::Ok();
  }

  const Fragments& fragments_;
  std::set<std::string_view> reached_;
  std::set<std::string_view> open_;
};

Status CheckFragments(const Document& document, Fragments& fragments) {
  for (const Fragment& fragment : document.fragments) {
    if (!fragments.emplace(fragment.name, &fragment).second)
      return Status::InvalidArgument("There can be only one fragment named '" + fragment.name +
                                     "'.");
  }
  FragmentWalk walk(fragments);
  for (const Operation& operation : document.operations) {
    REEVE_RETURN_IF_ERROR(walk.Walk(operation.selections));
  }
  for (const Fragment& fragment : document.fragments) {
    if (!walk.WasReached(fragment.name))
      return Status::InvalidArgument("Fragment '" + fragment.name + "' is never used.");
  }
  return Status::Ok();
}

}  // namespace

Result<Plan> MakePlan(const Document& document, const PlanOptions& options) {
  Fragments fragments;
  REEVE_RETURN_IF_ERROR(CheckFragments(document, fragments));
  REEVE_ASSIGN_OR_RETURN(const Operation* const operation, Choose(document, options.operation));
  const Root* const root = FindRoot(operation->kind);
  if (root == nullptr)
    return Status::InvalidArgument("Schema is not configured to execute " + operation->kind +
                                   " operation.");
  REEVE_ASSIGN_OR_RETURN(const Variables variables,
                         Variables::Read(operation->variables, options.variables));
  Planner planner(fragments, variables);
  REEVE_RETURN_IF_ERROR(planner.CheckOperation(*operation));
  Plan plan{.root = root, .fields = {}};
  REEVE_ASSIGN_OR_RETURN(plan.fields,
                         planner.PlanLevel({&operation->selections}, root->type, root));
  REEVE_RETURN_IF_ERROR(planner.CheckAllVariablesUsed(*operation));
  return plan;
}

}  // namespace reeve::mlflow::graphql
