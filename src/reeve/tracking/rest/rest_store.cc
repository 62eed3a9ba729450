#include "reeve/tracking/rest/rest_store.h"

#include <nlohmann/json.hpp>

namespace reeve::tracking {

Result<std::unique_ptr<RestStore>> RestStore::Open(const std::string& uri,
                                                   const StoreOptions& options) {
  Options own{.clock = options.clock};
  REEVE_ASSIGN_OR_RETURN(own.credentials, CredentialsFromEnvironment());
  // Without a place for bundles everything else still works.
  Result<std::string> cache = CacheFolder();
  if (cache.ok()) own.cache_folder = std::move(*cache);
  return Open(uri, own);
}

Result<std::unique_ptr<RestStore>> RestStore::Open(const std::string& uri, const Options& options) {
  REEVE_ASSIGN_OR_RETURN(ServerUrl server, ParseServerUrl(uri));
  REEVE_ASSIGN_OR_RETURN(auto http,
                         HttpClient::Make(std::move(server), options.credentials, options.http));
  return std::unique_ptr<RestStore>(new RestStore(std::move(http), options));
}

Result<std::string> RestStore::FetchFolder(const std::string& location) {
  return artifacts_.Fetch(location);
}

Result<std::string> RestStore::WritableFolder(const std::string& location) {
  return artifacts_.Stage(location);
}

Result<std::string> RestStore::Upload(const std::string& location) {
  return artifacts_.Upload(location);
}

}  // namespace reeve::tracking
