#include "reeve/ingest/duck_reader.h"

#include <algorithm>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/ingest/byte_source.h"
#include "reeve/ingest/duck.h"
#include "reeve/ingest/duck_columns.h"
#include "reeve/ingest/duck_error.h"
#include "reeve/ingest/json_lines.h"
#include "reeve/ingest/source_reader.h"

namespace reeve::ingest {
namespace {

// One file: the relation that reads it, and the source's columns as expressions on that.
struct DuckFile {
  std::string relation;
  std::vector<DuckColumn> columns;
};

std::vector<std::string> NamesOf(const std::vector<DuckColumn>& columns) {
  std::vector<std::string> names;
  for (const DuckColumn& column : columns) names.push_back(column.name);
  return names;
}

Status CheckDistinct(std::vector<std::string> names, const std::string& file) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return Status::Ok();
  return Status::InvalidData(file + ": column name " + Quote(*twice) +
                             " stands twice, expected distinct names")
      .WithFix("rename or remove one of them");
}

class DuckReader final : public SourceReader {
 public:
  using SourceReader::SourceReader;

  // Looks at all files, so that columns have one type in all of them and what is unreadable fails
  // here.
  Status Start() {
    for (std::size_t i = 0; i < source_.files.size(); ++i) {
      REEVE_RETURN_IF_ERROR(VerifyCompressed(source_.files[i], source_.names[i]));
    }
    REEVE_ASSIGN_OR_RETURN(duck_, Duck::Open({.threads = std::max(1, options_.threads)}));
    REEVE_RETURN_IF_ERROR(source_.format == Format::kParquet ? DescribeParquetFiles()
                                                             : DescribeJsonFiles());
    names_ = NamesOf(files_[0].columns);
    REEVE_RETURN_IF_ERROR(CheckDistinct(names_, source_.names[0]));
    for (DuckFile& file : files_) file.columns = Wanted(file.columns);
    REEVE_RETURN_IF_ERROR(SettleTypes());
    return StartStream();
  }

  Result<bool> Next(Table* chunk) override {
    *chunk = EmptyTable(files_[0].columns);
    while (chunk->rows() < options_.chunk_rows && stream_) {
      REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
      Result<duckdb_data_chunk> fetched = stream_->Fetch();
      if (!fetched.ok()) return Failed(fetched.status().message());
      duckdb_data_chunk part = *fetched;
      if (part == nullptr) {
        stream_.reset();
        if (++file_idx_ < files_.size()) REEVE_RETURN_IF_ERROR(StartStream());
        continue;
      }
      AppendChunk(files_[file_idx_].columns, part, *chunk);
      duckdb_destroy_data_chunk(&part);
    }
    return chunk->rows() > 0;
  }

 private:
  Status DescribeParquetFiles() {
    for (std::size_t i = 0; i < source_.files.size(); ++i) {
      file_idx_ = i;
      DuckFile file{
          .relation = "read_parquet([" + SqlPath(source_.files[i]) + "], hive_partitioning=false)",
          .columns = {}};
      Result<std::vector<DuckColumn>> columns = DescribeTyped(*duck_, file.relation);
      if (!columns.ok()) return Failed(columns.status().message());
      file.columns = std::move(*columns);
      if (i > 0) {
        REEVE_RETURN_IF_ERROR(CheckSameColumns(NamesOf(files_[0].columns), source_.names[0],
                                               NamesOf(file.columns), source_.names[i]));
      }
      files_.push_back(std::move(file));
    }
    file_idx_ = 0;
    return Status::Ok();
  }

  Status DescribeJsonFiles() {
    REEVE_ASSIGN_OR_RETURN(const JsonLinesShape shape, DescribeJsonLines(*duck_, source_));
    for (const std::string& file : source_.files) {
      files_.push_back({JsonLinesRelation(file, shape.declaration), shape.columns});
    }
    return Status::Ok();
  }

  // The columns that are read, in the order of the first file.
  std::vector<DuckColumn> Wanted(const std::vector<DuckColumn>& columns) const {
    std::vector<DuckColumn> wanted;
    for (const std::string& name : names_) {
      if (!IsWanted(name)) continue;
      wanted.push_back(*std::find_if(columns.begin(), columns.end(), [&](const DuckColumn& column) {
        return column.name == name;
      }));
    }
    if (wanted.empty()) wanted.push_back(columns.front());  // rows are still counted
    return wanted;
  }

  Status SettleTypes() {
    for (file_idx_ = 0; file_idx_ < files_.size(); ++file_idx_) {
      DuckFile& file = files_[file_idx_];
      Status status = KeepWideIntegersAsTexts(*duck_, file.relation, file.columns);
      if (!status.ok()) return Failed(status.message());
    }
    file_idx_ = 0;
    // Twice, so that what a later file made of a column reaches the earlier ones.
    for (int pass = 0; pass < 2; ++pass) {
      for (DuckFile& file : files_) {
        for (std::size_t i = 0; i < file.columns.size(); ++i) {
          if (&file != &files_[0]) UnifyTypes(files_[0].columns[i], file.columns[i]);
        }
      }
    }
    return Status::Ok();
  }

  Status StartStream() {
    const DuckFile& file = files_[file_idx_];
    std::string sql;
    for (const DuckColumn& column : file.columns) {
      sql += (sql.empty() ? "SELECT " : ", ") + column.expression;
    }
    Result<std::unique_ptr<DuckStream>> stream =
        DuckStream::Open(*duck_, sql + " FROM " + file.relation);
    if (!stream.ok()) return Failed(stream.status().message());
    stream_ = std::move(*stream);
    return Status::Ok();
  }

  // DuckDB's failure on the file being read, as one of ours.
  Status Failed(const std::string& message) const {
    const std::string& file = source_.files[file_idx_];
    const std::string& name = source_.names[file_idx_];
    if (source_.format == Format::kJsonLines) REEVE_RETURN_IF_ERROR(BrokenJsonLine(file, name));
    return ReadFailure(name, source_.format, message);
  }

  std::unique_ptr<Duck> duck_;
  std::unique_ptr<DuckStream> stream_;
  std::vector<DuckFile> files_;
  std::size_t file_idx_ = 0;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenDuckReader(Source source, const ReadOptions& options) {
  return StartReader<DuckReader>(std::move(source), options);
}

}  // namespace reeve::ingest
