#include "reeve/ingest/duck_columns.h"

#include <cmath>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

bool IsValid(const std::uint64_t* validity, idx_t row) {
  return validity == nullptr ||
         duckdb_validity_row_is_valid(const_cast<std::uint64_t*>(validity), row);
}

void AppendTexts(duckdb_vector vector, idx_t rows, Column& column) {
  const std::uint64_t* const validity = duckdb_vector_get_validity(vector);
  auto* const texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  for (idx_t row = 0; row < rows; ++row) {
    if (!IsValid(validity, row)) {
      column.AppendText("");
      continue;
    }
    std::string_view text(duckdb_string_t_data(&texts[row]), duckdb_string_t_length(texts[row]));
    // Most values have no blanks round them: look at the ends before trimming.
    const auto odd = [](char c) {
      return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x80;
    };
    if (!text.empty() && (odd(text.front()) || odd(text.back()))) text = Trim(text);
    column.AppendText(text);
  }
}

void AppendNumbers(duckdb_vector vector, idx_t rows, Column& column) {
  const std::uint64_t* const validity = duckdb_vector_get_validity(vector);
  const auto* const numbers = static_cast<const double*>(duckdb_vector_get_data(vector));
  std::vector<double>& values = column.mutable_numbers();
  for (idx_t row = 0; row < rows; ++row) {
    const bool usable = IsValid(validity, row) && std::isfinite(numbers[row]);
    values.push_back(usable ? numbers[row] : kMissingNumber);
  }
}

constexpr const char* kLargestExact = "9007199254740992";

DuckColumn Number(const std::string& name, ColumnType type, const std::string& expression) {
  return {.name = std::string(Trim(name)),
          .type = type,
          .expression = expression,
          .text_expression = "CAST(" + SqlName(name) + " AS VARCHAR)",
          .is_text = false};
}

DuckColumn Text(const std::string& name, ColumnType type, const std::string& expression) {
  return {.name = std::string(Trim(name)),
          .type = type,
          .expression = expression,
          .text_expression = expression};
}

void BecomeText(DuckColumn& column) {
  column.expression = column.text_expression;
  column.type = ColumnType::kText;
  column.is_text = true;
}

}  // namespace

DuckColumn MakeDuckColumn(const std::string& name, duckdb_type type) {
  const std::string sql = SqlName(name);
  switch (type) {
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT: {
      DuckColumn column = Number(name, ColumnType::kInteger, "CAST(" + sql + " AS DOUBLE)");
      column.is_wide = true;
      return column;
    }
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
      return Number(name, ColumnType::kInteger, "CAST(" + sql + " AS DOUBLE)");
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return Number(name, ColumnType::kReal, "CAST(" + sql + " AS DOUBLE)");
    case DUCKDB_TYPE_BOOLEAN:
      return Number(name, ColumnType::kBoolean, "CAST(CAST(" + sql + " AS INTEGER) AS DOUBLE)");
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return Number(name, ColumnType::kDatetime,
                    "CASE WHEN isfinite(CAST(" + sql + " AS TIMESTAMP)) THEN epoch_us(CAST(" + sql +
                        " AS TIMESTAMP)) / 1e6 END");
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      // Not cast to TIMESTAMP, which would give the hour on the clock of the session's time zone.
      return Number(name, ColumnType::kDatetime,
                    "CASE WHEN isfinite(" + sql + ") THEN epoch_us(" + sql + ") / 1e6 END");
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_MAP:
    case DUCKDB_TYPE_ARRAY:
      return Text(name, ColumnType::kList,
                  "nullif(nullif(CAST(to_json(" + sql + ") AS VARCHAR), '[]'), 'null')");
    default:
      return Text(name, ColumnType::kText, "CAST(" + sql + " AS VARCHAR)");
  }
}

Status KeepWideIntegersAsTexts(Duck& duck, const std::string& relation,
                               std::vector<DuckColumn>& columns) {
  std::vector<DuckColumn*> wide;
  std::string sql;
  for (DuckColumn& column : columns) {
    if (!column.is_wide || column.is_text) continue;
    sql += (sql.empty() ? "SELECT " : ", ") + ("max(abs(" + column.expression + ")) >= ") +
           kLargestExact;
    wide.push_back(&column);
  }
  if (wide.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const auto stream, DuckStream::Open(duck, sql + " FROM " + relation));
  REEVE_ASSIGN_OR_RETURN(duckdb_data_chunk chunk, stream->Fetch());
  if (chunk == nullptr) return Status::Ok();
  for (std::size_t k = 0; k < wide.size(); ++k) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, k);
    const bool has_value = IsValid(duckdb_vector_get_validity(vector), 0);
    const auto* const is_beyond = static_cast<const bool*>(duckdb_vector_get_data(vector));
    if (has_value && is_beyond[0]) BecomeText(*wide[k]);
  }
  duckdb_destroy_data_chunk(&chunk);
  return Status::Ok();
}

void UnifyTypes(DuckColumn& a, DuckColumn& b) {
  if (a.type == b.type && a.is_text == b.is_text) return;
  const auto is_number = [](const DuckColumn& column) {
    return !column.is_text &&
           (column.type == ColumnType::kInteger || column.type == ColumnType::kReal);
  };
  if (is_number(a) && is_number(b)) {
    a.type = b.type = ColumnType::kReal;
    return;
  }
  BecomeText(a);
  BecomeText(b);
}

Table EmptyTable(const std::vector<DuckColumn>& columns) {
  Table table;
  for (const DuckColumn& column : columns) {
    table.Add(column.is_text ? Column::Texts(column.name, column.type)
                             : Column::Numbers(column.name, column.type, {}));
  }
  return table;
}

void AppendChunk(const std::vector<DuckColumn>& columns, duckdb_data_chunk chunk, Table& table) {
  const idx_t rows = duckdb_data_chunk_get_size(chunk);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
    (columns[i].is_text ? AppendTexts : AppendNumbers)(vector, rows, table.mutable_column(i));
  }
}

Result<std::vector<DuckColumn>> DescribeTyped(Duck& duck, const std::string& relation) {
  std::vector<DuckColumn> columns;
  REEVE_ASSIGN_OR_RETURN(const auto stream,
                         DuckStream::Open(duck, "SELECT * FROM " + relation + " LIMIT 0"));
  for (idx_t i = 0; i < stream->columns(); ++i) {
    columns.push_back(MakeDuckColumn(stream->ColumnName(i), stream->ColumnType(i)));
  }
  return columns;
}

}  // namespace reeve::ingest
