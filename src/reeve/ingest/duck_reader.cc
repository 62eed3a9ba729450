#include "reeve/ingest/duck_reader.h"

#include <algorithm>
#include <set>

#include <unistd.h>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/ingest/csv_head.h"
#include "reeve/ingest/duck.h"
#include "reeve/ingest/duck_columns.h"
#include "reeve/ingest/duck_error.h"
#include "reeve/ingest/head_bytes.h"

namespace reeve::ingest {
namespace {

constexpr std::int64_t kChunkRows = 65'536;
constexpr std::size_t kHeadBytes = 1 << 20;
constexpr const char* kMostLineBytes = "16777216";

class DuckReader final : public TableReader {
 public:
  DuckReader(Source source, const ReadOptions& options)
      : source_(std::move(source)), options_(options), format_(FormatName(source_.format)) {}
  ~DuckReader() override {
    if (!source_.temporary.empty()) ::unlink(source_.temporary.c_str());
  }

  // Opens the first file, so that columns are known and an unreadable source fails here.
  Status Start() {
    REEVE_ASSIGN_OR_RETURN(duck_, Duck::Open({.threads = options_.threads}));
    return OpenFile(0);
  }

  const std::vector<std::string>& column_names() const override { return names_; }
  const std::vector<std::string>& files() const override { return source_.files; }
  const std::string& format() const override { return format_; }
  const std::vector<BadRow>& bad_rows() const override { return bad_rows_; }

  Result<bool> Next(Table* chunk) override {
    *chunk = EmptyTable(columns_);
    while (chunk->rows() < kChunkRows && file_idx_ < source_.files.size()) {
      REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
      if (!stream_) {
        REEVE_RETURN_IF_ERROR(FinishFile());
        if (++file_idx_ < source_.files.size()) REEVE_RETURN_IF_ERROR(OpenFile(file_idx_));
        continue;
      }
      Result<duckdb_data_chunk> fetched = stream_->Fetch();
      if (!fetched.ok())
        return ReadFailure(source_.files[file_idx_], source_.format, fetched.status().message());
      duckdb_data_chunk part = *fetched;
      if (part == nullptr) {
        stream_.reset();
        continue;
      }
      AppendChunk(columns_, part, *chunk);
      rows_ += static_cast<std::int64_t>(duckdb_data_chunk_get_size(part));
      duckdb_destroy_data_chunk(&part);
    }
    return chunk->rows() > 0;
  }

 private:
  Status OpenFile(std::size_t file_idx) {
    const std::string& file = source_.files[file_idx];
    std::vector<DuckColumn> columns;
    std::string relation;
    bool has_rows = true;
    if (source_.format == Format::kCsv) {
      REEVE_ASSIGN_OR_RETURN(const HeadBytes head, ReadHead(file, kHeadBytes));
      REEVE_ASSIGN_OR_RETURN(const CsvDialect dialect,
                             ReadCsvHead(head.bytes, head.is_whole, source_.prefers_tabs, file));
      relation = CsvRelation(file, dialect);
      columns = CsvColumns(dialect);
      has_rows = dialect.has_rows;
    } else {
      if (ToLower(file).ends_with(".gz")) REEVE_RETURN_IF_ERROR(VerifyGzip(file));
      relation = source_.format == Format::kParquet
                     ? "read_parquet([" + SqlText(Literal(file)) + "])"
                     : "read_json([" + SqlText(Literal(file)) +
                           "], format='newline_delimited', sample_size=-1, "
                           "convert_strings_to_integers=false, map_inference_threshold=-1, "
                           "maximum_object_size=67108864)";
      Result<std::vector<DuckColumn>> described = DescribeTyped(*duck_, relation);
      if (!described.ok()) return ReadFailure(file, source_.format, described.status().message());
      columns = std::move(*described);
    }
    REEVE_RETURN_IF_ERROR(AdoptColumns(file, columns));
    if (!has_rows) return Status::Ok();  // the file ends behind its header: nothing to stream
    return StartStream(file, relation);
  }

  // The columns of the first file are the source's; later files must have the same.
  Status AdoptColumns(const std::string& file, const std::vector<DuckColumn>& columns) {
    std::vector<std::string> names;
    for (const DuckColumn& column : columns) names.push_back(column.name);
    if (names_.empty()) {
      names_ = names;
      columns_ = Wanted(columns);
      return Status::Ok();
    }
    const std::set<std::string> first(names_.begin(), names_.end()),
        here(names.begin(), names.end());
    for (const std::string& name : names_) {
      if (!here.contains(name))
        return OtherColumns(file, "lacks column " + Quote(name) + " of " + source_.files[0]);
    }
    for (const std::string& name : names) {
      if (!first.contains(name))
        return OtherColumns(file,
                            "has column " + Quote(name) + ", which " + source_.files[0] + " lacks");
    }
    // The same columns, perhaps in another order or of another type: read as the first file's.
    std::vector<DuckColumn> ordered;
    for (const DuckColumn& wanted : columns_) {
      DuckColumn column = *std::find_if(columns.begin(), columns.end(),
                                        [&](const DuckColumn& c) { return c.name == wanted.name; });
      if (column.is_text != wanted.is_text) {
        return OtherColumns(
            file, "has column " + Quote(wanted.name) + " of another type than " + source_.files[0]);
      }
      ordered.push_back(std::move(column));
    }
    columns_ = std::move(ordered);
    return Status::Ok();
  }

