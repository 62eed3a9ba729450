#pragma once

#include <string>
#include <string_view>

namespace reeve::sql {

/// `sql` with SQLite's placeholders in PostgreSQL's spelling: "?" and "?2" become "$1", "$2". As in
/// SQLite, a "?" without a number is one more than the greatest before it. Texts, quoted names and
/// comments are left alone.
std::string NumberPlaceholders(std::string_view sql);

}  // namespace reeve::sql
