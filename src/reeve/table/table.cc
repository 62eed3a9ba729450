#include "reeve/table/table.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "reeve/base/digest.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve {
namespace {

void AddNumbers(std::span<const double> numbers, TableDigest& digest) {
  std::array<double, 512> block;
  for (std::size_t begin = 0; begin < numbers.size(); begin += block.size()) {
    const auto part = numbers.subspan(begin, std::min(block.size(), numbers.size() - begin));
    // One representation for every NaN and for both zeros.
    for (std::size_t i = 0; i < part.size(); ++i)
      block[i] = part[i] != part[i] ? kMissingNumber : part[i] + 0.0;
    digest.Add({reinterpret_cast<const char*>(block.data()), part.size() * sizeof(double)});
  }
}

void AddColumn(const Column& column, TableDigest& digest) {
  digest.AddText(column.name());
  digest.AddText(ColumnTypeName(column.type()));
  if (column.storage() == Column::Storage::kNumbers) {
    AddNumbers(column.numbers(), digest);
    return;
  }
  for (std::int64_t row = 0; row < column.size(); ++row) {
    if (column.storage() == Column::Storage::kTexts) {
      digest.AddText(column.text(row));
    } else {
      const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
      digest.AddText(code == kMissingCode
                         ? std::string_view()
                         : std::string_view(column.dictionary()[static_cast<std::size_t>(code)]));
    }
  }
}

}  // namespace

std::optional<std::size_t> Table::Find(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name() == name) return i;
  }
  return std::nullopt;
}

Result<const Column*> Table::Get(std::string_view name) const {
  if (const auto column_idx = Find(name)) return &columns_[*column_idx];
  return Status::InvalidArgument("column " + Quote(name) + " is not in the table." +
                                 Suggest(name, Names()));
}

std::vector<std::string> Table::Names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name());
  return names;
}

Table Table::Take(std::span<const std::int64_t> rows) const {
  Table taken;
  for (const Column& column : columns_) taken.Add(column.Take(rows));
  return taken;
}

void Table::Append(const Table& other) {
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].Append(other.columns_[i]);
}

std::vector<std::int64_t> AllRows(std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::string DigestOf(const Table& table) {
  TableDigest digest;
  for (const Column& column : table.columns()) AddColumn(column, digest);
  return digest.Hex();
}

}  // namespace reeve
