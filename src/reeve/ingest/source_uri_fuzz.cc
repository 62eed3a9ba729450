#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reeve/base/percent.h"
#include "reeve/ingest/source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto uri = reeve::ingest::ParseSqliteUri("sqlite:///" + text);
  if (uri.ok() && (uri->path.empty() || uri->table.empty() == uri->query.empty())) std::abort();
  if (reeve::PercentDecode(text).size() > size) std::abort();
  (void)reeve::ingest::ParseSqliteUri(text);
  (void)reeve::ingest::FormatOfPath(text);
  const auto table = reeve::ingest::ParsePostgresUri("postgresql://h/d?" + text);
  if (table.ok() && table->table.empty() == table->query.empty()) std::abort();
  (void)reeve::ingest::ParsePostgresUri("postgresql://" + text);
  return 0;
}
