#include "reeve/sql/postgres/placeholders.h"

#include <algorithm>

namespace reeve::sql {
namespace {

// Where what starts at `at` and must not be looked into ends; `at` itself when nothing starts.
std::size_t EndOfOpaque(std::string_view sql, std::size_t at) {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const std::size_t found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  const std::string_view rest = sql.substr(at);
  // A doubled quote ends one text and starts the next, which comes to the same.
  if (rest.starts_with('\'') || rest.starts_with('"')) return behind(rest.substr(0, 1), at + 1);
  if (rest.starts_with("--")) return behind("\n", at + 2);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  return at;
}

}  // namespace

std::string NumberPlaceholders(std::string_view sql) {
  std::string numbered;
  numbered.reserve(sql.size() + 16);
  int greatest = 0;
  for (std::size_t i = 0; i < sql.size();) {
    if (const std::size_t end = EndOfOpaque(sql, i); end > i) {
      numbered.append(sql.substr(i, end - i));
      i = end;
      continue;
    }
    const char c = sql[i++];
    if (c != '?') {
      numbered += c;
      continue;
    }
    int number = 0;
    while (i < sql.size() && sql[i] >= '0' && sql[i] <= '9' && number < 100'000)
      number = 10 * number + (sql[i++] - '0');
    if (number == 0) number = greatest + 1;
    greatest = std::max(greatest, number);
    numbered += '$';
    numbered += std::to_string(number);
  }
  return numbered;
}

}  // namespace reeve::sql