  static Status OtherColumns(const std::string& file, const std::string& what) {
    return Status::InvalidData(file + " " + what + ", expected the same columns in every file");
  }

  std::vector<DuckColumn> Wanted(const std::vector<DuckColumn>& columns) const {
    if (!options_.only_columns) return columns;
    std::vector<DuckColumn> wanted;
    for (const DuckColumn& column : columns) {
      const auto& only = *options_.only_columns;
      if (std::find(only.begin(), only.end(), column.name) != only.end()) wanted.push_back(column);
    }
    if (wanted.empty() && !columns.empty())
      wanted.push_back(columns.front());  // rows are still counted
    return wanted;
  }

  static std::vector<DuckColumn> CsvColumns(const CsvDialect& dialect) {
    std::vector<DuckColumn> columns;
    for (std::size_t i = 0; i < dialect.names.size(); ++i) {
      columns.push_back({.name = dialect.names[i], .expression = "c" + std::to_string(i)});
    }
    return columns;
  }

  // DuckDB would expand these in a path.
  static std::string Literal(const std::string& path) {
    std::string literal;
    for (const char c : path) {
      if (c == '*' || c == '?' || c == '[') {
        literal += std::string("[") + c + "]";
      } else {
        literal += c;
      }
    }
    return literal;
  }

  std::string CsvRelation(const std::string& file, const CsvDialect& dialect) const {
    std::string columns;
    for (std::size_t i = 0; i < dialect.names.size(); ++i) {
      columns += (i > 0 ? ", " : "") + ("'c" + std::to_string(i) + "': 'VARCHAR'");
    }
    std::string sql =
        "read_csv([" + SqlText(Literal(file)) +
        "], auto_detect=false, header=false, delim=" + SqlText(std::string(1, dialect.separator)) +
        ", quote='\"', escape='\"', skip=" + std::to_string(dialect.header_lines) + ", columns={" +
        columns + "}, max_line_size=" + kMostLineBytes;
    if (options_.skip_bad_rows.allows_any()) sql += ", ignore_errors=true, store_rejects=true";
    return sql + ")";
  }

  Status StartStream(const std::string& file, const std::string& relation) {
    std::string sql;
    for (const DuckColumn& column : columns_)
      sql += (sql.empty() ? "SELECT " : ", ") + column.expression;
    Result<std::unique_ptr<DuckStream>> stream =
        DuckStream::Open(*duck_, sql + " FROM " + relation);
    if (!stream.ok()) return ReadFailure(file, source_.format, stream.status().message());
    stream_ = std::move(*stream);
    return Status::Ok();
  }

  // Collects what the file's rejects were, and refuses it when they are too many.
  Status FinishFile() {
    if (source_.format != Format::kCsv || !options_.skip_bad_rows.allows_any()) return Status::Ok();
    Result<std::unique_ptr<DuckStream>> rejects =
        DuckStream::Open(*duck_,
                         "SELECT CAST(line AS VARCHAR), any_value(error_message) FROM "
                         "reject_errors GROUP BY line ORDER BY min(line)");
    if (!rejects.ok()) return Status::Ok();  // the table is made with the first reject
    const std::vector<DuckColumn> columns = {{.name = "line", .expression = ""},
                                             {.name = "reason", .expression = ""}};
    Table table = EmptyTable(columns);
    for (;;) {
      REEVE_ASSIGN_OR_RETURN(duckdb_data_chunk chunk, (*rejects)->Fetch());
      if (chunk == nullptr) break;
      AppendChunk(columns, chunk, table);
      duckdb_destroy_data_chunk(&chunk);
    }
    for (std::int64_t row = 0; row < table.rows(); ++row) {
      const std::string line(table.column(0).text(row));
      bad_rows_.push_back({source_.files[file_idx_], std::strtoll(line.c_str(), nullptr, 10),
                           ShortReason(table.column(1).text(row))});
    }
    rejects->reset();
    REEVE_RETURN_IF_ERROR(duck_->Run("DELETE FROM reject_errors"));
    return CheckBadRows();
  }

  Status CheckBadRows() const {
    const auto bad = static_cast<double>(bad_rows_.size());
    const bool within = bad <= static_cast<double>(options_.skip_bad_rows.rows) ||
                        bad <= options_.skip_bad_rows.share * (static_cast<double>(rows_) + bad);
    if (within) return Status::Ok();
    const BadRow& first = bad_rows_.front();
    return Status::InvalidData(first.file + ", line " + std::to_string(first.line) + ": " +
                               first.reason + "; " + std::to_string(bad_rows_.size()) +
                               " malformed rows in all, more than --skip-bad-rows allows");
  }

  Source source_;
  ReadOptions options_;
  std::string format_;
  std::unique_ptr<Duck> duck_;
  std::unique_ptr<DuckStream> stream_;
  std::size_t file_idx_ = 0;
  std::int64_t rows_ = 0;
  std::vector<std::string> names_;
  std::vector<DuckColumn> columns_;
  std::vector<BadRow> bad_rows_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenDuckReader(Source source, const ReadOptions& options) {
  auto reader = std::make_unique<DuckReader>(std::move(source), options);
  REEVE_RETURN_IF_ERROR(reader->Start());
  return std::unique_ptr<TableReader>(std::move(reader));
}

}  // namespace reeve::ingest
