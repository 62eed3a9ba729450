#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::server {

/// What a user may do with a thing, in MLflow's words; each includes the one before.
enum class Permission { kDeny, kNone, kRead, kUse, kEdit, kManage };

/// What a call does to a thing.
enum class Action { kRead, kUse, kUpdate, kDelete, kManage };

/// "NO_PERMISSIONS"; nothing for other words.
std::optional<Permission> ParsePermission(std::string_view word);
std::string_view PermissionWord(Permission permission);
bool Allows(Permission permission, Action action);

/// A row of role_permissions: what is granted on a thing, or on all of its type ("*").
struct Grant {
  /// "experiment", "registered_model", "run", …
  std::string type;
  /// An id or a name, or "*".
  std::string pattern;
  Permission permission = Permission::kNone;
};

/// The grants of one user as they decide, with MLflow's rules: a denial beats everything, else the
/// highest counts and lies never below the default; where nothing is granted the default holds.
/// Immutable, so thread-safe.
class GrantSet {
 public:
  GrantSet(std::vector<Grant> grants, Permission fallback);

  /// On everything, whatever else is said: MANAGE on the workspace.
  bool manages_all() const { return manages_all_; }
  /// On a thing.
  Permission On(std::string_view type, std::string_view id) const;
  /// On what belongs to a thing, such as a run to its experiment: grants on all of `part` count
  /// first, what holds for the thing itself when there are none.
  Permission OnPart(std::string_view part, std::string_view type, std::string_view id) const;
  bool Denies(std::string_view type) const;
  /// Ids and names of a type that are granted one by one.
  std::vector<std::string> Named(std::string_view type) const;

 private:
  std::optional<Permission> Said(std::string_view type, std::string_view id) const;
  Permission WithDefault(std::optional<Permission> said) const;

  std::vector<Grant> grants_;
  Permission fallback_;
  bool manages_all_ = false;
};

}  // namespace reeve::server
