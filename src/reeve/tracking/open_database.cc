#include "reeve/tracking/open_database.h"

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/sql/schema.h"

namespace reeve::tracking {
namespace {

constexpr const char* kVersionTable = "alembic_version";

// MLflow's tables beside which no other program has a reason to keep tables of the same names.
Result<bool> IsMlflows(sql::Database& database) {
  for (const char* table : {kVersionTable, "experiments", "runs", "registered_models"}) {
    REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(table));
    if (!there) return false;
  }
  return true;
}

Status OtherProgram(const sql::Database& database) {
  return Status::Unavailable("tracking store " + Quote(database.name(), 400) +
                             ": it holds tables of another program under names of MLflow's")
      .WithFix(database.dialect() == sql::Dialect::kSqlite
                   ? "name another file with --tracking-uri sqlite:///mlflow.db"
                   : "name another database with --tracking-uri");
}

Status Absent(const std::string& what) {
  return Status::NotFound("tracking store " + what)
      .WithFix("train a model here first, or name the store with --tracking-uri");
}

Status CheckSchema(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(kVersionTable));
  if (!there) {
    return Absent(Quote(database.name(), 400) +
                  " is empty or another program's: it has none of MLflow's tables");
  }
  REEVE_ASSIGN_OR_RETURN(const bool is_mlflows, IsMlflows(database));
  return is_mlflows ? Status::Ok() : OtherProgram(database);
}

Status MakeSchema(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(kVersionTable));
  if (there) return CheckSchema(database);
  const bool is_file = database.dialect() == sql::Dialect::kSqlite;
  // Readers do not wait for a writer then; the setting stays in the file, and MLflow goes along
  // with it. It fails when another process is making the file at this moment, which does no harm.
  if (is_file) (void)database.RunScript("PRAGMA journal_mode = WAL");
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const bool made_meanwhile, database.HasTable(kVersionTable));
  if (made_meanwhile) return Status::Ok();
  const Status made = database.RunScript(is_file ? kSchema : kPostgresSchema);
  // SQLite has no code of its own for a name that is taken.
  if (made.code() == StatusCode::kAlreadyExists ||
      made.message().find("already exists") != std::string::npos)
    return OtherProgram(database);
  REEVE_RETURN_IF_ERROR(made);
  REEVE_RETURN_IF_ERROR(database.Run("INSERT INTO alembic_version (version_num) VALUES (?)",
                                     std::string_view(kSchemaRevision)));
  return transaction.Commit();
}

// The folder of a file that is to be made; a file that is there when it has to be.
Status PrepareFile(const std::string& given, bool create) {
  FileSystem& files = FileSystem::System();
  const std::string path = AbsolutePath(given);
  if (!create && !files.Exists(path)) return Absent(Quote(given, 400) + " does not exist");
  const Status folder = files.CreateFolders(ParentFolder(path));
  if (folder.ok()) return folder;
  return Status::Unavailable("tracking store " + Quote(path, 400) + ": " + folder.message());
}

}  // namespace

Result<std::unique_ptr<sql::Database>> OpenTrackingDatabase(const std::string& uri,
                                                            const sql::DatabaseOptions& options) {
  std::string absolute = uri;
  if (const auto path = sql::SqlitePath(uri)) {
    REEVE_RETURN_IF_ERROR(PrepareFile(*path, options.create));
    absolute = "sqlite:///" + AbsolutePath(*path);
  }
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database, sql::Open(absolute, options));
  REEVE_RETURN_IF_ERROR(options.create ? MakeSchema(*database) : CheckSchema(*database));
  return database;
}

Status EnsureDefaultExperiment(sql::Database& database, const std::string& artifact_location,
                               std::int64_t now_ms) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT 1 FROM experiments WHERE experiment_id = 0"));
  REEVE_ASSIGN_OR_RETURN(const bool there, row.Step());
  if (there) return Status::Ok();
  return database.Run(
      "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, "
      "creation_time, last_update_time) "
      "VALUES (0, 'Default', ?, 'active', ?, ?) ON CONFLICT DO NOTHING",
      artifact_location, now_ms, now_ms);
}

Status CheckHasLoggedModels(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable("logged_models"));
  if (there) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT version_num FROM alembic_version"));
  REEVE_RETURN_IF_ERROR(row.Step().status());
  return Status::Unavailable("tracking store " + Quote(database.name(), 400) +
                             " is of MLflow 2 (revision " + Quote(row.Text(0)) +
                             ") and has no place for models, expected one of MLflow 3")
      .WithFix(database.dialect() == sql::Dialect::kSqlite
                   ? "upgrade it with MLflow 3: mlflow db upgrade sqlite:///" + database.name()
                   : "upgrade it with MLflow 3: mlflow db upgrade postgresql://…")
      .WithFix("or name another file with --tracking-uri sqlite:///mlflow.db");
}

}  // namespace reeve::tracking
