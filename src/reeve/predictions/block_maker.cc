#include "reeve/predictions/block_maker.h"

#include <algorithm>
#include <span>
#include <string>

#include "reeve/predictions/block.h"

namespace reeve::predictions {
namespace {

// Packed rows are written when there is this much: a call of the system costs as much as copying.
constexpr std::size_t kPackedBytes = 128U << 10;

void SetTimes(std::span<const std::int64_t> times_ms, BlockHead& head) {
  const auto [first, last] = std::minmax_element(times_ms.begin(), times_ms.end());
  head.min_ms = *first;
  head.max_ms = *last;
}

void KeepFirst(Status&& status, Status& first) {
  if (first.ok()) first = std::move(status);
}

}  // namespace

Status BlockMaker::Take(const RowChunk& chunk) {
  Status first;
  RowChunk::Records records(chunk);
  const Schema* last = nullptr;
  RowColumns* columns = nullptr;
  while (records.Next()) {
    if (const RowChunk::Packed* const packed = records.packed()) {
      KeepFirst(TakePacked(*packed), first);
      continue;
    }
    const Schema* schema = records.schema();
    if (schema == nullptr) {
      records.AddLabel(labels_);
      if (labels_.bytes >= block_bytes_) KeepFirst(SealLabels(), first);
      continue;
    }
    if (schema != last) {
      const auto [it, is_new] = rows_.try_emplace(schema);
      if (is_new) it->second.Clear(*schema);
      columns = &it->second;
      last = schema;
    }
    records.AddRow(*columns);
    if (columns->bytes >= block_bytes_) KeepFirst(SealRows(*schema, *columns), first);
  }
  return first;
}

Status BlockMaker::SealAll() {
  Status first;
  for (auto& [schema, columns] : rows_) {
    if (columns.size() > 0) KeepFirst(SealRows(*schema, columns), first);
  }
  if (packed_.rows > 0) KeepFirst(WritePacked(), first);
  if (labels_.size() > 0) KeepFirst(SealLabels(), first);
  return first;
}

Status BlockMaker::TakePacked(const RowChunk::Packed& packed) {
  Status first;
  if (packed_.rows > 0 && packed_.schema != packed.schema) KeepFirst(WritePacked(), first);
  if (packed_.bytes.empty()) {
    packed_.bytes = sink_.SpareBytes();
    packed_.bytes.reserve(2 * kPackedBytes);
  }
  AppendBlock({.kind = BlockKind::kPackedRows,
               .schema = packed.schema->id,
               .rows = packed.rows,
               .sequence = ++sequence_,
               .min_ms = packed.time_ms,
               .max_ms = packed.time_ms},
              packed.payload, packed.compress, packed_.bytes);
  packed_.schema = packed.schema;
  packed_.rows += packed.rows;
  if (packed_.bytes.size() >= kPackedBytes) KeepFirst(WritePacked(), first);
  return first;
}

Status BlockMaker::WritePacked() {
  SealedBlock block = std::move(packed_);
  packed_ = {};
  return sink_.Write(std::move(block));
}

Status BlockMaker::SealRows(const Schema& schema, RowColumns& columns) {
  BlockHead head{.kind = BlockKind::kRows,
                 .schema = schema.id,
                 .rows = static_cast<std::uint32_t>(columns.size()),
                 .sequence = ++sequence_};
  SetTimes(columns.times_ms, head);
  SealedBlock block{.bytes = EncodeBlock(head, EncodeRows(columns)),
                    .schema = &schema,
                    .rows = static_cast<std::int64_t>(columns.size())};
  columns.Clear(schema);
  return sink_.Write(std::move(block));
}

Status BlockMaker::SealLabels() {
  BlockHead head{.kind = BlockKind::kLabels,
                 .rows = static_cast<std::uint32_t>(labels_.size()),
                 .sequence = ++sequence_};
  SetTimes(labels_.times_ms, head);
  SealedBlock block{.bytes = EncodeBlock(head, EncodeLabels(labels_)),
                    .labels = static_cast<std::int64_t>(labels_.size())};
  labels_.Clear();
  return sink_.Write(std::move(block));
}

}  // namespace reeve::predictions
