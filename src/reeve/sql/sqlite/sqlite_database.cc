#include "reeve/sql/sqlite/sqlite_database.h"

#include <functional>
#include <unordered_map>

#include <sqlite3.h>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"

namespace reeve::sql {
namespace {

// Statements that a connection keeps; texts put together at run time may be many.
constexpr std::size_t kMostKept = 256;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
// By their texts; one text may be prepared more than once.
using Prepared = std::unordered_multimap<std::string, sqlite3_stmt*, TextHash, std::equal_to<>>;

class SqliteDatabase;

class SqliteRows final : public Rows {
 public:
  SqliteRows(SqliteDatabase* database, Prepared::node_type prepared)
      : database_(database), prepared_(std::move(prepared)), handle_(prepared_.mapped()) {}
  ~SqliteRows() override;
  Result<bool> Step() override;
  bool IsNull(int column_idx) const override {
    return sqlite3_column_type(handle_, column_idx) == SQLITE_NULL;
  }
  std::string_view View(int column_idx) const override {
    const auto* const text =
        reinterpret_cast<const char*>(sqlite3_column_text(handle_, column_idx));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column_idx))};
  }
  std::int64_t Integer(int column_idx) const override {
    return sqlite3_column_int64(handle_, column_idx);
  }
  double Real(int column_idx) const override { return sqlite3_column_double(handle_, column_idx); }

  sqlite3_stmt* handle() const { return handle_; }

 private:
  SqliteDatabase* database_;
  Prepared::node_type prepared_;
  sqlite3_stmt* handle_;
};

void BindOne(sqlite3_stmt* handle, int i, const Parameter& parameter) {
  if (const auto* text = std::get_if<std::string_view>(&parameter)) {
    // An empty view may point nowhere, which SQLite would take for NULL.
    const char* const bytes = text->data() == nullptr ? "" : text->data();
    sqlite3_bind_text(handle, i, bytes, static_cast<int>(text->size()), SQLITE_TRANSIENT);
  } else if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
    sqlite3_bind_int64(handle, i, *integer);
  } else if (const auto* real = std::get_if<double>(&parameter)) {
    sqlite3_bind_double(handle, i, *real);
  } else {
    sqlite3_bind_null(handle, i);
  }
}

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}
  ~SqliteDatabase() override { Close(); }

  Status Open(const DatabaseOptions& options) {
    const int flags = SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
    const Status opened = OpenAs(path_, flags, options);
    if (opened.ok() || options.create || !MayOnlyBeRead()) return opened;
    // A log that is written ahead wants a file beside the database, even of those who only read;
    // nobody writes where there is none of it.
    Close();
    return OpenAs(ImmutableUri(), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, options);
  }

  Dialect dialect() const override { return Dialect::kSqlite; }
  const std::string& name() const override { return path_; }

  Result<bool> HasTable(std::string_view table) override {
    REEVE_ASSIGN_OR_RETURN(
        Statement row,
        Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table));
    return row.Step();
  }
  Result<std::vector<ResultColumn>> Describe(const std::string& sql) override {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &handle, nullptr) != SQLITE_OK)
      return Failure();
    std::vector<ResultColumn> columns;
    for (int i = 0; i < sqlite3_column_count(handle); ++i)
      columns.push_back({.name = sqlite3_column_name(handle, i)});
    sqlite3_finalize(handle);
    return columns;
  }
  Status RunScript(const char* sql) override {
    return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Status::Ok()
                                                                              : Failure();
  }
  std::int64_t changes() const override { return sqlite3_changes(handle_); }
  Status Begin(std::string_view /*subject*/) override { return Run("BEGIN IMMEDIATE"); }
  Status Commit() override { return Run("COMMIT"); }
  void Rollback() override { (void)Run("ROLLBACK"); }

  // Takes a statement back when its rows are read.
  void Keep(Prepared::node_type prepared) {
    sqlite3_reset(prepared.mapped());
    sqlite3_clear_bindings(prepared.mapped());
    if (kept_.size() >= kMostKept) {
      sqlite3_finalize(kept_.begin()->second);
      kept_.erase(kept_.begin());
    }
    kept_.insert(std::move(prepared));
  }

  Status Failure() const;

 protected:
  Result<Statement> Bind(std::string_view sql, const Parameter* parameters,
                         std::size_t count) override {
    auto kept = kept_.find(sql);
    if (kept == kept_.end()) {
      sqlite3_stmt* handle = nullptr;
      if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
        return Failure();
      }
      kept = kept_.emplace(sql, handle);
    }
    auto rows = std::make_unique<SqliteRows>(this, kept_.extract(kept));
    for (std::size_t i = 0; i < count; ++i) {
      BindOne(rows->handle(), static_cast<int>(i) + 1, parameters[i]);
    }
    return Statement(std::move(rows));
  }

 private:
  void Close() {
    for (auto& [sql, handle] : kept_) sqlite3_finalize(handle);
    kept_.clear();
    sqlite3_close_v2(handle_);
    handle_ = nullptr;
  }

  Status OpenAs(const std::string& name, int flags, const DatabaseOptions& options) {
    // A connection is one thread's at a time: it needs no lock of its own.
    if (sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
      return Failure();
    sqlite3_busy_timeout(handle_, options.busy_ms);
    REEVE_RETURN_IF_ERROR(
        RunScript("PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = true;"));
    // Pages that many commits change are written back once, when 32 MiB of log have come together.
    if (options.relaxed_sync) {
      REEVE_RETURN_IF_ERROR(
          RunScript("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8192"));
    }
    // The first look at the file: it may be none of SQLite's.
    return Run("SELECT count(*) FROM sqlite_master");
  }

  // A database that this process may not write, or whose folder it may not, while nobody writes.
  bool MayOnlyBeRead() const {
    const int code = handle_ != nullptr ? sqlite3_errcode(handle_) : SQLITE_OK;
    return (code == SQLITE_READONLY || code == SQLITE_CANTOPEN) &&
           FileSystem::System().Exists(path_) && !FileSystem::System().Exists(path_ + "-wal");
  }

  std::string ImmutableUri() const {
    std::string uri = "file:";
    for (const char c : path_) {
      const char* const escaped = c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : nullptr;
      if (escaped != nullptr) {
        uri += escaped;
      } else {
        uri += c;
      }
    }
    return uri + "?immutable=1";
  }

  std::string path_;
  sqlite3* handle_ = nullptr;
  // Not in use now.
  Prepared kept_;
};

