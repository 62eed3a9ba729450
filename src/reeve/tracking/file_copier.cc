#include "reeve/tracking/file_copier.h"

#include <filesystem>
#include <map>

#include "reeve/base/digest.h"
#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"

namespace reeve::tracking {

FileCopier::FileCopier(Store& from, Store& to, TransferReport& report)
    : from_(from), to_(to), report_(report) {
  std::error_code error;
  std::filesystem::path temporary = std::filesystem::temp_directory_path(error);
  if (error) temporary = "/tmp";
  folder_ = (temporary / ("reeve-transfer-" + NewId())).string();
}

FileCopier::~FileCopier() { (void)FileSystem::System().Remove(folder_); }

Result<std::string> FileCopier::DigestOf(Store& store, const std::string& location,
                                         const std::string& path) {
  const std::string copy = JoinPath(folder_, "there");
  REEVE_RETURN_IF_ERROR(store.artifacts().FetchOne(location, path, copy));
  Result<std::string> digest = Sha256OfFile(copy);
  REEVE_RETURN_IF_ERROR(FileSystem::System().Remove(copy));
  return digest;
}

Status FileCopier::CopyFile(const std::string& source, const std::string& target,
                            const ArtifactFile& file, bool may_be_there) {
  const std::string copy = JoinPath(folder_, "here");
  REEVE_RETURN_IF_ERROR(FileSystem::System().CreateFolders(folder_));
  REEVE_RETURN_IF_ERROR(from_.artifacts().FetchOne(source, file.path, copy));
  REEVE_ASSIGN_OR_RETURN(const std::string digest, Sha256OfFile(copy));
  if (may_be_there) {
    const Result<std::string> there = DigestOf(to_, target, file.path);
    if (there.ok() && *there == digest) {
      ++report_.files.present;
      return Status::Ok();
    }
  }
  REEVE_RETURN_IF_ERROR(to_.artifacts().PutOne(target, file.path, copy));
  REEVE_ASSIGN_OR_RETURN(const std::string there, DigestOf(to_, target, file.path));
  if (there != digest)
    return Status::Corrupt("file " + Quote(file.path, 300) + " at " + Quote(target, 300) +
                           " is not what was copied there: its SHA-256 is " + there +
                           ", expected " + digest);
  ++report_.files.copied;
  report_.bytes += file.bytes;
  return Status::Ok();
}

Status FileCopier::Copy(const std::string& source, const std::string& target) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<ArtifactFile> files,
                         from_.artifacts().ListFiles(source));
  report_.files.found += static_cast<std::int64_t>(files.size());
  if (files.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const std::vector<ArtifactFile> there, to_.artifacts().ListFiles(target));
  std::map<std::string, std::uint64_t> sizes;
  for (const ArtifactFile& file : there) sizes[file.path] = file.bytes;
  for (const ArtifactFile& file : files) {
    const auto known = sizes.find(file.path);
    REEVE_RETURN_IF_ERROR(
        CopyFile(source, target, file, known != sizes.end() && known->second == file.bytes));
  }
  return Status::Ok();
}

}  // namespace reeve::tracking
