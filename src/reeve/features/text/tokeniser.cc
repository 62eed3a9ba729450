#include "reeve/features/text/tokeniser.h"

#include "reeve/features/text/unicode.h"

namespace reeve::features {

void Tokeniser::ReadWords(std::string_view text) {
  lower_.clear();
  pieces_.clear();
  std::size_t begin = 0;
  int characters = 0;
  const auto end_word = [&] {
    if (characters >= options_.min_word_characters && characters > 0) {
      pieces_.push_back({begin, lower_.size()});
      lower_.push_back(' ');
    } else {
      lower_.resize(begin);
    }
    begin = lower_.size();
    characters = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = NextCharacter(text, at);
    if (IsWordCharacter(character)) {
      AppendCharacter(LowerCase(character), lower_);
      ++characters;
    } else if (characters > 0) {
      end_word();
    }
  }
  end_word();
}

void Tokeniser::ReadPieces(std::string_view text) {
  lower_.assign(1, ' ');
  characters_.assign(1, 0);
  pieces_.clear();
  std::size_t begin = 0;  // the blank that opens the piece
  const auto end_piece = [&] {
    if (characters_.size() == begin + 1) return;
    characters_.push_back(lower_.size());
    lower_.push_back(' ');
    pieces_.push_back({begin, characters_.size()});
    begin = characters_.size() - 1;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = NextCharacter(text, at);
    if (IsBlank(character)) {
      end_piece();
      continue;
    }
    characters_.push_back(lower_.size());
    AppendCharacter(LowerCase(character), lower_);
  }
  end_piece();
  characters_.push_back(lower_.size());
}

std::int64_t Tokeniser::CountWords(std::string_view text) {
  std::int64_t words = 0;
  bool is_inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool is_word = IsWordCharacter(NextCharacter(text, at));
    words += is_word && !is_inside ? 1 : 0;
    is_inside = is_word;
  }
  return words;
}

}  // namespace reeve::features
