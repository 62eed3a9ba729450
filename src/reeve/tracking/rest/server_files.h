#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/artifacts.h"
#include "reeve/tracking/rest/api.h"

namespace reeve::tracking {

/// What a tracking server hands out itself (mlflow-artifacts:/…), over its own address.
class ServerFiles final : public ArtifactRemote {
 public:
  /// `api` has to outlive it.
  explicit ServerFiles(Api& api) : api_(api) {}

  std::string name() const override;
  /// Asks nothing: whoever knows a location has just heard of it from the server.
  Status Check(const std::string&) override { return Status::Ok(); }
  Result<std::vector<ArtifactFile>> List(const std::string& folder,
                                         const FetchLimits& limits) override;
  Status Download(const std::string& path, const Sink& sink, const Restart& restart) override;
  Status Upload(const std::string& path, const std::string& file) override;

  /// What a location that the server names is: its own, or a file: URI or an absolute path, when
  /// that is this machine's too. Fails with kUnavailable for everything else.
  Result<ArtifactPlace> Find(const std::string& location, ArtifactUse use);

 private:
  Result<std::string> PathOnServer(const std::string& location) const;
  Status ListBelow(const std::string& root, const std::string& below, const FetchLimits& limits,
                   std::vector<ArtifactFile>& files);

  Api& api_;
};

}  // namespace reeve::tracking
