#include "reeve/honesty/column_groups.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"

namespace reeve::honesty {
namespace {

constexpr std::size_t kRowsPerBin = 20;
constexpr std::size_t kMostBins = 256;
// Beginnings of long texts tell enough.
constexpr std::size_t kMostWords = 256;

// Numbers groups by key in order of appearance; one group for each row unless added more often.
template <typename Key>
class Grouping {
 public:
  void Add(const Key& key) {
    const auto next = static_cast<std::int32_t>(ids_.size());
    groups_.groups.push_back(ids_.try_emplace(key, next).first->second);
  }
  void StartRow() { groups_.starts.push_back(groups_.groups.size()); }
  ColumnGroups Finish(bool is_text) {
    groups_.starts.push_back(groups_.groups.size());
    groups_.count = static_cast<std::int32_t>(ids_.size());
    groups_.is_text = is_text;
    return std::move(groups_);
  }

 private:
  std::unordered_map<Key, std::int32_t> ids_;
  ColumnGroups groups_;
};

// Upper edges (exclusive) of bins of about equal frequency.
std::vector<double> BinEdges(std::span<const double> numbers, std::span<const std::int64_t> rows) {
  std::vector<double> sorted;
  for (const std::int64_t row : rows) {
    const double value = numbers[static_cast<std::size_t>(row)];
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  const std::size_t bins = std::clamp<std::size_t>(rows.size() / kRowsPerBin, 2, kMostBins);
  std::vector<double> edges;
  if (sorted.empty()) return edges;
  // An edge before the value at each quantile and one behind it: a value of many rows stands alone.
  for (std::size_t bin = 1; bin < bins; ++bin) {
    const double value = sorted[bin * sorted.size() / bins];
    const auto after = std::upper_bound(sorted.begin(), sorted.end(), value);
    if (edges.empty() || value > edges.back()) edges.push_back(value);
    if (after == sorted.end()) continue;
    const auto before = std::lower_bound(sorted.begin(), sorted.end(), value);
    if (static_cast<std::size_t>(after - before) >= kRowsPerBin && *after > edges.back())
      edges.push_back(*after);
  }
  return edges;
}

ColumnGroups GroupNumbers(const Column& column, std::span<const std::int64_t> rows) {
  const std::vector<double> edges = BinEdges(column.numbers(), rows);
  Grouping<std::ptrdiff_t> grouping;
  for (const std::int64_t row : rows) {
    grouping.StartRow();
    const double value = column.numbers()[static_cast<std::size_t>(row)];
    grouping.Add(std::isnan(value)
                     ? -1
                     : std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
  }
  return grouping.Finish(false);
}

bool IsWordByte(unsigned char byte) {
  // Bytes of letters beyond ASCII belong to words too.
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

template <typename Add>
void ForWords(std::string_view text, const Add& add) {
  std::size_t words = 0;
  for (std::size_t i = 0; i < text.size() && words < kMostWords;) {
    std::size_t end = i;
    while (end < text.size() && IsWordByte(static_cast<unsigned char>(text[end]))) ++end;
    if (end > i) {
      add(ToLower(text.substr(i, end - i)));
      ++words;
    }
    i = end + 1;
  }
}

template <typename Add>
void ForElements(std::string_view text, const Add& add) {
  const Result<Json> list = ParseJson(text);
  if (!list.ok() || !list->is_array()) return add(std::string(text));
  std::size_t elements = 0;
  for (const Json& element : *list) {
    if (++elements > kMostWords) return;
    add(element.is_string() ? element.get<std::string>() : DumpJson(element));
  }
}

ColumnGroups GroupTexts(const Column& column, std::span<const std::int64_t> rows) {
  const bool is_list = column.type() == ColumnType::kList;
  Grouping<std::string> grouping;
  for (const std::int64_t row : rows) {
    grouping.StartRow();
    bool any = false;
    const auto add = [&](std::string part) {
      any = true;
      grouping.Add(std::move(part));
    };
    const std::string text = column.ToText(row);
    if (is_list) {
      ForElements(text, add);
    } else {
      ForWords(text, add);
    }
    if (!any) grouping.Add("");
  }
  return grouping.Finish(true);
}

ColumnGroups GroupValues(const Column& column, std::span<const std::int64_t> rows) {
  if (column.storage() == Column::Storage::kCodes) {
    Grouping<std::int32_t> grouping;
    for (const std::int64_t row : rows) {
      grouping.StartRow();
      grouping.Add(column.codes()[static_cast<std::size_t>(row)]);
    }
    return grouping.Finish(false);
  }
  Grouping<std::string> grouping;
  for (const std::int64_t row : rows) {
    grouping.StartRow();
    grouping.Add(std::string(column.text(row)));
  }
  return grouping.Finish(false);
}

}  // namespace

ColumnGroups GroupColumn(const Column& column, std::span<const std::int64_t> rows) {
  if (column.storage() == Column::Storage::kNumbers) return GroupNumbers(column, rows);
  if (column.type() == ColumnType::kText || column.type() == ColumnType::kList)
    return GroupTexts(column, rows);
  return GroupValues(column, rows);
}

std::string GroupText(const Column& column, std::span<const std::int64_t> rows,
                      const ColumnGroups& groups, std::int32_t group_idx) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (groups.of(i).front() != group_idx) continue;
    return column.IsMissing(rows[i]) ? "missing" : Quote(column.ToText(rows[i]), 40);
  }
  return "";
}

}  // namespace reeve::honesty
