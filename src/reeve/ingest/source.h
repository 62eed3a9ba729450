#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::ingest {

enum class Format { kCsv, kParquet, kJsonLines, kSqlite, kPostgres };
std::string_view FormatName(Format format);

/// sqlite:///file.db?table=T or ?query=SELECT …, taken apart.
struct SqliteUri {
  std::string path;
  std::string table;
  std::string query;
};

/// postgresql://USER:PASSWORD@HOST:PORT/DATABASE?table=T or ?query=SELECT …, taken apart.
struct PostgresUri {
  /// The database's URL, as sql::Open takes it.
  std::string database;
  /// "T" or "SCHEMA.T".
  std::string table;
  std::string query;
  /// The URI without the user's name, password and settings, for messages and records.
  std::string name;
};

/// A source, resolved: what kind it is and which files it means.
struct Source {
  Format format = Format::kCsv;
  /// Existing files in the order they are read; none for a server's database.
  std::vector<std::string> files;
  /// What messages and answers call them: the files themselves, or "standard input".
  std::vector<std::string> names;
  SqliteUri sqlite;
  PostgresUri postgres;
  /// True for ".tsv": tabs are preferred when the separator is in doubt.
  bool prefers_tabs = false;
  /// A copy of standard input that the reader has to remove.
  std::string temporary;
};

/// What messages, answers and records call a source or target: as it was given, a database of a
/// server without the user's name, password and settings.
std::string SourceName(const std::string& source);

/// Finds the files of a source. "-" is copied to a temporary file, whose format its first bytes
/// tell.
Result<Source> ResolveSource(const std::string& source);

/// The format that a file name's ending names, seen through .gz and .zst.
/// Fails with kInvalidArgument listing the valid ones.
Result<Format> FormatOfPath(const std::string& path);

/// Fails with kInvalidArgument unless the URI has a path and exactly one of table and query.
Result<SqliteUri> ParseSqliteUri(std::string_view uri);

/// Whether a source or target is a table of a PostgreSQL database.
bool IsPostgresUri(std::string_view uri);
/// Fails with kInvalidArgument unless the URI has a database and exactly one of table and query.
/// Messages hold nothing of a password.
Result<PostgresUri> ParsePostgresUri(std::string_view uri);

/// Fails with kInvalidData, naming the file and a column, unless `file` has the columns that
/// `first_file` has, in any order.
Status CheckSameColumns(const std::vector<std::string>& first_columns,
                        const std::string& first_file, const std::vector<std::string>& columns,
                        const std::string& file);

}  // namespace reeve::ingest
