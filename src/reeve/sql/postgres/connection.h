#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/postgres/libpq.h"
#include "reeve/sql/postgres/postgres_url.h"
#include "reeve/sql/result_column.h"
#include "reeve/sql/value.h"

namespace reeve::sql {

struct ConnectionOptions {
  /// How long to wait for locks held by others, in milliseconds.
  int lock_ms = 20'000;
};

/// What the server answered to one statement, or one row of it.
class Answer {
 public:
  Answer() = default;
  Answer(const Libpq* pq, PGresult* result) : result_(result, pq->clear) {}

  PGresult* get() const { return result_.get(); }
  explicit operator bool() const { return result_ != nullptr; }

 private:
  std::unique_ptr<PGresult, decltype(&::PQclear)> result_{nullptr, nullptr};
};

/// A statement with its parameters, which it owns, in PostgreSQL's spelling.
class Query {
 public:
  Query() = default;
  /// Fails with kInvalidArgument for a text that PostgreSQL cannot hold: with a byte 0, or no
  /// UTF-8.
  static Result<Query> Make(std::string_view sql, const Parameter* parameters, std::size_t count);

  const std::string& sql() const { return sql_; }
  /// One letter for the type of each parameter that the server is told.
  const std::string& types() const { return types_; }
  std::size_t size() const { return types_.size(); }
  /// What libpq takes; the pointers live as long as this and are made anew by each call.
  std::vector<const char*> Values() const;
  std::vector<Oid> Types() const;

 private:
  std::string sql_;
  std::string types_;
  /// The values one behind the other, each with a byte 0 at its end.
  std::string bytes_;
  /// Where each begins in `bytes_`; -1 for NULL.
  std::vector<std::ptrdiff_t> begins_;
};

/// A connection to a PostgreSQL server. At most one statement is read at a time. Not thread-safe.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> Open(PostgresUrl url,
                                                  const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& name() const { return url_.name; }
  const Libpq& libpq() const { return *pq_; }

  /// Statements without parameters, in one message.
  Status RunScript(const char* sql);
  /// The columns of a statement without parameters, which does not run.
  Result<std::vector<ResultColumn>> Describe(const std::string& sql);
  /// Sends a statement; Next reads its rows. A text that comes again is prepared.
  Status Send(const Query& query);
  /// The next row; none when the statement has ended. After a failure it has ended as well.
  Result<Answer> Next();
  /// Rows that the last statement changed, or read.
  std::int64_t changes() const { return changes_; }

  /// What is known without asking the server: that it closed this connection while it was idle.
  bool IsLost();
  /// The error code of the last failure; empty for libpq's own.
  const std::string& sqlstate() const { return sqlstate_; }
  /// Connects again. What was prepared is prepared again when it is needed.
  Status Reconnect();
  /// Whether a statement of the transaction that is open has failed, and with it the transaction.
  bool HasFailedTransaction() const { return pq_->transaction_status(handle_) == PQTRANS_INERROR; }
  /// Forgets what is prepared.
  Status Forget();

 private:
  struct Kept {
    int uses = 0;
    /// Empty until it is prepared.
    std::string name;
  };

  Connection(const Libpq* pq, PostgresUrl url, const ConnectionOptions& options)
      : pq_(pq), url_(std::move(url)), options_(options) {}

  Status Connect();
  /// The name under which a query is prepared, empty when it is not.
  Result<std::string> Prepare(const Query& query);
  Status Failure(const PGresult* result);
  Status Finish(PGresult* result);

  const Libpq* pq_;
  PostgresUrl url_;
  ConnectionOptions options_;
  PGconn* handle_ = nullptr;
  std::string sqlstate_;
  std::int64_t changes_ = 0;
  std::unordered_map<std::string, Kept> kept_;
  std::int64_t prepared_ = 0;
};

}  // namespace reeve::sql
