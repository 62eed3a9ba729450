#include "reeve/features/coded_column.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace reeve::features {
namespace {

// Missing values, as long as the number of values is not known.
constexpr std::uint32_t kMissing = std::numeric_limits<std::uint32_t>::max();

void CodeCategories(const Column& column, std::span<const std::int64_t> rows, CodedColumn& coded) {
  std::vector<std::uint32_t> place_of(column.dictionary().size(), kMissing);
  for (const std::int64_t row : rows) {
    const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
    if (code == kMissingCode) {
      coded.places.push_back(kMissing);
      continue;
    }
    std::uint32_t& place = place_of[static_cast<std::size_t>(code)];
    if (place == kMissing) {
      place = static_cast<std::uint32_t>(coded.input.categories.size());
      coded.input.categories.push_back(column.dictionary()[static_cast<std::size_t>(code)]);
    }
    coded.places.push_back(place);
  }
}

void CodeNumbers(const Column& column, std::span<const std::int64_t> rows, CodedColumn& coded) {
  KeyIndex index;
  for (const std::int64_t row : rows) {
    const double number = column.numbers()[static_cast<std::size_t>(row)] + 0.0;  // -0 is 0
    if (std::isnan(number)) {
      coded.places.push_back(kMissing);
      continue;
    }
    const std::uint32_t place = index.Add(std::bit_cast<std::uint64_t>(number));
    if (place == coded.input.numbers.size()) coded.input.numbers.push_back(number);
    coded.places.push_back(place);
    if (index.size() > rows.size() / 2) return;
  }
}

// The values at the ends of equal shares of the rows, each once, the smallest left out.
std::vector<double> FindCuts(std::span<const double> numbers, std::span<const std::int64_t> rows) {
  constexpr std::size_t kMostBins = 32;
  std::vector<double> sorted;
  sorted.reserve(rows.size());
  for (const std::int64_t row : rows) {
    const double number = numbers[static_cast<std::size_t>(row)];
    if (!std::isnan(number)) sorted.push_back(number);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> cuts;
  for (std::size_t bin = 1; bin < kMostBins && !sorted.empty(); ++bin) {
    const double cut = sorted[bin * sorted.size() / kMostBins];
    if (cut > (cuts.empty() ? sorted.front() : cuts.back())) cuts.push_back(cut);
  }
  return cuts;
}

}  // namespace

std::optional<CodedColumn> CodeColumn(const Column& column, std::span<const std::int64_t> rows) {
  CodedColumn coded{.input = {.source = {column.name(), column.storage()}}, .places = {}};
  coded.places.reserve(rows.size());
  if (column.type() == ColumnType::kCategory && column.storage() == Column::Storage::kCodes) {
    CodeCategories(column, rows, coded);
  } else if ((column.type() == ColumnType::kInteger || column.type() == ColumnType::kBoolean) &&
             column.storage() == Column::Storage::kNumbers) {
    CodeNumbers(column, rows, coded);
  } else {
    return std::nullopt;
  }
  if (coded.input.known() < 2 || coded.input.known() > rows.size() / 2) return std::nullopt;
  std::replace(coded.places.begin(), coded.places.end(), kMissing,
               static_cast<std::uint32_t>(coded.input.missing_place()));
  return coded;
}

std::optional<CodedColumn> BinColumn(const Column& column, std::span<const std::int64_t> rows) {
  if (column.type() != ColumnType::kInteger && column.type() != ColumnType::kReal)
    return std::nullopt;
  CodedColumn binned{.input = {.source = {column.name(), column.storage()}}, .places = {}};
  binned.input.cuts = FindCuts(column.numbers(), rows);
  if (binned.input.cuts.empty()) return std::nullopt;
  binned.places.reserve(rows.size());
  for (const std::int64_t row : rows) {
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    binned.places.push_back(static_cast<std::uint32_t>(
        std::isnan(number) ? binned.input.missing_place() : binned.input.BinOf(number)));
  }
  return binned;
}

RowGroups GroupRows(std::span<const CodedColumn> columns, std::vector<std::size_t> inputs,
                    std::size_t rows) {
  RowGroups grouped{.inputs = std::move(inputs), .ids = {}};
  grouped.ids.reserve(rows);
  KeyIndex index;
  for (std::size_t i = 0; i < rows; ++i) {
    std::uint64_t key = 0;
    for (const std::size_t input : grouped.inputs)
      key = key * columns[input].input.places() + columns[input].places[i];
    grouped.ids.push_back(index.Add(key));
  }
  grouped.groups = index.size();
  return grouped;
}

}  // namespace reeve::features