SqliteRows::~SqliteRows() { database_->Keep(std::move(prepared_)); }

Result<bool> SqliteRows::Step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->Failure();
}

Status SqliteDatabase::Failure() const {
  const std::string message = "tracking store " + Quote(path_, 400) + ": " +
                              (handle_ != nullptr ? sqlite3_errmsg(handle_) : "no memory");
  switch (handle_ != nullptr ? sqlite3_errcode(handle_) : SQLITE_NOMEM) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Status::Unavailable(message + " by another process that does not let go")
          .WithFix("end that process, or wait for it");
    case SQLITE_NOTADB:
      return Status::Unavailable(message).WithFix(
          "name another file with --tracking-uri sqlite:///mlflow.db");
    case SQLITE_FULL:
      return Status::Io(message + ": no space is left on its disk")
          .WithFix("free space on that disk, then run it again");
    case SQLITE_CONSTRAINT:
      return Status::AlreadyExists(message);
    case SQLITE_READONLY:
      return Status::Io(message).WithFix(
          "ask for the right to write the file and its folder, or name another with "
          "--tracking-uri");
    case SQLITE_CANTOPEN:
      return Status::Unavailable(message).WithFix(
          "ask for the right to write the file and its folder, or name another with "
          "--tracking-uri");
    case SQLITE_CORRUPT:
      return Status::Corrupt(message).WithFix(
          "restore the file from a backup, or save what can be read: sqlite3 FILE .recover");
    case SQLITE_IOERR:
      return Status::Io(message + " (disk I/O, perhaps no space is left)");
    default:
      return Status::Unavailable(message);
  }
}

}  // namespace

Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                             const DatabaseOptions& options) {
  auto database = std::make_unique<SqliteDatabase>(path);
  REEVE_RETURN_IF_ERROR(database->Open(options));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace reeve::sql
