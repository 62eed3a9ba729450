#include "reeve/server/artifacts/artifact_repository.h"

#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

namespace reeve::server {

Status ArtifactRepository::Put(std::string_view path, std::string_view bytes) const {
  REEVE_ASSIGN_OR_RETURN(const auto upload, Upload(path, bytes.size()));
  REEVE_RETURN_IF_ERROR(upload->Write(bytes));
  return upload->Publish();
}

Result<std::string> ArtifactRepository::FilePath(std::string_view path) {
  REEVE_ASSIGN_OR_RETURN(std::string safe, SafeArtifactPath(path));
  if (!safe.empty() && !path.ends_with('/')) return safe;
  return Status::InvalidArgument("Invalid path " + Quote(path, 200) +
                                 ": it names a folder, expected a file's name");
}

Result<std::string> ArtifactRepository::DeletablePath(std::string_view path) {
  REEVE_ASSIGN_OR_RETURN(std::string safe, SafeArtifactPath(path));
  if (!safe.empty()) return safe;
  return Status::InvalidArgument("Invalid path " + Quote(path, 200) +
                                 ": the root of the artifacts is not deleted");
}

std::string InSingleQuotes(std::string_view name) {
  const auto quoted = Quote(name, 400);
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

Status NoSuchArtifact(std::string_view path) {
  return Status::NotFound("No such artifact: " + InSingleQuotes(path));
}

Status IsAFolder(std::string_view path) {
  return Status::InvalidArgument("Artifact path refers to a directory, not a file: " +
                                 InSingleQuotes(path));
}

}  // namespace reeve::server
