#include "reeve/tracking/artifact_tree.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

namespace fs = std::filesystem;

Status CannotList(const std::string& folder, const std::error_code& error) {
  return Status::Io("folder " + Quote(folder, 400) + " cannot be listed: " + error.message());
}

}  // namespace

Result<std::vector<ArtifactFile>> ListTree(const std::string& folder) {
  std::vector<ArtifactFile> files;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return files;
  fs::recursive_directory_iterator entry(folder, error);
  if (error) return CannotList(folder, error);
  for (const auto end = fs::recursive_directory_iterator(); entry != end; entry.increment(error)) {
    if (error) return CannotList(folder, error);
    if (!fs::is_regular_file(entry->symlink_status(error)) || error) continue;
    const std::uint64_t bytes = entry->file_size(error);
    if (error) return CannotList(folder, error);
    files.push_back({entry->path().lexically_relative(folder).generic_string(), bytes});
  }
  if (error) return CannotList(folder, error);
  std::sort(files.begin(), files.end(),
            [](const ArtifactFile& a, const ArtifactFile& b) { return a.path < b.path; });
  return files;
}

Status CopyWhole(const std::string& source, const std::string& target) {
  REEVE_RETURN_IF_ERROR(FileSystem::System().CreateFolders(ParentFolder(target)));
  const std::string beside = target + ".part-" + NewId();
  std::error_code error;
  fs::copy_file(source, beside, error);
  if (!error) fs::rename(beside, target, error);
  if (!error) return Status::Ok();
  const std::string reason = error.message();
  fs::remove(beside, error);
  return Status::Io("file " + Quote(source, 400) + " cannot be copied to " + Quote(target, 400) +
                    ": " + reason);
}

bool IsPathBelow(const std::string& path) {
  if (path.find_first_of(std::string_view("\\\0", 2)) != std::string::npos) return false;
  const std::vector<std::string> parts = Split(path, '/');
  return std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

bool IsPlainName(const std::string& name) {
  constexpr std::size_t kMostBytes = 255;
  const auto is_bad = [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  };
  return !name.empty() && name.size() <= kMostBytes && name != "." && name != ".." &&
         IsUtf8(name) && std::none_of(name.begin(), name.end(), is_bad);
}

}  // namespace reeve::tracking
