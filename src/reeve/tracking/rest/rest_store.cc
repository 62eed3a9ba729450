#include "reeve/tracking/rest/rest_store.h"

#include <nlohmann/json.hpp>

namespace reeve::tracking {

Result<std::unique_ptr<RestStore>> RestStore::Open(const std::string& uri,
                                                   const StoreOptions& options) {
  Options own{.clock = options.clock};
  REEVE_ASSIGN_OR_RETURN(own.credentials, CredentialsFromEnvironment());
  REEVE_ASSIGN_OR_RETURN(own.http, HttpOptionsFromEnvironment());
  own.http.retry.cancellation = options.cancellation;
  own.artifacts = Artifacts::OptionsFromEnvironment(options.cancellation);
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

}  // namespace reeve::tracking
