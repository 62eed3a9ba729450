#include "reeve/tracking/rest/rest_store.h"

#include <nlohmann/json.hpp>

namespace reeve::tracking {

Result<std::unique_ptr<RestStore>> RestStore::Open(const std::string& uri,
                                                   const StoreOptions& options) {
  Options own{.clock = options.clock};
  REEVE_ASSIGN_OR_RETURN(own.credentials, CredentialsFromEnvironment());
  REEVE_ASSIGN_OR_RETURN(own.http, HttpOptionsFromEnvironment());
  own.http.retry.cancellation = options.cancellation;
  // Without a place for bundles everything else still works.
  Result<std::string> cache = CacheFolder();
  if (cache.ok()) own.cache_folder = std::move(*cache);
  return Open(uri, own);
}

Result<std::unique_ptr<RestStore>> RestStore::Open(const std::string& uri, const Options& options) {
  REEVE_ASSIGN_OR_RETURN(ServerUrl server, ParseServerUrl(uri));
  Credentials credentials = options.credentials;
  if (!server.username.empty() || !server.password.empty()) {
    credentials.username = std::move(server.username);
    credentials.password = std::move(server.password);
    credentials.is_of_address = true;
  }
  REEVE_ASSIGN_OR_RETURN(auto http,
                         HttpClient::Make(std::move(server), std::move(credentials), options.http));
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
