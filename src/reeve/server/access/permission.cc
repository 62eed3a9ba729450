#include "reeve/server/access/permission.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reeve::server {
namespace {

constexpr std::array<std::pair<std::string_view, Permission>, 6> kWords = {
    {{"READ", Permission::kRead},
     {"USE", Permission::kUse},
     {"EDIT", Permission::kEdit},
     {"MANAGE", Permission::kManage},
     {"NO_PERMISSIONS", Permission::kNone},
     {"DENY", Permission::kDeny}}};

}  // namespace

std::optional<Permission> ParsePermission(std::string_view word) {
  for (const auto& [known, permission] : kWords) {
    if (known == word) return permission;
  }
  return std::nullopt;
}

std::string_view PermissionWord(Permission permission) {
  for (const auto& [word, known] : kWords) {
    if (known == permission) return word;
  }
  return "DENY";
}

bool Allows(Permission permission, Action action) {
  switch (action) {
    case Action::kRead:
      return permission >= Permission::kRead;
    case Action::kUse:
      return permission >= Permission::kUse;
    case Action::kUpdate:
      return permission >= Permission::kEdit;
    case Action::kDelete:
    case Action::kManage:
      return permission >= Permission::kManage;
  }
  return false;
}

GrantSet::GrantSet(std::vector<Grant> grants, Permission fallback)
    : grants_(std::move(grants)), fallback_(fallback) {
  manages_all_ = std::ranges::any_of(grants_, [](const Grant& grant) {
    return grant.type == "workspace" && grant.pattern == "*" &&
           grant.permission == Permission::kManage;
  });
}

std::optional<Permission> GrantSet::Said(std::string_view type, std::string_view id) const {
  std::optional<Permission> best;
  for (const Grant& grant : grants_) {
    if (grant.type != type || (grant.pattern != "*" && grant.pattern != id)) continue;
    if (grant.permission == Permission::kDeny) return Permission::kDeny;
    best = std::max(best.value_or(grant.permission), grant.permission);
  }
  return best;
}

Permission GrantSet::WithDefault(std::optional<Permission> said) const {
  if (!said) return fallback_;
  if (*said <= Permission::kNone) return *said;
  return std::max(*said, fallback_);
}

Permission GrantSet::On(std::string_view type, std::string_view id) const {
  return manages_all_ ? Permission::kManage : WithDefault(Said(type, id));
}

Permission GrantSet::OnPart(std::string_view part, std::string_view type,
                            std::string_view id) const {
  if (manages_all_) return Permission::kManage;
  const std::optional<Permission> said = Said(part, "*");
  return WithDefault(said ? said : Said(type, id));
}

bool GrantSet::Denies(std::string_view type) const {
  return !manages_all_ && Said(type, "*") == Permission::kDeny;
}

std::vector<std::string> GrantSet::Named(std::string_view type) const {
  std::vector<std::string> names;
  for (const Grant& grant : grants_) {
    if (grant.type == type && grant.pattern != "*") names.push_back(grant.pattern);
  }
  std::ranges::sort(names);
  const auto doubled = std::ranges::unique(names);
  names.erase(doubled.begin(), doubled.end());
  return names;
}

}  // namespace reeve::server
