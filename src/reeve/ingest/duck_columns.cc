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

// How a column of DuckDB's type becomes a DOUBLE or a VARCHAR.
DuckColumn Describe(const std::string& name, duckdb_type type) {
  const std::string sql = SqlName(name);
  const auto number = [&](ColumnType kind, const std::string& expression) {
    return DuckColumn{
        .name = std::string(Trim(name)), .type = kind, .expression = expression, .is_text = false};
  };
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
      return number(ColumnType::kInteger, "CAST(" + sql + " AS DOUBLE)");
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      return number(ColumnType::kReal, "CAST(" + sql + " AS DOUBLE)");
    case DUCKDB_TYPE_BOOLEAN:
      return number(ColumnType::kBoolean, "CAST(CAST(" + sql + " AS INTEGER) AS DOUBLE)");
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return number(ColumnType::kDatetime,
                    "CAST(epoch_us(CAST(" + sql + " AS TIMESTAMP)) AS DOUBLE) / 1e6");
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_MAP:
    case DUCKDB_TYPE_ARRAY:
      return {.name = std::string(Trim(name)),
              .type = ColumnType::kList,
              .expression = "nullif(nullif(CAST(to_json(" + sql + ") AS VARCHAR), '[]'), 'null')"};
    default:
      return {.name = std::string(Trim(name)),
              .type = ColumnType::kText,
              .expression = "CAST(" + sql + " AS VARCHAR)"};
  }
}

// Integers beyond 2^53 are usually ids; as doubles they would lose digits.
Status KeepWideIntegersAsTexts(Duck& duck, const std::string& relation,
                               std::vector<DuckColumn>& columns,
                               const std::vector<std::size_t>& wide) {
  if (wide.empty()) return Status::Ok();
  std::string sql;
  for (const std::size_t i : wide) {
    sql += (sql.empty() ? "SELECT " : ", ") + ("max(abs(" + columns[i].expression + "))");
  }
  REEVE_ASSIGN_OR_RETURN(const auto stream, DuckStream::Open(duck, sql + " FROM " + relation));
  REEVE_ASSIGN_OR_RETURN(duckdb_data_chunk chunk, stream->Fetch());
  if (chunk == nullptr) return Status::Ok();
  constexpr double kExact = 9007199254740992.0;
  for (std::size_t k = 0; k < wide.size(); ++k) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, k);
    const bool has_value = IsValid(duckdb_vector_get_validity(vector), 0);
    if (!has_value || static_cast<const double*>(duckdb_vector_get_data(vector))[0] < kExact)
      continue;
    DuckColumn& column = columns[wide[k]];
    column.expression.replace(column.expression.rfind("DOUBLE"), 6, "VARCHAR");
    column.type = ColumnType::kText;
    column.is_text = true;
  }
  duckdb_destroy_data_chunk(&chunk);
  return Status::Ok();
}

}  // namespace

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
  std::vector<std::size_t> wide;
  {
    REEVE_ASSIGN_OR_RETURN(const auto stream,
                           DuckStream::Open(duck, "SELECT * FROM " + relation + " LIMIT 0"));
    for (idx_t i = 0; i < stream->columns(); ++i) {
      const duckdb_type type = stream->ColumnType(i);
      if (type == DUCKDB_TYPE_BIGINT || type == DUCKDB_TYPE_UBIGINT) wide.push_back(columns.size());
      columns.push_back(Describe(stream->ColumnName(i), type));
    }
  }
  REEVE_RETURN_IF_ERROR(KeepWideIntegersAsTexts(duck, relation, columns, wide));
  return columns;
}

}  // namespace reeve::ingest
