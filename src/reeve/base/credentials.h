#pragma once

#include <string>

namespace reeve {

/// A URL, or a word with one in it, without what opens doors: all before the last "@" of
/// "SCHEME://USER:PASSWORD@…" and the values of settings whose names end with "password" become
/// "***". For messages, logs and records. What holds no "://" stays as it is.
std::string MaskCredentials(const std::string& text);

}  // namespace reeve
