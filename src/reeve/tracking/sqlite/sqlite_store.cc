#include "reeve/tracking/sqlite/sqlite_store.h"

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/sqlite/schema.h"

namespace reeve::tracking {
namespace {

Result<bool> HasTable(Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(
      Statement row,
      database.Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name));
  return row.Step();
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
  REEVE_ASSIGN_OR_RETURN(auto database, Database::Open(absolute, options.create));
  std::unique_ptr<SqliteStore> store(
      new SqliteStore(std::move(database), ParentFolder(absolute), options.clock));
  REEVE_RETURN_IF_ERROR(store->MakeSchema());
  REEVE_RETURN_IF_ERROR(store->EnsureDefaultExperiment());
  return store;
}

Status SqliteStore::MakeSchema() {
  REEVE_ASSIGN_OR_RETURN(const bool there, HasTable(*database_, "alembic_version"));
  if (there) return Status::Ok();
  // Readers do not wait for a writer then; the setting stays in the file, and MLflow goes along
  // with it. It fails when another process is making the file at this moment, which does no harm.
  (void)database_->RunScript("PRAGMA journal_mode = WAL");
  REEVE_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  REEVE_ASSIGN_OR_RETURN(const bool made_meanwhile, HasTable(*database_, "alembic_version"));
  if (made_meanwhile) return Status::Ok();
  REEVE_RETURN_IF_ERROR(database_->RunScript(kSchema));
  REEVE_RETURN_IF_ERROR(database_->Run("INSERT INTO alembic_version (version_num) VALUES (?)",
                                       std::string_view(kSchemaRevision)));
  return transaction.Commit();
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
