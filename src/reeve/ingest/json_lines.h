#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/ingest/duck_columns.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// What the lines of all files of a source hold together.
struct JsonLinesShape {
  /// In order of first appearance; a line without a member has a missing value there.
  std::vector<DuckColumn> columns;
  /// DuckDB's `columns` argument, with which every file is read alike.
  std::string declaration;
};

/// Looks at every line. Numbers and booleans keep their type where all values of a column are such;
/// dates stay the texts they are, as they would in a request; lists and objects stay JSON text.
/// Fails with kInvalidData for what is no object a line.
Result<JsonLinesShape> DescribeJsonLines(Duck& duck, const Source& source);

/// The relation that reads one file.
std::string JsonLinesRelation(const std::string& file, const std::string& declaration);

/// Fails with kInvalidData naming the first line of a file that holds no JSON object; Ok when all
/// do.
Status BrokenJsonLine(const std::string& file, const std::string& name);

}  // namespace reeve::ingest
