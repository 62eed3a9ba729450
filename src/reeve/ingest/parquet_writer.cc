#include "reeve/ingest/parquet_writer.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/ingest/duck.h"
#include "reeve/ingest/duck_columns.h"

namespace reeve::ingest {
namespace {

struct SqlType {
  const char* name;
  duckdb_type type;
};
SqlType SqlTypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return {"BIGINT", DUCKDB_TYPE_BIGINT};
    case ColumnType::kReal:
      return {"DOUBLE", DUCKDB_TYPE_DOUBLE};
    case ColumnType::kBoolean:
      return {"BOOLEAN", DUCKDB_TYPE_BOOLEAN};
    case ColumnType::kDatetime:
      return {"TIMESTAMP", DUCKDB_TYPE_TIMESTAMP};
    default:
      return {"VARCHAR", DUCKDB_TYPE_VARCHAR};
  }
}

// A chunk of rows on its way into the appender.
class Chunk {
 public:
  explicit Chunk(const std::vector<OutputColumn>& columns) {
    std::vector<duckdb_logical_type> types;
    for (const OutputColumn& column : columns) {
      types.push_back(duckdb_create_logical_type(SqlTypeOf(column.type).type));
    }
    chunk_ = duckdb_create_data_chunk(types.data(), types.size());
    for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  }
  ~Chunk() { duckdb_destroy_data_chunk(&chunk_); }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  duckdb_data_chunk get() const { return chunk_; }

  // Fills in `count` rows from `first` on.
  void Fill(const Table& rows, std::int64_t first, std::int64_t count,
            const std::vector<OutputColumn>& columns) {
    duckdb_data_chunk_reset(chunk_);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, i);
      duckdb_vector_ensure_validity_writable(vector);
      for (std::int64_t row = 0; row < count; ++row) {
        SetValue(vector, static_cast<idx_t>(row), rows.column(i), first + row, columns[i].type);
      }
    }
    duckdb_data_chunk_set_size(chunk_, static_cast<idx_t>(count));
  }

 private:
  static void SetValue(duckdb_vector vector, idx_t at, const Column& column, std::int64_t row,
                       ColumnType type) {
    if (column.IsMissing(row)) {
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), at);
      return;
    }
    const bool is_number = column.storage() == Column::Storage::kNumbers;
    if (!is_number || SqlTypeOf(type).type == DUCKDB_TYPE_VARCHAR) {
      const std::string text =
          column.storage() == Column::Storage::kTexts ? "" : column.ToText(row);
      const std::string_view view =
          column.storage() == Column::Storage::kTexts ? column.text(row) : text;
      duckdb_vector_assign_string_element_len(vector, at, view.data(), view.size());
      return;
    }
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    void* const data = duckdb_vector_get_data(vector);
    switch (type) {
      case ColumnType::kInteger:
        static_cast<std::int64_t*>(data)[at] = static_cast<std::int64_t>(number);
        break;
      case ColumnType::kBoolean:
        static_cast<bool*>(data)[at] = number != 0;
        break;
      case ColumnType::kDatetime:
        static_cast<duckdb_timestamp*>(data)[at].micros = std::llround(number * 1e6);
        break;
      default:
        static_cast<double*>(data)[at] = number;
    }
  }

  duckdb_data_chunk chunk_ = nullptr;
};

// Puts a file's bytes on stable storage.
Status SyncFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return Status::Ok();
  return Status::Internal(std::string("cannot be synced to disk: ") + std::strerror(error));
}

class ParquetWriter final : public TableWriter {
 public:
  ParquetWriter(std::string path, std::vector<OutputColumn> columns, WriteMode mode)
      : path_(std::move(path)),
        scratch_(path_ + ".tmp-" + NewId().substr(0, 8)),
        columns_(std::move(columns)),
        appends_(mode == WriteMode::kAppend && files_.Exists(path_)) {}
  ~ParquetWriter() override {
    if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
    duck_.reset();
    for (const char* const ending : {".duckdb", ".duckdb.wal", ".duckdb.tmp", ".parquet"}) {
      (void)files_.Remove(scratch_ + ending);
    }
  }

