#include "reeve/tracking/sqlite/sqlite_store.h"

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/sqlite/schema.h"

namespace reeve::tracking {
namespace {

constexpr const char* kVersionTable = "alembic_version";

// MLflow's tables beside which no other program has a reason to keep tables of the same names.
Result<bool> IsMlflows(Database& database) {
  for (const char* table : {kVersionTable, "experiments", "runs", "registered_models"}) {
    REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(table));
    if (!there) return false;
  }
  return true;
}

Status OtherProgram(const std::string& path) {
  return Status::Unavailable("tracking store " + Quote(path, 400) +
                             ": the file holds tables of another program under names of MLflow's")
      .WithFix("name another file with --tracking-uri sqlite:///mlflow.db");
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                       const StoreOptions& options) {
  const std::string absolute = AbsolutePath(path);
  FileSystem& files = FileSystem::System();
  if (!options.create && !files.Exists(absolute)) {
    return Status::NotFound("tracking store " + Quote(path, 400) + " does not exist")
        .WithFix("train a model here first, or name the store with --tracking-uri");
  }
  const Status folder = files.CreateFolders(ParentFolder(absolute));
  if (!folder.ok())
    return Status::Unavailable("tracking store " + Quote(absolute, 400) + ": " + folder.message());
  REEVE_ASSIGN_OR_RETURN(auto database, Database::Open(absolute, {.create = options.create,
                                                                  .busy_ms = options.busy_ms}));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(database), absolute, options.clock));
  REEVE_RETURN_IF_ERROR(options.create ? store->MakeSchema() : store->CheckSchema());
  REEVE_RETURN_IF_ERROR(store->EnsureDefaultExperiment());
  return store;
}

Status SqliteStore::CheckSchema() {
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable(kVersionTable));
  if (!there) {
    return Status::NotFound("tracking store " + Quote(path_, 400) + " does not exist in that file")
        .WithFix("train a model here first, or name the store with --tracking-uri");
  }
  REEVE_ASSIGN_OR_RETURN(const bool is_mlflows, IsMlflows(*database_));
  return is_mlflows ? Status::Ok() : OtherProgram(path_);
}

Status SqliteStore::MakeSchema() {
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable(kVersionTable));
  if (there) return CheckSchema();
  // Readers do not wait for a writer then; the setting stays in the file, and MLflow goes along
  // with it. It fails when another process is making the file at this moment, which does no harm.
  (void)database_->RunScript("PRAGMA journal_mode = WAL");
  REEVE_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  REEVE_ASSIGN_OR_RETURN(const bool made_meanwhile, database_->HasTable(kVersionTable));
  if (made_meanwhile) return Status::Ok();
  const Status made = database_->RunScript(kSchema);
  // SQLite has no code of its own for a name that is taken.
  if (made.message().find("already exists") != std::string::npos) return OtherProgram(path_);
  REEVE_RETURN_IF_ERROR(made);
  REEVE_RETURN_IF_ERROR(database_->Run("INSERT INTO alembic_version (version_num) VALUES (?)",
                                       std::string_view(kSchemaRevision)));
  return transaction.Commit();
}

Status SqliteStore::CheckWritable() {
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable("logged_models"));
  if (there) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(Statement row,
                         database_->Prepare("SELECT version_num FROM alembic_version"));
  REEVE_RETURN_IF_ERROR(row.Step().status());
  return Status::Unavailable("tracking store " + Quote(path_, 400) + " is of MLflow 2 (revision " +
                             Quote(row.Text(0)) +
                             ") and has no place for models, expected one of MLflow 3")
      .WithFix("upgrade it with MLflow 3: mlflow db upgrade sqlite:///" + path_)
      .WithFix("or name another file with --tracking-uri sqlite:///mlflow.db");
}

Status SqliteStore::EnsureDefaultExperiment() {
  REEVE_ASSIGN_OR_RETURN(Statement row,
                         database_->Prepare("SELECT 1 FROM experiments WHERE experiment_id = 0"));
  REEVE_ASSIGN_OR_RETURN(const bool there, row.Step());
  if (there) return Status::Ok();
  return database_->Run(
      "INSERT OR IGNORE INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, "
      "creation_time, last_update_time) "
      "VALUES (0, 'Default', ?, 'active', ?, ?)",
      FileUri(folder_ + "/mlruns/0"), clock_->NowMs(), clock_->NowMs());
}

}  // namespace reeve::tracking
