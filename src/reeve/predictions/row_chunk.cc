#include "reeve/predictions/row_chunk.h"

#include <bit>
#include <cstring>

namespace reeve::predictions {
namespace {

using contract::Cell;

// What the rows of one call share; behind it the request id, then the rows. Of packed rows: behind
// it the payload's size and the payload.
struct RecordHead {
  // Null for a label.
  const Schema* schema;
  std::int64_t time_ms;
  // All of the record.
  std::uint64_t bytes;
  std::uint32_t rows, request_id_bytes;
};

// Behind it, each part padded to 8 bytes: a kind for each field; 8 bytes for each field (number,
// or length of text); the probabilities; the key and the texts.
struct RowHead {
  std::uint64_t bytes;
  std::uint32_t row;
  std::int32_t predicted;
  std::uint64_t key_bytes;
};

// Instead of the bytes of a request id.
constexpr std::uint32_t kPacked = 0xFFFFFFFF;

// Behind it request id, key, model and label.
struct LabelPart {
  std::int64_t row;
  std::uint32_t key_bytes, model_bytes, label_bytes, padding;
};

constexpr std::size_t Padded(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <typename T>
void Store(char* at, const T& value) {
  std::memcpy(at, &value, sizeof(T));
}

std::size_t FixedBytes(const Schema& schema) {
  const std::size_t fields = schema.contract.columns.size();
  return sizeof(RowHead) + Padded(fields) + 8 * fields + 8 * schema.contract.classes.size();
}

std::string_view KeyOf(const ScoredCall& call, std::size_t row) {
  return row < call.keys.size() ? call.keys[row] : std::string_view();
}

// Texts of tables are short, and a call of memcpy costs more than such a text does.
inline void CopyText(char* to, std::string_view text) {
  if (text.size() >= 8 && text.size() <= 16) {
    const auto first = Load<std::uint64_t>(text.data());
    const auto last = Load<std::uint64_t>(text.data() + text.size() - 8);
    Store(to, first);
    Store(to + text.size() - 8, last);
  } else if (!text.empty()) {
    std::memcpy(to, text.data(), text.size());
  }
}

// Copies one row to `at`; null when it does not fit before `end`, else the first byte behind it.
char* WriteRow(const ScoredCall& call, std::size_t row, std::size_t fixed, char* at, char* end) {
  const std::size_t classes = call.probabilities.size() / call.predicted.size();
  const std::size_t fields = call.cells->fields();
  const std::string_view key = KeyOf(call, row);
  if (static_cast<std::size_t>(end - at) < fixed + Padded(key.size())) return nullptr;
  char* kinds = at + sizeof(RowHead);
  char* values = kinds + Padded(fields);
  char* const probabilities = values + 8 * fields;
  char* text = at + fixed;
  for (std::size_t f = 0; f < fields; ++f) {
    const Cell cell = call.cells->At(row, f);
    kinds[f] = static_cast<char>(cell.kind);
    if (cell.kind == Cell::Kind::kText) {
      Store(values + 8 * f, std::uint64_t{cell.text.size()});
      if (static_cast<std::size_t>(end - text) < cell.text.size() + key.size() + 8) return nullptr;
      CopyText(text, cell.text);
      text += cell.text.size();
    } else {
      Store(values + 8 * f, cell.number);
    }
  }
  if (!key.empty()) std::memcpy(text, key.data(), key.size());
  text += key.size();
  std::memcpy(probabilities, call.probabilities.data() + row * classes, 8 * classes);
  const std::size_t bytes = Padded(static_cast<std::size_t>(text - at));
  Store(at, RowHead{bytes, static_cast<std::uint32_t>(row), call.predicted[row], key.size()});
  return at + bytes;
}

}  // namespace

bool RowChunk::Append(const ScoredCall& call, const Schema& schema, std::size_t& row) {
  const std::size_t count = call.predicted.size();
  while (row < count && !IsUsable(call, row)) ++row;
  if (row == count) return true;
  char* const record = memory_.data() + used_;
  char* const end = memory_.data() + memory_.size();
  const std::size_t head = sizeof(RecordHead) + Padded(call.request_id.size());
  if (static_cast<std::size_t>(end - record) < head) return false;
  const std::size_t fixed = FixedBytes(schema);
  char* at = record + head;
  std::uint32_t rows = 0;
  for (; row < count; ++row) {
    if (!IsUsable(call, row)) continue;
    char* const next = WriteRow(call, row, fixed, at, end);
    if (next == nullptr) break;
    at = next;
    ++rows;
  }
  if (rows == 0) return false;
  Store(record, RecordHead{&schema, call.time_ms, static_cast<std::uint64_t>(at - record), rows,
                           static_cast<std::uint32_t>(call.request_id.size())});
  CopyText(record + sizeof(RecordHead), call.request_id);
  used_ = static_cast<std::size_t>(at - memory_.data());
  rows_ += rows;
  return row == count;
}

std::size_t RowChunk::BytesOfRow(const ScoredCall& call, const Schema& schema, std::size_t row) {
  // Padding of request id, key and texts, and the reserve that WriteRow keeps: 32 is enough.
  std::size_t bytes = sizeof(RecordHead) + call.request_id.size() + FixedBytes(schema) +
                      2 * KeyOf(call, row).size() + 32;
  const std::size_t fields = schema.contract.columns.size();
  for (std::size_t f = 0; f < fields; ++f) bytes += call.cells->At(row, f).text.size();
  return bytes;
}

std::size_t RowChunk::BytesOfLabel(const Label& label) {
  return Padded(sizeof(RecordHead) + sizeof(LabelPart) + label.request_id.size() +
                label.key.size() + label.model.size() + label.label.size());
}

std::size_t RowChunk::BytesOfPacked(const Packed& packed) {
  return sizeof(RecordHead) + sizeof(std::uint64_t) + Padded(packed.payload.size());
}

bool RowChunk::AppendPacked(const Packed& packed) {
  const std::size_t bytes = BytesOfPacked(packed);
  if (memory_.size() - used_ < bytes) return false;
  char* at = memory_.data() + used_;
  Store(at, RecordHead{packed.schema, packed.time_ms, bytes, packed.rows, kPacked});
  at += sizeof(RecordHead);
  Store(at, std::uint64_t{packed.payload.size()});
  std::memcpy(at + sizeof(std::uint64_t), packed.payload.data(), packed.payload.size());
  used_ += bytes;
  rows_ += packed.rows;
  return true;
}

bool RowChunk::AppendLabel(const Label& label) {
  const std::size_t bytes = BytesOfLabel(label);
  if (memory_.size() - used_ < bytes) return false;
  char* at = memory_.data() + used_;
  const auto size = [](std::string_view text) { return static_cast<std::uint32_t>(text.size()); };
  Store(at, RecordHead{nullptr, label.time_ms, bytes, 1, size(label.request_id)});
  at += sizeof(RecordHead);
  Store(at, LabelPart{label.row, size(label.key), size(label.model), size(label.label), 0});
  at += sizeof(LabelPart);
  for (const std::string_view text : {label.request_id, label.key, label.model, label.label}) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
  used_ += bytes;
  return true;
}

bool RowChunk::Records::Next() {
  if (rows_left_ > 0) {
    row_ += Load<RowHead>(row_).bytes;
  } else {
    if (at_ == end_) return false;
    record_ = at_;
    const auto head = Load<RecordHead>(at_);
    schema_ = head.schema;
    is_packed_ = schema_ != nullptr && head.request_id_bytes == kPacked;
    if (is_packed_) {
      const char* const payload = at_ + sizeof(RecordHead) + sizeof(std::uint64_t);
      packed_ = {schema_,
                 head.time_ms,
                 head.rows,
                 {payload, Load<std::uint64_t>(at_ + sizeof(RecordHead))}};
      at_ += head.bytes;
      return true;
    }
    rows_left_ = head.rows;
    row_ = at_ + sizeof(RecordHead) + (schema_ != nullptr ? Padded(head.request_id_bytes) : 0);
    at_ += head.bytes;
  }
  --rows_left_;
  return true;
}

void RowChunk::Records::AddRow(RowColumns& columns) const {
  const auto record = Load<RecordHead>(record_);
  const auto row = Load<RowHead>(row_);
  const std::size_t fields = columns.fields.size(), classes = columns.probabilities.size();
  columns.times_ms.push_back(record.time_ms);
  columns.rows.push_back(row.row);
  columns.predicted.push_back(row.predicted);
  columns.request_ids.Add({record_ + sizeof(RecordHead), record.request_id_bytes});
  const char* const kinds = row_ + sizeof(RowHead);
  const char* const values = kinds + Padded(fields);
  const char* const probabilities = values + 8 * fields;
  const char* text = probabilities + 8 * classes;
  for (std::size_t f = 0; f < fields; ++f) {
    FieldCells& field = columns.fields[f];
    field.kinds.push_back(static_cast<std::uint8_t>(kinds[f]));
    const auto kind = static_cast<Cell::Kind>(kinds[f]);
    if (kind == Cell::Kind::kText) {
      const auto size = static_cast<std::size_t>(Load<std::uint64_t>(values + 8 * f));
      field.texts.Add({text, size});
      text += size;
    } else if (kind != Cell::Kind::kMissing) {
      field.numbers.push_back(Load<double>(values + 8 * f));
    }
  }
  columns.keys.Add({text, static_cast<std::size_t>(row.key_bytes)});
  for (std::size_t k = 0; k < classes; ++k)
    columns.probabilities[k].push_back(Load<double>(probabilities + 8 * k));
  columns.bytes += row.bytes + record.request_id_bytes;
}

void RowChunk::Records::AddLabel(LabelColumns& columns) const {
  const auto record = Load<RecordHead>(record_);
  const auto part = Load<LabelPart>(row_);
  const char* text = row_ + sizeof(LabelPart);
  columns.times_ms.push_back(record.time_ms);
  columns.rows.push_back(part.row);
  const auto take = [&](std::uint32_t size, TextCells& texts) {
    texts.Add({text, size});
    text += size;
  };
  take(record.request_id_bytes, columns.request_ids);
  take(part.key_bytes, columns.keys);
  take(part.model_bytes, columns.models);
  take(part.label_bytes, columns.labels);
  columns.bytes += record.bytes;
}

}  // namespace reeve::predictions
