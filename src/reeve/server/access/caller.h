#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/server/http.h"

namespace reeve::server {

/// Who calls, once it was checked.
struct Caller {
  /// Of the user or of the token; never empty.
  std::string name;
  /// What the routes may ask for. kAdmin: everything.
  Role role = Role::kRead;
  /// Of a user whose grants decide, thing by thing; nothing for tokens and administrators.
  std::optional<std::int64_t> user_id = std::nullopt;
};

/// What becomes known of a call on its way through the layers; lives as long as its request.
struct CallNotes {
  /// Null: nobody has to say who they are.
  const Caller* caller = nullptr;
  /// What it is about, for the audit log: {"run", "8d2c…"}.
  std::vector<std::pair<std::string_view, std::string>> subjects = {};
  /// A part of it was refused to its caller, in an answer that says so with a status of 200.
  bool is_refused_in_part = false;
};

}  // namespace reeve::server
