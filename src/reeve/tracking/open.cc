#include "reeve/sql/open.h"

#include "reeve/base/credentials.h"
#include "reeve/base/text.h"
#include "reeve/tracking/http/server_url.h"
#include "reeve/tracking/paired_store.h"
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

Result<std::unique_ptr<Store>> Store::Open(const StoreUris& uris, const StoreOptions& options) {
  REEVE_ASSIGN_OR_RETURN(auto runs, Open(uris.tracking, options));
  if (uris.registry_or_tracking() == uris.tracking) return runs;
  Result<std::unique_ptr<Store>> registry = Open(uris.registry, options);
  if (!registry.ok()) return std::move(registry).status().WithContext("registry");
  return std::unique_ptr<Store>(std::make_unique<PairedStore>(
      std::move(runs), std::move(registry).value(), IsServerUri(uris.registry)));
}

bool Store::IsServer(const std::string& uri) { return IsServerUri(uri); }

}  // namespace reeve::tracking
