#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/sql/database.h"
#include "reeve/sql/postgres/connection.h"

namespace reeve::sql {

class PostgresRows;

/// Whose rows a connection is sending at the moment, and how statements begin. Implemented by the
/// database.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Sends a query and reads its first row, none when it has none.
  virtual Result<Answer> Start(PostgresRows* reader, const Query& query) = 0;
  virtual Result<Answer> Next() = 0;
  /// The reader has come to the end of its rows.
  virtual void Done(PostgresRows* reader) = 0;
  virtual const Libpq& libpq() const = 0;
};

/// The rows of one statement: as they come, or kept when another statement needs the connection.
class PostgresRows final : public Rows {
 public:
  PostgresRows(RowSource* source, Query query) : source_(source), query_(std::move(query)) {}
  ~PostgresRows() override;

  Result<bool> Step() override;
  bool IsNull(int column_idx) const override;
  std::string_view View(int column_idx) const override;
  std::int64_t Integer(int column_idx) const override;
  double Real(int column_idx) const override;

  /// Reads what is left into memory, for the connection to be free.
  void KeepRest();

 private:
  enum class State { kNew, kReading, kKept, kEnded };

  /// The cells of a row one behind the other.
  struct Row {
    std::string bytes;
    /// Where each cell begins, and at last where the next would.
    std::vector<std::size_t> begins;
    std::vector<bool> nulls;
  };

  void Read(const Answer& answer, Row& row) const;

  RowSource* source_;
  Query query_;
  State state_ = State::kNew;
  Row row_;
  std::deque<Row> kept_;
  /// How reading on failed while the rest was kept: told behind the last row that came.
  Status failure_;
};

}  // namespace reeve::sql
