#include "reeve/ingest/parquet_writer.h"

#include <cmath>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/ingest/duck.h"

namespace reeve::ingest {
namespace {

std::string SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "BIGINT";
    case ColumnType::kReal:
      return "DOUBLE";
    case ColumnType::kBoolean:
      return "BOOLEAN";
    case ColumnType::kDatetime:
      return "TIMESTAMP";
    default:
      return "VARCHAR";
  }
}

class ParquetWriter final : public TableWriter {
 public:
  ParquetWriter(std::string path, WriteMode mode)
      : path_(std::move(path)), scratch_(path_ + ".tmp-" + NewId().substr(0, 8)), mode_(mode) {}
  ~ParquetWriter() override {
    if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
    duck_.reset();
    for (const char* const ending : {".duckdb", ".duckdb.wal", ".parquet"})
      (void)files_.Remove(scratch_ + ending);
  }

  Status Start(const std::vector<OutputColumn>& columns) {
    Result<std::unique_ptr<Duck>> duck = Duck::Open({.threads = 1, .path = scratch_ + ".duckdb"});
    if (!duck.ok()) return Io(duck.status());
    duck_ = std::move(*duck);
    std::string definition;
    for (const OutputColumn& column : columns) {
      definition +=
          (definition.empty() ? "" : ", ") + (SqlName(column.name) + " " + SqlType(column.type));
    }
    REEVE_RETURN_IF_ERROR(Io(duck_->Run("CREATE TABLE rows (" + definition + ")")));
    if (duckdb_appender_create(duck_->connection(), nullptr, "rows", &appender_) == DuckDBError)
      return AppenderFailure();
    return Status::Ok();
  }

  Status Append(const Table& rows) override {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      for (const Column& column : rows.columns()) AppendValue(column, row);
      if (duckdb_appender_end_row(appender_) == DuckDBError) return AppenderFailure();
    }
    return Status::Ok();
  }

  Status Commit() override {
    if (duckdb_appender_close(appender_) == DuckDBError) return AppenderFailure();
    std::string rows = "SELECT * FROM rows";
    if (mode_ == WriteMode::kAppend && files_.Exists(path_)) {
      rows = "SELECT * FROM read_parquet(" + SqlText(path_) + ") UNION ALL BY NAME " + rows;
    }
    const std::string whole = scratch_ + ".parquet";
    REEVE_RETURN_IF_ERROR(Io(duck_->Run("COPY (" + rows + ") TO " + SqlText(whole) +
                                        " (FORMAT parquet, COMPRESSION zstd)")));
    REEVE_RETURN_IF_ERROR(files_.Rename(whole, path_));
    return files_.SyncFolder(ParentFolder(path_));
  }

 private:
  void AppendValue(const Column& column, std::int64_t row) {
    if (column.IsMissing(row)) {
      duckdb_append_null(appender_);
      return;
    }
    if (column.storage() != Column::Storage::kNumbers) {
      const std::string text = column.ToText(row);
      duckdb_append_varchar_length(appender_, text.data(), text.size());
      return;
    }
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    switch (column.type()) {
      case ColumnType::kInteger:
        duckdb_append_int64(appender_, static_cast<std::int64_t>(number));
        break;
      case ColumnType::kBoolean:
        duckdb_append_bool(appender_, number != 0);
        break;
      case ColumnType::kDatetime:
        duckdb_append_timestamp(appender_, {static_cast<std::int64_t>(std::llround(number * 1e6))});
        break;
      default:
        duckdb_append_double(appender_, number);
    }
  }

  Status AppenderFailure() {
    const char* const message = duckdb_appender_error(appender_);
    return Io(Status::Internal(message != nullptr ? message : "no message"));
  }

  Status Io(const Status& status) const {
    if (status.ok()) return status;
    return Status::Io(Quote(path_, 400) + " cannot be written: " +
                      status.message().substr(0, status.message().find('\n')));
  }

  FileSystem& files_ = FileSystem::System();
  std::string path_, scratch_;
  WriteMode mode_;
  std::unique_ptr<Duck> duck_;
  duckdb_appender appender_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenParquetWriter(const std::string& path,
                                                       const std::vector<OutputColumn>& columns,
                                                       WriteMode mode) {
  auto writer = std::make_unique<ParquetWriter>(path, mode);
  REEVE_RETURN_IF_ERROR(writer->Start(columns));
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace reeve::ingest
