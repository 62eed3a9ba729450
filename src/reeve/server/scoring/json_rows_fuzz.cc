// Any bytes as the rows of a request: nothing may crash, and what is taken must be JSON to others.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "reeve/server/scoring/json_rows.h"

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
  server::RequestRows rows;
  rows.Begin(contract);
  server::JsonRowReader reader;
  reader.Begin(fields, {.max_rows = 100, .key_field = "id"}, rows);
  server::JsonCursor cursor(body);
  if (reader.ReadArray(cursor) && cursor.TakeEnd()) {
    // Bodies are checked for UTF-8 before they come here.
    const auto json = nlohmann::json::parse(body, nullptr, false);
    const bool is_utf8 =
        nlohmann::json(body).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore).size() >=
        body.size() + 2;
    if (json.is_discarded() && is_utf8) std::abort();
  }
  return 0;
}
