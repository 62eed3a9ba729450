#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "reeve/predictions/columns.h"
#include "reeve/predictions/labels.h"
#include "reeve/predictions/log_file.h"
#include "reeve/predictions/packed_rows.h"
#include "reeve/predictions/row_table.h"

namespace {

using namespace reeve::predictions;

// Rows that no checksum vouches for: the bytes as a payload.
void ReadAsPayload(std::string_view bytes) {
  if (bytes.size() < 2) return;
  Schema schema;
  const auto fields = static_cast<std::size_t>(bytes[0] & 7);
  for (std::size_t f = 0; f < fields; ++f) {
    schema.contract.columns.push_back(
        {.name = std::string(1, static_cast<char>('a' + f)),
         .type = f % 2 == 0 ? reeve::ColumnType::kReal : reeve::ColumnType::kCategory});
  }
  schema.contract.classes = {"no", "yes"};
  const auto rows = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[1]));
  bytes.remove_prefix(2);
  Labels labels;
  if (const auto columns = DecodeLabels(bytes, rows); columns.ok())
    (void)labels.Add(*columns, 1 << 20);
  if (const auto columns = DecodeRows(bytes, rows, schema); columns.ok())
    (void)MakeRowTable(*columns, schema, SelectRows(*columns, {}), labels);
  if (const auto columns = UnpackRows(bytes, rows, schema); columns.ok())
    (void)MakeRowTable(*columns, schema, SelectRows(*columns, {}), labels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadAsPayload(bytes);
  const auto file = BytesAt::OfMemory(bytes);
  const auto found = FindBlocks(*file);
  if (!found.ok()) return 0;
  std::map<std::uint32_t, Schema> schemas;
  for (const BlockPlace& place : found->blocks) {
    const auto payload = ReadPayload(*file, place);
    if (!payload.ok()) continue;
    if (place.head.kind == BlockKind::kSchema) {
      auto schema = DecodeSchema(*payload);
      if (schema.ok()) schemas[schema->id] = std::move(*schema);
    } else if (place.head.kind == BlockKind::kLabels) {
      (void)DecodeLabels(*payload, place.head.rows);
    } else if (schemas.contains(place.head.schema)) {
      const Schema& schema = schemas[place.head.schema];
      (void)(place.head.kind == BlockKind::kRows ? DecodeRows(*payload, place.head.rows, schema)
                                                 : UnpackRows(*payload, place.head.rows, schema));
    }
  }
  return 0;
}
