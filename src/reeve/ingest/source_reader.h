#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// What every reader has: its source, the names of its columns and the rows that it left out.
class SourceReader : public TableReader {
 public:
  SourceReader(Source source, const ReadOptions& options)
      : source_(std::move(source)), options_(options), format_(FormatName(source_.format)) {}
  /// Removes the copy of standard input.
  ~SourceReader() override;

  const std::vector<std::string>& column_names() const final { return names_; }
  const std::vector<std::string>& files() const final { return source_.names; }
  const std::string& format() const final { return format_; }
  const std::vector<BadRow>& bad_rows() const final { return bad_rows_; }

 protected:
  /// Whether a column is asked for.
  bool IsWanted(const std::string& name) const;
  /// Adds a column of a table or query. Fails with kInvalidData when it has the name already.
  Status AddSqlName(const std::string& name);

  const Source source_;
  const ReadOptions options_;
  const std::string format_;
  std::vector<std::string> names_;
  std::vector<BadRow> bad_rows_;
};

/// Makes a reader and starts it.
template <typename Reader>
Result<std::unique_ptr<TableReader>> StartReader(Source source, const ReadOptions& options) {
  auto reader = std::make_unique<Reader>(std::move(source), options);
  REEVE_RETURN_IF_ERROR(reader->Start());
  return std::unique_ptr<TableReader>(std::move(reader));
}

}  // namespace reeve::ingest
