#include "reeve/base/nearest.h"

#include <algorithm>

#include "reeve/base/text.h"

namespace reeve {
namespace {

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// Words longer than this are no typing mistakes, and comparing them would cost time for nothing.
constexpr std::size_t kLongestWord = 256;
constexpr std::size_t kListed = 8;

}  // namespace

std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return std::nullopt;
  const std::string lower = ToLower(word);
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = Distance(lower, ToLower(candidate));
    const std::size_t letters = std::max(word.size(), candidate.size());
    const std::size_t limit = std::max<std::size_t>(1, letters / 3);
    // Of words of one letter each is at distance 1 from every other.
    if (distance <= limit && distance < letters && (!best || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string Suggest(std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto near = Nearest(word, candidates)) return " Did you mean " + Quote(*near) + "?";
  if (candidates.empty()) return "";
  std::string list;
  for (std::size_t i = 0; i < candidates.size() && i < kListed; ++i) {
    if (i > 0) list += ", ";
    list += candidates[i];
  }
  if (candidates.size() > kListed) list += ", …";
  return " Valid: " + list + ".";
}

}  // namespace reeve
