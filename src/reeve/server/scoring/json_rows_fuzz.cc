// Any bytes as the rows of a request: nothing may crash, and what is taken must be JSON to others.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "reeve/server/scoring/json_rows.h"

namespace {

bool IsUtf8(const std::string& bytes) {
  try {
    (void)nlohmann::json(bytes).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

bool IsJson(const std::string& bytes) {
  try {
    (void)nlohmann::json::parse(bytes);
    return true;
  } catch (const nlohmann::json::out_of_range&) {
    return true;  // a number beyond doubles, which is JSON
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

// `reader` may remember other bodies.
void CheckRows(const std::string& body, const reeve::server::FieldIndex& fields,
               const reeve::contract::Contract& contract, reeve::server::JsonRowReader& reader) {
  using namespace reeve;
  server::RequestRows rows;
  rows.Begin(contract);
  reader.Begin(fields, {.max_rows = 100, .key_field = "id"}, rows);
  server::JsonCursor cursor(body);
  if (reader.ReadArray(cursor) && cursor.TakeEnd()) {
    // Bodies are checked for UTF-8 before they come here.
    if (!IsJson(body) && IsUtf8(body)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reeve;
  static const contract::Contract contract = [] {
    contract::Contract made;
    made.columns = {{.name = "age", .type = ColumnType::kInteger},
                    {.name = "city", .type = ColumnType::kCategory},
                    {.name = "tags", .type = ColumnType::kList}};
    return made;
  }();
  static const server::FieldIndex fields(contract);
  const std::string body(reinterpret_cast<const char*>(data), size);
  server::JsonRowReader reader;
  CheckRows(body, fields, contract, reader);
  // Many rows that are alike are read in another way than one.
  const std::size_t half = body.find('\0');
  const std::string most = body.substr(0, half), one = half < size ? body.substr(half + 1) : most;
  std::string rows = "[";
  for (int i = 0; i < 12; ++i) rows += (i == 8 ? one : most) + ",";
  CheckRows(rows + most + "]", fields, contract, reader);
  CheckRows("[" + one + "]", fields, contract, reader);
  return 0;
}
