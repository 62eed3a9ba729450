#include "reeve/workflow/source_table.h"

#include "reeve/ingest/reader.h"

namespace reeve::workflow {

Result<SourceTable> ReadTypedSource(const std::string& data, const SourceOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const auto reader,
                         ingest::TableReader::Open(data, {.skip_bad_rows = options.skip_bad_rows,
                                                          .threads = options.threads,
                                                          .cancellation = options.cancellation}));
  Table raw, chunk;
  bool first = true;
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
    if (first) {
      raw = std::move(chunk);
    } else if (more) {
      raw.Append(chunk);
    }
    first = false;
    if (!more) break;
  }
  SourceTable source{.typed = {},
                     .files = reader->files(),
                     .format = reader->format(),
                     .rows_skipped = static_cast<std::int64_t>(reader->bad_rows().size())};
  if (!reader->bad_rows().empty()) {
    const ingest::BadRow& bad = reader->bad_rows().front();
    source.first_bad_row = bad.file + ", line " + std::to_string(bad.line) + ": " + bad.reason;
  }
  REEVE_ASSIGN_OR_RETURN(source.typed,
                         contract::InferTypes(std::move(raw),
                                              {.column_types = options.column_types,
                                               .missing_texts = options.missing_texts},
                                              options.threads));
  return source;
}

}  // namespace reeve::workflow
