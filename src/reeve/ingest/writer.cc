#include "reeve/ingest/writer.h"

#include <set>

#include "reeve/base/file_system.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/ingest/parquet_writer.h"
#include "reeve/ingest/postgres_writer.h"
#include "reeve/ingest/source.h"
#include "reeve/ingest/sqlite_writer.h"
#include "reeve/ingest/text_writer.h"

namespace reeve::ingest {
namespace {

enum class Kind { kStandardOutput, kCsv, kJsonLines, kParquet, kSqlite, kPostgres };

Result<Kind> KindOf(const std::string& target) {
  if (target == "-") return Kind::kStandardOutput;
  if (target.starts_with("sqlite:")) return Kind::kSqlite;
  if (IsPostgresUri(target)) return Kind::kPostgres;
  const std::string lower = ToLower(target);
  if (lower.ends_with(".csv") || lower.ends_with(".csv.gz")) return Kind::kCsv;
  if (lower.ends_with(".jsonl.gz") || lower.ends_with(".ndjson.gz")) return Kind::kJsonLines;
  if (lower.ends_with(".jsonl") || lower.ends_with(".ndjson")) return Kind::kJsonLines;
  if (lower.ends_with(".parquet")) return Kind::kParquet;
  return Status::InvalidArgument("output " + Quote(target, 400) +
                                 " is of an unknown kind, expected .csv, .parquet, .jsonl, "
                                 ".ndjson (text also .gz), -, sqlite:///file.db?table=T or "
                                 "postgresql://…?table=T");
}

Status CheckFolder(const std::string& path) {
  if (FileSystem::System().IsFolder(ParentFolder(path))) return Status::Ok();
  return Status::NotFound("folder " + Quote(ParentFolder(path), 400) +
                          " of the output is not there");
}

// Names that an output cannot tell apart. SQL and Parquet (as most of its readers see it) do not
// tell apart what differs in case only.
Status CheckDistinct(const std::vector<OutputColumn>& columns, Kind kind, bool has_batch_id) {
  const bool folds_case = kind == Kind::kSqlite || kind == Kind::kParquet;
  std::set<std::string> seen;
  if (has_batch_id) seen.insert("batch_id");
  for (const OutputColumn& column : columns) {
    if (seen.insert(folds_case ? ToLower(column.name) : column.name).second) continue;
    return Status::InvalidArgument("the output would have two columns called " +
                                   Quote(column.name) + ", expected distinct names")
        .WithFix("leave that column out of --keep, or rename it in the data");
  }
  return Status::Ok();
}

Status CheckFile(const std::string& path, WriteMode mode) {
  FileSystem& files = FileSystem::System();
  REEVE_RETURN_IF_ERROR(CheckFolder(path));
  if (files.IsFolder(path))
    return Status::Io("output " + Quote(path, 400) + " is a folder, expected a file name");
  if (mode == WriteMode::kFail && files.Exists(path)) {
    return Status::AlreadyExists("output " + Quote(path, 400) +
                                 " already exists and is not overwritten")
        .WithFix("--mode replace overwrites it, --mode append adds to it");
  }
  return Status::Ok();
}

}  // namespace

Result<WriteMode> ParseWriteMode(const std::string& name) {
  if (name == "append") return WriteMode::kAppend;
  if (name == "fail") return WriteMode::kFail;
  if (name == "replace") return WriteMode::kReplace;
  return Status::InvalidArgument("unknown mode " + Quote(name) + "." +
                                 Suggest(name, {"append", "fail", "replace"}));
}

bool IsSqlTarget(const std::string& target) {
  return target.starts_with("sqlite:") || IsPostgresUri(target);
}

Status TableWriter::CheckTarget(const std::string& target, const WriteOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const Kind kind, KindOf(target));
  if (!options.batch_id.empty() && !IsSqlTarget(target)) {
    return Status::InvalidArgument("--batch-id needs an SQL table as output, " +
                                   Quote(target, 400) + " is none")
        .WithFix("-o sqlite:///scores.db?table=scores");
  }
  if (kind == Kind::kSqlite) {
    REEVE_ASSIGN_OR_RETURN(const SqliteUri uri, ParseSqliteUri(target));
    if (uri.table.empty()) {
      return Status::InvalidArgument("output " + Quote(target, 400) +
                                     " names a query, expected ?table=T");
    }
    return CheckFolder(uri.path);
  }
  if (kind == Kind::kPostgres) {
    REEVE_ASSIGN_OR_RETURN(const PostgresUri uri, ParsePostgresUri(target));
    if (uri.table.empty())
      return Status::InvalidArgument("output " + uri.name + " names a query, expected ?table=T");
    return Status::Ok();
  }
  if (kind == Kind::kStandardOutput) return Status::Ok();
  return CheckFile(target, options.mode.value_or(WriteMode::kFail));
}

Result<std::unique_ptr<TableWriter>> TableWriter::Open(const std::string& target,
                                                       const std::vector<OutputColumn>& columns,
                                                       const WriteOptions& options) {
  REEVE_RETURN_IF_ERROR(CheckTarget(target, options));
  REEVE_ASSIGN_OR_RETURN(const Kind kind, KindOf(target));
  REEVE_RETURN_IF_ERROR(CheckDistinct(columns, kind, !options.batch_id.empty()));
  const WriteMode mode = options.mode.value_or(WriteMode::kFail);
  switch (kind) {
    case Kind::kStandardOutput:
      return OpenStandardOutput(columns);
    case Kind::kCsv:
      return OpenTextWriter(target, TextFormat::kCsv, columns, mode);
    case Kind::kJsonLines:
      return OpenTextWriter(target, TextFormat::kJsonLines, columns, mode);
    case Kind::kParquet:
      return OpenParquetWriter(target, columns, mode);
    case Kind::kPostgres: {
      REEVE_ASSIGN_OR_RETURN(const PostgresUri uri, ParsePostgresUri(target));
      return OpenPostgresWriter(uri, columns, options);
    }
    case Kind::kSqlite:
      break;
  }
  REEVE_ASSIGN_OR_RETURN(const SqliteUri uri, ParseSqliteUri(target));
  return OpenSqliteWriter(uri, columns, options);
}

}  // namespace reeve::ingest
