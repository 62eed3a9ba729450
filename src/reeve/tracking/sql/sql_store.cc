#include "reeve/tracking/sql/sql_store.h"

#include "reeve/base/file_system.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/open_database.h"
#include "reeve/tracking/pending_metrics.h"

namespace reeve::tracking {
namespace {

Artifacts::Options ArtifactOptions(const StoreOptions& options) {
  Artifacts::Options artifacts = Artifacts::OptionsFromEnvironment(options.cancellation);
  artifacts.locate = options.locate;
  return artifacts;
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<sql::Database> database, std::string folder,
                   const StoreOptions& options)
    : database_(std::move(database)),
      folder_(std::move(folder)),
      artifacts_(
          [this](const std::string& location, ArtifactUse) -> Result<ArtifactPlace> {
            REEVE_ASSIGN_OR_RETURN(std::string path, LocalPath(location, folder_));
            return ArtifactPlace{.path = std::move(path)};
          },
          ArtifactOptions(options)),
      clock_(options.clock) {}

Result<std::unique_ptr<SqlStore>> SqlStore::Open(const std::string& uri,
                                                 const StoreOptions& options) {
  REEVE_ASSIGN_OR_RETURN(auto database, OpenTrackingDatabase(uri, {.create = options.create,
                                                                   .busy_ms = options.busy_ms}));
  // Artifacts lie beside a file, and below the working folder for a server's database.
  const auto path = sql::SqlitePath(uri);
  // Who may only read goes on with what the database has.
  if (path && options.reads_metrics) (void)PendingMetrics::SettleLeftovers(*path, *database);
  const std::string folder =
      path ? ParentFolder(AbsolutePath(*path)) : AbsolutePath(std::string("."));
  REEVE_RETURN_IF_ERROR(
      EnsureDefaultExperiment(*database, FileUri(folder + "/mlruns/0"), options.clock->NowMs()));
  return std::unique_ptr<SqlStore>(new SqlStore(std::move(database), folder, options));
}

}  // namespace reeve::tracking
