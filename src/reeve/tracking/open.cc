#include "reeve/base/text.h"
#include "reeve/tracking/sqlite/sqlite_store.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

Result<std::unique_ptr<Store>> Store::Open(const std::string& uri, const StoreOptions& options) {
  constexpr std::string_view kSqlite = "sqlite:///";
  // SQLAlchemy, by which MLflow reads such a URI, takes what follows "?" for settings.
  const bool is_file = uri.starts_with(kSqlite) && uri.size() > kSqlite.size() &&
                       uri.find('?') == std::string::npos && !uri.ends_with(":memory:");
  if (is_file) {
    REEVE_ASSIGN_OR_RETURN(auto store, SqliteStore::Open(uri.substr(kSqlite.size()), options));
    return std::unique_ptr<Store>(std::move(store));
  }
  if (uri.starts_with("http://") || uri.starts_with("https://")) {
    return Status::Unavailable("tracking server " + Quote(uri, 400) +
                               " cannot be used by this version, expected sqlite:///mlflow.db");
  }
  return Status::InvalidArgument(
      "tracking URI " + Quote(uri, 400) +
      " is of an unknown kind, expected sqlite:///mlflow.db or sqlite:////absolute/path.db");
}

}  // namespace reeve::tracking
