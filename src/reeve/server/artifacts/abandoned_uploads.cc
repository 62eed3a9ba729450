#include "reeve/server/artifacts/abandoned_uploads.h"

#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

#include <sys/stat.h>

#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

namespace reeve::server {

namespace {

namespace fs = std::filesystem;

bool IsIdle(const fs::path& path, std::int64_t idle_seconds) {
  struct stat facts;
  return ::lstat(path.c_str(), &facts) == 0 &&
         std::time(nullptr) - facts.st_mtim.tv_sec >= idle_seconds;
}

}  // namespace

Result<std::int64_t> RemoveAbandonedUploads(const std::string& root, std::int64_t idle_seconds) {
  std::error_code error;
  if (!fs::is_directory(root, error)) return 0;
  // Collected first: a folder is not changed while it is walked through.
  std::vector<fs::path> abandoned;
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator it(root, options, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->path().filename().string().starts_with(kUploadPrefix)) continue;
    it.disable_recursion_pending();
    if (IsIdle(it->path(), idle_seconds)) abandoned.push_back(it->path());
  }
  if (error) return Status::Io(Quote(root, 400) + " cannot be searched: " + error.message());
  for (const auto& path : abandoned) {
    fs::remove_all(path, error);
    if (error) return Status::Io(Quote(path.string(), 400) + ": " + error.message());
  }
  return static_cast<std::int64_t>(abandoned.size());
}

}  // namespace reeve::server
