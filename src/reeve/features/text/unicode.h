#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reeve::features {

// What texts are cut by: characters of UTF-8, independent of any locale, with the tables of Unicode
// 14 (letters and digits as Python's str.isalnum sees them, simple lower case).

/// What stands for bytes that are no UTF-8; neither part of a word nor blank.
inline constexpr char32_t kNoCharacter = 0xFFFD;

/// The character at `at`, which moves behind it; kNoCharacter, and one byte on, where none is
/// spelt. REQUIRES: at < text.size().
char32_t NextCharacter(std::string_view text, std::size_t& at);
void AppendCharacter(char32_t character, std::string& out);

/// Letters, digits, other numbers and the underscore.
bool IsWordCharacter(char32_t character);
bool IsBlank(char32_t character);
/// The one character that is its lower case; itself without one.
char32_t LowerCase(char32_t character);

}  // namespace reeve::features
