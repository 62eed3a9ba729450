#include "reeve/sql/postgres/postgres_database.h"

#include <cstdint>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/sql/postgres/connection.h"
#include "reeve/sql/postgres/postgres_rows.h"
#include "reeve/sql/postgres/sqlstate.h"

namespace reeve::sql {
namespace {

// "reeve" in ASCII: the lock of all transactions of this program in a database. One without a
// subject holds it alone; others share it, and hold one of their subject alone.
constexpr const char* kLock = "491327420005";

// FNV-1a (Fowler, Noll, Vo): the same in every process. Two subjects of one number wait for each
// other, which is all.
std::int64_t NumberOf(std::string_view subject) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : subject) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<std::int64_t>(hash);
}

// In one journey to the server. Each statement of the transaction sees what was committed before it
// (READ COMMITTED), and so all of them what the holder of the lock before wrote.
std::string BeginScript(std::string_view subject) {
  const std::string lock = kLock;
  if (subject.empty()) return "BEGIN; SELECT pg_advisory_xact_lock(" + lock + ")";
  return "BEGIN; SELECT pg_advisory_xact_lock_shared(" + lock + "); SELECT pg_advisory_xact_lock(" +
         std::to_string(NumberOf(subject)) + ")";
}

// Whether running it twice is running it once.
bool OnlyReads(std::string_view sql) { return ToLower(Trim(sql).substr(0, 7)) == "select "; }

class PostgresDatabase final : public Database, public RowSource {
 public:
  explicit PostgresDatabase(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  Dialect dialect() const override { return Dialect::kPostgres; }
  const std::string& name() const override { return connection_->name(); }
  std::int64_t changes() const override { return changes_; }

  Result<bool> HasTable(std::string_view table) override {
    REEVE_ASSIGN_OR_RETURN(
        Statement row,
        Prepare("SELECT 1 FROM pg_catalog.pg_class WHERE relname = ? AND relkind IN ('r', 'p') AND "
                "pg_catalog.pg_table_is_visible(oid)",
                table));
    return row.Step();
  }

  Result<std::vector<ResultColumn>> Describe(const std::string& sql) override {
    REEVE_RETURN_IF_ERROR(MakeReady());
    return connection_->Describe(sql);
  }

  Status RunScript(const char* sql) override {
    REEVE_RETURN_IF_ERROR(MakeReady());
    const Status status = connection_->RunScript(sql);
    changes_ = connection_->changes();
    return status;
  }

  Status Begin(std::string_view subject) override {
    REEVE_RETURN_IF_ERROR(MakeReady());
    const std::string script = BeginScript(subject);
    Status status = connection_->RunScript(script.c_str());
    if (!status.ok() && connection_->IsLost()) {
      REEVE_RETURN_IF_ERROR(connection_->Reconnect());
      status = connection_->RunScript(script.c_str());
    }
    in_transaction_ = status.ok();
    if (!status.ok()) (void)connection_->RunScript("ROLLBACK");
    return status;
  }

  Status Commit() override {
    REEVE_RETURN_IF_ERROR(MakeReady());
    // The server takes COMMIT for ROLLBACK then, without an error.
    if (connection_->HasFailedTransaction()) {
      return Status::Unavailable("database " + Quote(name(), 400) +
                                 ": a statement of the transaction has failed, nothing is written");
    }
    REEVE_RETURN_IF_ERROR(connection_->RunScript("COMMIT"));
    in_transaction_ = false;
    return Status::Ok();
  }

  void Rollback() override {
    Settle();
    in_transaction_ = false;
    (void)connection_->RunScript("ROLLBACK");
    if (is_stale_) (void)connection_->Forget();
    is_stale_ = false;
  }

 protected:
  Result<Statement> Bind(std::string_view sql, const Parameter* parameters,
                         std::size_t count) override {
    REEVE_ASSIGN_OR_RETURN(Query query, Query::Make(sql, parameters, count));
    return Statement(std::make_unique<PostgresRows>(this, std::move(query)));
  }

 private:
  Result<Answer> Start(PostgresRows* reader, const Query& query) override {
    REEVE_RETURN_IF_ERROR(MakeReady());
    Result<Answer> first = Try(query);
    if (!first.ok()) REEVE_RETURN_IF_ERROR(TryAgain(query, first));
    reader_ = reader;
    return first;
  }
  // Where the first attempt has done nothing for sure, and a second may succeed.
  Status TryAgain(const Query& query, Result<Answer>& answer) {
    const bool is_lost = connection_->IsLost();
    const bool is_stale = !is_lost && IsStaleStatement(connection_->sqlstate());
    if (in_transaction_) {
      // Nothing but the end of the transaction is heard now.
      is_stale_ = is_stale_ || is_stale;
      return Status::Ok();
    }
    if (is_lost && OnlyReads(query.sql())) {
      REEVE_RETURN_IF_ERROR(connection_->Reconnect());
      answer = Try(query);
    } else if (is_stale) {
      REEVE_RETURN_IF_ERROR(connection_->Forget());
      answer = Try(query);
    }
    return Status::Ok();
  }
  Result<Answer> Try(const Query& query) {
    REEVE_RETURN_IF_ERROR(connection_->Send(query));
    return Next();
  }
  Result<Answer> Next() override {
    Result<Answer> answer = connection_->Next();
    if (answer.ok() && !*answer) changes_ = connection_->changes();
    return answer;
  }
  void Done(PostgresRows* reader) override {
    if (reader_ == reader) reader_ = nullptr;
  }
  const Libpq& libpq() const override { return connection_->libpq(); }

  // Frees the connection of the rows that are being read.
  void Settle() {
    if (reader_ != nullptr) reader_->KeepRest();
  }
  Status MakeReady() {
    Settle();
    if (in_transaction_ || !connection_->IsLost()) return Status::Ok();
    return connection_->Reconnect();
  }

  std::unique_ptr<Connection> connection_;
  /// Not owned; null while the connection is free.
  PostgresRows* reader_ = nullptr;
  bool in_transaction_ = false;
  /// A prepared statement of the transaction is not what it was.
  bool is_stale_ = false;
  std::int64_t changes_ = 0;
};

}  // namespace

Result<std::unique_ptr<Database>> OpenPostgres(const std::string& url,
                                               const DatabaseOptions& options) {
  REEVE_ASSIGN_OR_RETURN(PostgresUrl parsed, ParsePostgresUrl(url));
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(std::move(parsed), {.lock_ms = options.busy_ms}));
  return std::unique_ptr<Database>(std::make_unique<PostgresDatabase>(std::move(connection)));
}

}  // namespace reeve::sql