  Status Start() {
    Result<std::unique_ptr<Duck>> duck = Duck::Open({.threads = 1, .path = scratch_ + ".duckdb"});
    if (!duck.ok()) return Io(duck.status());
    duck_ = std::move(*duck);
    if (appends_) REEVE_RETURN_IF_ERROR(CheckOld());
    std::string definition;
    for (const OutputColumn& column : columns_) {
      definition += (definition.empty() ? "" : ", ") +
                    (SqlName(column.name) + " " + SqlTypeOf(column.type).name);
    }
    REEVE_RETURN_IF_ERROR(Io(duck_->Run("CREATE TABLE rows (" + definition + ")")));
    if (duckdb_appender_create(duck_->connection(), nullptr, "rows", &appender_) == DuckDBError) {
      return AppenderFailure();
    }
    chunk_ = std::make_unique<Chunk>(columns_);
    return Status::Ok();
  }

  Status Append(const Table& rows) override {
    const auto most = static_cast<std::int64_t>(duckdb_vector_size());
    for (std::int64_t first = 0; first < rows.rows(); first += most) {
      chunk_->Fill(rows, first, std::min(most, rows.rows() - first), columns_);
      if (duckdb_append_data_chunk(appender_, chunk_->get()) == DuckDBError) {
        return AppenderFailure();
      }
    }
    return Status::Ok();
  }

  Status Commit() override {
    if (duckdb_appender_close(appender_) == DuckDBError) return AppenderFailure();
    std::string rows = "SELECT * FROM rows";
    if (appends_) {
      rows = "SELECT * FROM read_parquet([" + SqlPath(path_) +
             "], hive_partitioning=false) UNION ALL BY NAME " + rows;
    }
    const std::string whole = scratch_ + ".parquet";
    REEVE_RETURN_IF_ERROR(Io(duck_->Run("COPY (" + rows + ") TO " + SqlText(whole) +
                                        " (FORMAT parquet, COMPRESSION zstd)")));
    REEVE_RETURN_IF_ERROR(Io(SyncFile(whole)));
    REEVE_RETURN_IF_ERROR(files_.Rename(whole, path_));
    return files_.SyncFolder(ParentFolder(path_));
  }

 private:
  // The file that is appended to must have the same columns.
  Status CheckOld() {
    const Result<std::vector<DuckColumn>> old =
        DescribeTyped(*duck_, "read_parquet([" + SqlPath(path_) + "], hive_partitioning=false)");
    if (!old.ok()) {
      return Status::InvalidData(Quote(path_, 400) +
                                 " is no readable Parquet file, expected one to append to");
    }
    std::vector<std::string> old_names, names;
    for (const DuckColumn& column : *old) old_names.push_back(column.name);
    for (const OutputColumn& column : columns_) names.push_back(column.name);
    if (old_names == names) return Status::Ok();
    return Status::InvalidArgument(Quote(path_, 300) + " has the columns " +
                                   Quote(Join(old_names, ","), 200) + ", expected " +
                                   Quote(Join(names, ","), 200) + " to append to it")
        .WithFix("--mode replace overwrites it; or name another file");
  }

  Status AppenderFailure() {
    const char* const message = duckdb_appender_error(appender_);
    return Io(Status::Internal(message != nullptr ? message : "no message"));
  }

  Status Io(const Status& status) const {
    if (status.ok()) return status;
    const std::string& message = status.message();
    Status failed = Status::Io(Quote(path_, 400) +
                               " cannot be written: " + message.substr(0, message.find('\n')));
    if (message.find("No space left") == std::string::npos) return failed;
    return std::move(failed).WithFix("free space on that disk, then run it again");
  }

  FileSystem& files_ = FileSystem::System();
  std::string path_, scratch_;
  std::vector<OutputColumn> columns_;
  bool appends_;
  std::unique_ptr<Duck> duck_;
  duckdb_appender appender_ = nullptr;
  std::unique_ptr<Chunk> chunk_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenParquetWriter(const std::string& path,
                                                       const std::vector<OutputColumn>& columns,
                                                       WriteMode mode) {
  auto writer = std::make_unique<ParquetWriter>(path, columns, mode);
  REEVE_RETURN_IF_ERROR(writer->Start());
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace reeve::ingest
