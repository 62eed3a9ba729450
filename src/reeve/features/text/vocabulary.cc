#include "reeve/features/text/vocabulary.h"

#include <algorithm>
#include <functional>

namespace reeve::features {

std::uint64_t TermTable::Hash(std::string_view term) { return std::hash<std::string_view>()(term); }

std::size_t TermTable::SlotOf(std::string_view term, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  std::size_t slot = hash & mask;
  while (slots_[slot].number != kUnknown &&
         (slots_[slot].hash != tag || this->term(slots_[slot].number) != term))
    slot = (slot + 1) & mask;
  return slot;
}

std::int32_t TermTable::Find(std::string_view term) const {
  return slots_[SlotOf(term, Hash(term))].number;
}

std::int32_t TermTable::Insert(std::string_view term) {
  const std::uint64_t hash = Hash(term);
  std::size_t slot = SlotOf(term, hash);
  if (slots_[slot].number != kUnknown) return slots_[slot].number;
  if (2 * offsets_.size() > slots_.size()) {
    Grow();
    slot = SlotOf(term, hash);
  }
  const std::int32_t number = size();
  slots_[slot] = {.hash = static_cast<std::uint32_t>(hash >> 32U), .number = number};
  bytes_.append(term);
  offsets_.push_back(bytes_.size());
  return number;
}

void TermTable::Grow() {
  slots_.assign(2 * slots_.size(), Slot());
  for (std::int32_t number = 0; number < size(); ++number) {
    const std::uint64_t hash = Hash(term(number));
    slots_[SlotOf(term(number), hash)] = {.hash = static_cast<std::uint32_t>(hash >> 32U),
                                          .number = number};
  }
}

void RowCounts::NextRow() {
  ++row_;
  if (terms_.size() > most_terms_) Forget();
}

void RowCounts::Take(std::string_view term) {
  const auto number = static_cast<std::size_t>(terms_.Insert(term));
  if (number == counts_.size()) counts_.emplace_back();
  Count& count = counts_[number];
  if (count.last_row == row_) return;
  count.last_row = row_;
  ++count.rows;
}

void RowCounts::Forget() {
  for (std::int64_t rows = 1; terms_.size() > most_terms_ / 2; ++rows) {
    TermTable kept;
    std::vector<Count> counts;
    for (std::int32_t number = 0; number < terms_.size(); ++number) {
      const Count& count = counts_[static_cast<std::size_t>(number)];
      if (count.rows <= rows) continue;
      kept.Insert(terms_.term(number));
      counts.push_back(count);
    }
    terms_ = std::move(kept);
    counts_ = std::move(counts);
  }
}

std::vector<RowCounts::Entry> RowCounts::Choose(std::int64_t min_rows, std::size_t most) const {
  std::vector<Entry> chosen;
  for (std::int32_t number = 0; number < terms_.size(); ++number) {
    const std::int64_t rows = counts_[static_cast<std::size_t>(number)].rows;
    if (rows >= min_rows) chosen.push_back({.term = terms_.term(number), .rows = rows});
  }
  if (chosen.size() > most) {
    std::nth_element(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(most),
                     chosen.end(), [](const Entry& a, const Entry& b) {
                       return a.rows > b.rows || (a.rows == b.rows && a.term < b.term);
                     });
    chosen.resize(most);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const Entry& a, const Entry& b) { return a.term < b.term; });
  return chosen;
}

}  // namespace reeve::features
