#include "reeve/sql/open.h"

#include "reeve/base/credentials.h"
#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/http/server_url.h"
#include "reeve/tracking/rest/rest_store.h"
#include "reeve/tracking/sql/sql_store.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

Result<std::unique_ptr<Store>> Store::Open(const std::string& uri, const StoreOptions& options) {
  if (sql::IsDatabaseUri(uri)) {
    REEVE_ASSIGN_OR_RETURN(auto store, SqlStore::Open(uri, options));
    return std::unique_ptr<Store>(std::move(store));
  }
  if (IsServerUri(uri)) {
    REEVE_ASSIGN_OR_RETURN(auto store, RestStore::Open(uri, options));
    return std::unique_ptr<Store>(std::move(store));
  }
  return Status::InvalidArgument("tracking URI " + Quote(MaskCredentials(uri), 400) +
                                 " is of an unknown kind, expected sqlite:///mlflow.db, "
                                 "sqlite:////absolute/path.db, "
                                 "postgresql://USER:PASSWORD@HOST/DATABASE, http://HOST:PORT or "
                                 "https://HOST");
}

bool Store::IsServer(const std::string& uri) { return IsServerUri(uri); }

Result<std::string> Store::FetchFolder(const std::string& location) {
  return LocalPath(location, folder());
}

Result<std::string> Store::WritableFolder(const std::string& location) {
  return LocalPath(location, folder());
}

Result<std::string> Store::Upload(const std::string& location) { return WritableFolder(location); }

Result<std::vector<ArtifactFile>> Store::ListArtifacts(const std::string& location) {
  REEVE_ASSIGN_OR_RETURN(const std::string place, LocalPath(location, folder()));
  return ListTree(place);
}

Status Store::FetchArtifact(const std::string& location, const std::string& path,
                            const std::string& target) {
  REEVE_ASSIGN_OR_RETURN(const std::string place, LocalPath(location, folder()));
  if (!IsPathBelow(path)) return Status::Corrupt("path of an artifact is " + Quote(path, 300));
  return CopyWhole(JoinPath(place, path), target);
}

Status Store::PutArtifact(const std::string& location, const std::string& path,
                          const std::string& source) {
  REEVE_ASSIGN_OR_RETURN(const std::string place, LocalPath(location, folder()));
  if (!IsPathBelow(path)) return Status::Corrupt("path of an artifact is " + Quote(path, 300));
  return CopyWhole(source, JoinPath(place, path));
}

}  // namespace reeve::tracking
