#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::features {

/// What a text is cut into.
struct TermOptions {
  enum class Kind {
    /// Runs of word characters, and runs of such words.
    kWords,
    /// Runs of characters inside of what stands between blanks, which a blank opens and closes.
    kCharacters,
  };
  Kind kind = Kind::kWords;
  /// Words or characters of a term, at least and at most.
  int shortest = 1, longest = 2;
  /// Words of fewer characters are passed over. Only for kWords.
  int min_word_characters = 1;
};

/// Cuts texts into terms, all in lower case: for kWords what scikit-learn's CountVectorizer calls
/// analyzer="word" (with min_word_characters = 2 its default pattern), for kCharacters "char_wb".
/// Keeps the memory it works in from text to text. Thread-compatible: one per thread.
class Tokeniser {
 public:
  explicit Tokeniser(const TermOptions& options) : options_(options) {}
  void set_options(const TermOptions& options) { options_ = options; }

  /// Calls `take(std::string_view)` for every term, repeated ones again; the views live until the
  /// next call.
  template <typename Take>
  void ForEachTerm(std::string_view text, Take&& take) {
    if (options_.kind == TermOptions::Kind::kWords) {
      ReadWords(text);
      TakeWords(take);
    } else {
      ReadPieces(text);
      TakeCharacters(take);
    }
  }
  /// Words of `text`, however short.
  static std::int64_t CountWords(std::string_view text);

 private:
  struct Piece {
    std::size_t begin = 0, end = 0;
  };

  // Fills lower_ with the words and a blank between them, pieces_ with where they stand.
  void ReadWords(std::string_view text);
  // Fills lower_ with " piece piece ", characters_ with where each character starts, and pieces_
  // with the characters of each piece, its blanks included.
  void ReadPieces(std::string_view text);

  template <typename Take>
  void TakeWords(Take& take) const {
    const std::string_view lower = lower_;
    for (std::size_t first = 0; first < pieces_.size(); ++first) {
      for (int words = options_.shortest; words <= options_.longest; ++words) {
        const std::size_t last = first + static_cast<std::size_t>(words) - 1;
        if (last >= pieces_.size()) break;
        take(lower.substr(pieces_[first].begin, pieces_[last].end - pieces_[first].begin));
      }
    }
  }

  template <typename Take>
  void TakeCharacters(Take& take) const {
    const std::string_view lower = lower_;
    const auto part = [&](std::size_t begin, std::size_t end) {
      return lower.substr(characters_[begin], characters_[end] - characters_[begin]);
    };
    for (const Piece& piece : pieces_) {
      for (int length = options_.shortest; length <= options_.longest; ++length) {
        const auto count = static_cast<std::size_t>(length);
        // A piece that is not longer than the term is taken whole, once.
        if (piece.end - piece.begin <= count) {
          take(part(piece.begin, piece.end));
          break;
        }
        for (std::size_t begin = piece.begin; begin + count <= piece.end; ++begin)
          take(part(begin, begin + count));
      }
    }
  }

  TermOptions options_;
  std::string lower_;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> characters_;
};

}  // namespace reeve::features
