#include "reeve/ingest/json_lines.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/ingest/byte_source.h"
#include "reeve/ingest/duck_error.h"

namespace reeve::ingest {
namespace {

constexpr const char* kOptions = ", format='newline_delimited', records=true";
constexpr std::size_t kBlockBytes = 1 << 18;

// How a column is declared when it is read: by what must not be lost.
struct Declared {
  const char* sql;
  duckdb_type type;
};
Declared DeclaredAs(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BIGINT:
      return {"BIGINT", DUCKDB_TYPE_BIGINT};
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      // Beyond 64 bits the text keeps every digit.
      return {"VARCHAR", DUCKDB_TYPE_VARCHAR};
    case DUCKDB_TYPE_DOUBLE:
      return {"DOUBLE", DUCKDB_TYPE_DOUBLE};
    case DUCKDB_TYPE_BOOLEAN:
      return {"BOOLEAN", DUCKDB_TYPE_BOOLEAN};
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_MAP:
    case DUCKDB_TYPE_ARRAY:
      return {"JSON", DUCKDB_TYPE_LIST};
    default:
      return {"VARCHAR", DUCKDB_TYPE_VARCHAR};
  }
}

std::string FileList(const std::vector<std::string>& files) {
  std::string list;
  for (const std::string& file : files) list += (list.empty() ? "[" : ", ") + SqlPath(file);
  return list + "]";
}

// Whether any line has a member of this very name.
Result<bool> Occurs(Duck& duck, const Source& source, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(
      const auto stream,
      DuckStream::Open(duck, "SELECT 1 FROM read_json_objects(" + FileList(source.files) +
                                 ", format='newline_delimited') WHERE "
                                 "list_contains(json_keys(json), " +
                                 SqlText(name) + ") LIMIT 1"));
  REEVE_ASSIGN_OR_RETURN(duckdb_data_chunk chunk, stream->Fetch());
  const bool occurs = chunk != nullptr && duckdb_data_chunk_get_size(chunk) > 0;
  if (chunk != nullptr) duckdb_destroy_data_chunk(&chunk);
  return occurs;
}

// What DuckDB may have renamed to `name`, in words; nothing when it stands for itself. Its names do
// not differ in case, so the second of "a" and "A" becomes "A_1", and what has no name becomes
// "C0".
std::string RenamedFrom(const std::string& name, const std::vector<std::string>& names) {
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (name.starts_with('C') && is_number(std::string_view(name).substr(1))) {
    return "a member without a name";
  }
  const std::size_t mark = name.rfind('_');
  if (mark == std::string::npos || !is_number(std::string_view(name).substr(mark + 1))) return "";
  const std::string original = name.substr(0, mark);
  const auto twin = std::find_if(names.begin(), names.end(), [&](const std::string& other) {
    return ToLower(other) == ToLower(original);
  });
  if (twin == names.end()) return "";
  return "members " + Quote(*twin) + " and " + Quote(original) + " that differ in case only";
}

// A renamed member would be read as missing, for no line has one of the new name.
Status CheckRenamed(Duck& duck, const Source& source, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string original = RenamedFrom(name, names);
    if (original.empty()) continue;
    REEVE_ASSIGN_OR_RETURN(const bool occurs, Occurs(duck, source, name));
    if (occurs) continue;
    return Status::InvalidData(source.names[0] + ": found " + original +
                               ", expected distinct names")
        .WithFix("rename one of them");
  }
  return Status::Ok();
}

// The object on `line`, or why there is none.
std::string ProblemOf(std::string_view line) {
  if (Trim(line).empty()) return "";
  if (!IsUtf8(line)) return "found bytes that are no UTF-8";
  const Result<Json> json = ParseJson(line);
  if (!json.ok()) return "found no valid JSON (" + json.status().message() + ")";
  return json->is_object() ? "" : "found JSON that is no object";
}

Status CheckNotEmpty(const std::string& file, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const auto bytes, ByteSource::Open(file, name));
  std::string block(kBlockBytes, '\0');
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const std::size_t got, bytes->Read(block.data(), block.size()));
    if (got == 0) break;
    if (!Trim(std::string_view(block).substr(0, got)).empty()) return Status::Ok();
  }
  return Status::InvalidData(name + " is empty, expected one JSON object per line");
}

}  // namespace

Result<JsonLinesShape> DescribeJsonLines(Duck& duck, const Source& source) {
  for (std::size_t i = 0; i < source.files.size(); ++i) {
    REEVE_RETURN_IF_ERROR(CheckNotEmpty(source.files[i], source.names[i]));
  }
  Result<std::unique_ptr<DuckStream>> opened = DuckStream::Open(
      duck, "SELECT * FROM read_json(" + FileList(source.files) + kOptions +
                ", sample_size=-1, map_inference_threshold=-1, union_by_name=true, "
                "convert_strings_to_integers=false) LIMIT 0");
  if (!opened.ok()) {
    for (std::size_t i = 0; i < source.files.size(); ++i) {
      Status broken = BrokenJsonLine(source.files[i], source.names[i]);
      if (!broken.ok()) return broken;
    }
    return ReadFailure(source.names[0], Format::kJsonLines, opened.status().message());
  }
  DuckStream& stream = **opened;
  JsonLinesShape shape;
  std::vector<std::string> names;
  for (idx_t i = 0; i < stream.columns(); ++i) {
    names.push_back(stream.ColumnName(i));
    const Declared declared = DeclaredAs(stream.ColumnType(i));
    shape.declaration += (shape.declaration.empty() ? "{" : ", ") + SqlText(names.back()) + ": '" +
                         declared.sql + "'";
    shape.columns.push_back(MakeDuckColumn(names.back(), declared.type));
  }
  shape.declaration += "}";
  opened->reset();
  REEVE_RETURN_IF_ERROR(CheckRenamed(duck, source, names));
  return shape;
}

std::string JsonLinesRelation(const std::string& file, const std::string& declaration) {
  return "read_json([" + SqlPath(file) + "]" + kOptions + ", columns=" + declaration + ")";
}

Status BrokenJsonLine(const std::string& file, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const auto bytes, ByteSource::Open(file, name));
  std::string rest, block(kBlockBytes, '\0');
  std::int64_t line = 0;
  for (std::size_t got = 1; got > 0;) {
    REEVE_ASSIGN_OR_RETURN(got, bytes->Read(block.data(), block.size()));
    rest.append(block, 0, got);
    if (got == 0 && !rest.empty()) rest += '\n';
    std::size_t start = 0;
    for (std::size_t end = 0; (end = rest.find('\n', start)) != std::string::npos;
         start = end + 1) {
      ++line;
      const std::string problem = ProblemOf(std::string_view(rest).substr(start, end - start));
      if (problem.empty()) continue;
      return Status::InvalidData(name + ", line " + std::to_string(line) + ": " + problem +
                                 ", expected one JSON object per line")
          .WithFix("mend or remove that line");
    }
    rest.erase(0, start);
  }
  return Status::Ok();
}

}  // namespace reeve::ingest
