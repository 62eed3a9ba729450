#include "reeve/predictions/columns.h"

#include <algorithm>
#include <numeric>

#include "reeve/predictions/block.h"
#include "reeve/predictions/bytes.h"
#include "reeve/predictions/cell_kinds.h"

namespace reeve::predictions {
namespace {

using contract::Cell;

void PutTexts(std::string& out, const TextCells& texts) {
  PutArray<std::uint32_t>(out, texts.lengths);
  out.append(texts.bytes);
}

bool ReadTexts(ByteReader& reader, std::uint64_t count, TextCells* texts) {
  if (!reader.ReadArray(count, &texts->lengths)) return false;
  const std::uint64_t size =
      std::accumulate(texts->lengths.begin(), texts->lengths.end(), std::uint64_t{0});
  std::string_view bytes;
  if (!reader.Take(size, &bytes)) return false;
  texts->bytes = bytes;
  return true;
}

void PutField(std::string& out, const FieldCells& field) {
  const bool is_uniform = std::adjacent_find(field.kinds.begin(), field.kinds.end(),
                                             std::not_equal_to<>()) == field.kinds.end();
  Put(out, is_uniform && !field.kinds.empty() ? field.kinds.front() : kMixed);
  if (!is_uniform || field.kinds.empty()) PutArray<std::uint8_t>(out, field.kinds);
  PutPlanes<double>(out, field.numbers);
  PutTexts(out, field.texts);
}

bool ReadField(ByteReader& reader, std::uint32_t rows, FieldCells* field) {
  std::uint8_t kind = 0;
  if (!reader.Read(&kind)) return false;
  if (kind == kMixed) {
    if (!reader.ReadArray(rows, &field->kinds)) return false;
  } else {
    field->kinds.assign(rows, kind);
  }
  if (std::any_of(field->kinds.begin(), field->kinds.end(),
                  [](std::uint8_t k) { return k > kText; }))
    return false;
  const auto texts = std::count(field->kinds.begin(), field->kinds.end(), kText);
  const auto missing = std::count(field->kinds.begin(), field->kinds.end(), kMissing);
  return ReadPlanes(reader, static_cast<std::uint64_t>(rows - texts - missing), &field->numbers) &&
         ReadTexts(reader, static_cast<std::uint64_t>(texts), &field->texts);
}

Status Damaged(std::string_view what) {
  return Status::Corrupt("a block of " + std::string(what) + " is not what its head says");
}

void ClearTexts(TextCells& texts) {
  texts.lengths.clear();
  texts.bytes.clear();
}

}  // namespace

std::vector<std::string_view> TextCells::Views() const {
  std::vector<std::string_view> views;
  views.reserve(lengths.size());
  std::string_view rest = bytes;
  for (const std::uint32_t length : lengths) {
    views.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return views;
}

void RowColumns::Clear(const Schema& schema) {
  times_ms.clear();
  rows.clear();
  predicted.clear();
  probabilities.resize(schema.contract.classes.size());
  for (auto& column : probabilities) column.clear();
  ClearTexts(request_ids);
  ClearTexts(keys);
  fields.resize(schema.contract.columns.size());
  for (FieldCells& field : fields) {
    field.kinds.clear();
    field.numbers.clear();
    ClearTexts(field.texts);
  }
  bytes = 0;
}

std::string EncodeRows(const RowColumns& columns) {
  std::string out;
  out.reserve(columns.bytes + columns.fields.size());
  PutPlanes<std::int64_t>(out, columns.times_ms);
  PutArray<std::uint32_t>(out, columns.rows);
  PutArray<std::int32_t>(out, columns.predicted);
  for (const auto& column : columns.probabilities) PutPlanes<double>(out, column);
  PutTexts(out, columns.request_ids);
  PutTexts(out, columns.keys);
  for (const FieldCells& field : columns.fields) PutField(out, field);
  return out;
}

Result<RowColumns> DecodeRows(std::string_view payload, std::uint32_t rows, const Schema& schema) {
  const std::size_t classes = schema.contract.classes.size();
  const std::size_t fields = schema.contract.columns.size();
  if (rows == 0 || rows > kMostCells / (classes + fields)) return Damaged("rows");
  ByteReader reader(payload);
  RowColumns columns;
  columns.Clear(schema);
  bool good = ReadPlanes(reader, rows, &columns.times_ms) &&
              reader.ReadArray(rows, &columns.rows) && reader.ReadArray(rows, &columns.predicted);
  for (auto& column : columns.probabilities) good = good && ReadPlanes(reader, rows, &column);
  good = good && ReadTexts(reader, rows, &columns.request_ids) &&
         ReadTexts(reader, rows, &columns.keys);
  for (FieldCells& field : columns.fields) good = good && ReadField(reader, rows, &field);
  if (!good || reader.left() != 0) return Damaged("rows");
  for (const std::int32_t predicted : columns.predicted) {
    if (predicted < 0 || static_cast<std::size_t>(predicted) >= classes) return Damaged("rows");
  }
  columns.bytes = payload.size();
  return columns;
}

void LabelColumns::Clear() {
  times_ms.clear();
  rows.clear();
  for (TextCells* texts : {&request_ids, &keys, &models, &labels}) ClearTexts(*texts);
  bytes = 0;
}

std::string EncodeLabels(const LabelColumns& columns) {
  std::string out;
  PutPlanes<std::int64_t>(out, columns.times_ms);
  PutPlanes<std::int64_t>(out, columns.rows);
  for (const TextCells* texts :
       {&columns.request_ids, &columns.keys, &columns.models, &columns.labels})
    PutTexts(out, *texts);
  return out;
}

Result<LabelColumns> DecodeLabels(std::string_view payload, std::uint32_t rows) {
  ByteReader reader(payload);
  LabelColumns columns;
  bool good = rows > 0 && ReadPlanes(reader, rows, &columns.times_ms) &&
              ReadPlanes(reader, rows, &columns.rows);
  for (TextCells* texts : {&columns.request_ids, &columns.keys, &columns.models, &columns.labels})
    good = good && ReadTexts(reader, rows, texts);
  if (!good || reader.left() != 0) return Damaged("labels");
  columns.bytes = payload.size();
  return columns;
}

}  // namespace reeve::predictions
