#include "reeve/ingest/source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/credentials.h"
#include "reeve/base/file_system.h"
#include "reeve/base/percent.h"
#include "reeve/base/text.h"
#include "reeve/ingest/standard_input.h"
#include "reeve/sql/open.h"

namespace reeve::ingest {
namespace {

constexpr std::string_view kKinds =
    ".csv, .tsv, .parquet, .jsonl, .ndjson (also .gz, .zst), -, sqlite:///file.db?table=T or "
    "postgresql://…?table=T";

std::string WithoutCompression(const std::string& path) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (ToLower(path).ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

bool IsGlob(const std::string& source) { return source.find_first_of("*?[") != std::string::npos; }

Status CheckFile(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    const std::string message =
        "file " + Quote(path, 400) + " cannot be opened: " + std::strerror(errno);
    return errno == ENOENT ? Status::NotFound(message) : Status::Io(message);
  }
  if (S_ISDIR(info.st_mode))
    return Status::Io(Quote(path, 400) + " is a folder, expected a file; name a glob such as \"" +
                      path + "/*.csv\"");
  if (::access(path.c_str(), R_OK) != 0)
    return Status::Io("file " + Quote(path, 400) + " cannot be read: " + std::strerror(errno));
  return Status::Ok();
}

Result<std::vector<std::string>> Expand(const std::string& pattern) {
  // A file whose name happens to hold such characters is meant literally.
  if (!IsGlob(pattern) || FileSystem::System().Exists(pattern))
    return std::vector<std::string>{pattern};
  glob_t matches;
  const int code = ::glob(pattern.c_str(), 0, nullptr, &matches);
  std::vector<std::string> files;
  if (code == 0) files.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  if (code == 0) ::globfree(&matches);
  if (files.empty()) return Status::NotFound("no file matches " + Quote(pattern, 400));
  return files;
}

Result<Source> SourceOfStandardInput() {
  Source source;
  REEVE_ASSIGN_OR_RETURN(source.temporary, SpoolStandardInput());
  source.files = {source.temporary};
  source.names = {"standard input"};
  REEVE_ASSIGN_OR_RETURN(source.format, FormatOfPath(source.temporary));
  return source;
}

}  // namespace

std::string_view FormatName(Format format) {
  switch (format) {
    case Format::kCsv:
      return "csv";
    case Format::kParquet:
      return "parquet";
    case Format::kJsonLines:
      return "jsonl";
    case Format::kSqlite:
      return "sqlite";
    case Format::kPostgres:
      return "postgresql";
  }
  return "csv";
}

Result<SqliteUri> ParseSqliteUri(std::string_view uri) {
  constexpr std::string_view kPrefix = "sqlite:///";
  if (!uri.starts_with(kPrefix))
    return Status::InvalidArgument(Quote(uri, 400) +
                                   " is not of the form sqlite:///file.db?table=T");
  uri.remove_prefix(kPrefix.size());
  const std::size_t mark = uri.find('?');
  SqliteUri parsed{.path = PercentDecode(uri.substr(0, mark)), .table = {}, .query = {}};
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view() : uri.substr(mark + 1);
  // A query may hold & and =, so it takes all that follows.
  if (query.starts_with("table=")) parsed.table = PercentDecode(query.substr(6));
  if (query.starts_with("query=")) parsed.query = PercentDecode(query.substr(6));
  if (parsed.path.empty() || parsed.table.empty() == parsed.query.empty()) {
    return Status::InvalidArgument(
        "sqlite:///" + std::string(uri) +
        " names no table, expected sqlite:///file.db?table=T or ?query=SELECT …");
  }
  return parsed;
}

bool IsPostgresUri(std::string_view uri) { return sql::IsPostgresUri(uri); }

Result<PostgresUri> ParsePostgresUri(std::string_view uri) {
  const std::size_t mark = std::min(uri.find('?'), uri.size());
  PostgresUri parsed{.database = std::string(uri.substr(0, mark))};
  std::string_view settings = uri.substr(std::min(mark + 1, uri.size()));
  char before = '?';
  while (!settings.empty()) {
    // A query may hold & and =, so it takes all that follows.
    const std::size_t end = settings.starts_with("query=")
                                ? settings.size()
                                : std::min(settings.find('&'), settings.size());
    const std::string_view setting = settings.substr(0, end);
    if (setting.starts_with("table=")) {
      parsed.table = PercentDecode(setting.substr(6));
    } else if (setting.starts_with("query=")) {
      parsed.query = PercentDecode(setting.substr(6));
    } else {
      parsed.database += before + std::string(setting);
      before = '&';
    }
    settings.remove_prefix(std::min(end + 1, settings.size()));
  }
  REEVE_ASSIGN_OR_RETURN(const std::string database, sql::PostgresDatabaseName(parsed.database));
  parsed.name = "postgresql://" + database;
  if (parsed.table.empty() == parsed.query.empty()) {
    return Status::InvalidArgument(parsed.name + " names " +
                                   (parsed.table.empty() ? "no table" : "a table and a query") +
                                   ", expected postgresql://…?table=T or ?query=SELECT …");
  }
  parsed.name += parsed.query.empty() ? "?table=" + parsed.table : "?query=" + parsed.query;
  return parsed;
}

std::string SourceName(const std::string& source) {
  if (!IsPostgresUri(source)) return source;
  const Result<PostgresUri> parsed = ParsePostgresUri(source);
  return parsed.ok() ? parsed->name : MaskCredentials(source);
}

Result<Format> FormatOfPath(const std::string& path) {
  const std::string plain = ToLower(WithoutCompression(path));
  for (const std::string_view ending : {".csv", ".tsv", ".txt"}) {
    if (plain.ends_with(ending)) return Format::kCsv;
  }
  if (plain.ends_with(".parquet")) {
    if (plain.size() == path.size()) return Format::kParquet;
    return Status::InvalidArgument(
               Quote(path, 400) +
               " is a compressed Parquet file, expected .parquet as it is: it is "
               "compressed within")
        .WithFix("decompress it first");
  }
  if (plain.ends_with(".jsonl") || plain.ends_with(".ndjson")) return Format::kJsonLines;
  Status status = Status::InvalidArgument(Quote(path, 400) + " is of an unknown kind, expected " +
                                          std::string(kKinds));
  if (plain.ends_with(".json")) {
    return std::move(status).WithFix("write one object a line, e.g. jq -c '.[]' " + BaseName(path) +
                                     " > NEW.jsonl");
  }
  if (plain.ends_with(".xlsx") || plain.ends_with(".xls") || plain.ends_with(".ods"))
    return std::move(status).WithFix("save the sheet as CSV in UTF-8");
  return status;
}

Result<Source> ResolveSource(const std::string& source) {
  if (source == "-") return SourceOfStandardInput();
  Source resolved;
  if (IsPostgresUri(source)) {
    REEVE_ASSIGN_OR_RETURN(resolved.postgres, ParsePostgresUri(source));
    resolved.format = Format::kPostgres;
    resolved.names = {resolved.postgres.name};
    return resolved;
  }
  if (source.starts_with("sqlite:")) {
    REEVE_ASSIGN_OR_RETURN(resolved.sqlite, ParseSqliteUri(source));
    resolved.format = Format::kSqlite;
    resolved.files = {resolved.sqlite.path};
    resolved.names = resolved.files;
    REEVE_RETURN_IF_ERROR(CheckFile(resolved.sqlite.path));
    return resolved;
  }
  REEVE_ASSIGN_OR_RETURN(resolved.files, Expand(source));
  resolved.names = resolved.files;
  for (const std::string& file : resolved.files) REEVE_RETURN_IF_ERROR(CheckFile(file));
  REEVE_ASSIGN_OR_RETURN(resolved.format, FormatOfPath(resolved.files.front()));
  for (const std::string& file : resolved.files) {
    REEVE_ASSIGN_OR_RETURN(const Format format, FormatOfPath(file));
    if (format != resolved.format) {
      return Status::InvalidArgument(Quote(source, 400) +
                                     " mixes formats: " + Quote(resolved.files.front(), 200) +
                                     " and " + Quote(file, 200));
    }
  }
  resolved.prefers_tabs = ToLower(WithoutCompression(resolved.files.front())).ends_with(".tsv");
  return resolved;
}

Status CheckSameColumns(const std::vector<std::string>& first_columns,
                        const std::string& first_file, const std::vector<std::string>& columns,
                        const std::string& file) {
  const auto lacks = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) == names.end();
  };
  const std::string expected = ", expected the same columns in every file";
  for (const std::string& name : first_columns) {
    if (lacks(columns, name)) {
      return Status::InvalidData(file + " lacks column " + Quote(name) + " of " + first_file +
                                 expected);
    }
  }
  for (const std::string& name : columns) {
    if (lacks(first_columns, name)) {
      return Status::InvalidData(file + " has column " + Quote(name) + ", which " + first_file +
                                 " lacks" + expected);
    }
  }
  return Status::Ok();
}

}  // namespace reeve::ingest
