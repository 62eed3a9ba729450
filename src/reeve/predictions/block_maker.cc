#include "reeve/predictions/block_maker.h"

#include <algorithm>
#include <span>
#include <string>

#include "reeve/predictions/block.h"
#include "reeve/predictions/packed_rows.h"

namespace reeve::predictions {
namespace {

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
      KeepFirst(SealPacked(*packed), first);
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
  if (labels_.size() > 0) KeepFirst(SealLabels(), first);
  return first;
}

Status BlockMaker::SealRows(const Schema& schema, RowColumns& columns) {
  BlockHead head{.kind = BlockKind::kRows,
                 .schema = schema.id,
                 .rows = static_cast<std::uint32_t>(columns.size())};
  SetTimes(columns.times_ms, head);
  const std::string plain = EncodeRows(columns);
  columns.Clear(schema);
  return Seal(head, plain, &schema);
}

Status BlockMaker::SealPacked(const RowChunk::Packed& packed) {
  return Seal(PackedHead(*packed.schema, packed.time_ms, packed.rows), packed.payload,
              packed.schema);
}

Status BlockMaker::SealLabels() {
  BlockHead head{.kind = BlockKind::kLabels, .rows = static_cast<std::uint32_t>(labels_.size())};
  SetTimes(labels_.times_ms, head);
  const std::string plain = EncodeLabels(labels_);
  labels_.Clear();
  return Seal(head, plain, nullptr);
}

Status BlockMaker::Seal(BlockHead head, std::string_view plain, const Schema* schema) {
  head.sequence = ++sequence_;
  std::string memory;
  const std::string_view stored = Compress(plain, memory, head);
  SealedBlocks blocks(pool_.TakeAnyway(SealedBlocks::BytesOf(stored)));
  blocks.Append(head, stored, schema);
  return sink_.Write(std::move(blocks));
}

}  // namespace reeve::predictions
