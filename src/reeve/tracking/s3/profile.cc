#include "reeve/tracking/s3/profile.h"

#include "reeve/base/text.h"

namespace reeve::tracking {

std::optional<std::map<std::string, std::string>> FindProfile(std::string_view text,
                                                              std::string_view section) {
  std::optional<std::map<std::string, std::string>> profile;
  bool is_inside = false;
  for (const std::string& raw : Split(text, '\n')) {
    const std::string_view line = Trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line.front() == '[') {
      is_inside = line.back() == ']' && Trim(line.substr(1, line.size() - 2)) == section;
      if (is_inside && !profile) profile.emplace();
      continue;
    }
    const std::size_t equals = line.find('=');
    const bool is_nested = raw[0] == ' ' || raw[0] == '\t';
    if (!is_inside || is_nested || equals == std::string_view::npos) continue;
    (*profile)[ToLower(Trim(line.substr(0, equals)))] = Trim(line.substr(equals + 1));
  }
  return profile;
}

}  // namespace reeve::tracking
