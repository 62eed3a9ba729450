#include "reeve/server/artifacts/artifact_folder.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/server/artifacts/multipart_uploads.h"

namespace reeve::server {

namespace {

namespace fs = std::filesystem;

bool IsBelow(const std::string& path, const std::string& root) {
  return path == root ||
         (path.starts_with(root) && (root.ends_with('/') || path[root.size()] == '/'));
}

Status Unreadable(std::string_view name, int error) {
  if (error == ENOENT || error == ENOTDIR) return NoSuchArtifact(name);
  return Status::Io(Quote(name, 400) + " cannot be read: " + std::strerror(error));
}

// Room on the disk of the nearest folder above `path` that exists; the most there is when unknown.
std::uint64_t FreeBytes(fs::path path) {
  struct statvfs facts;
  while (::statvfs(path.c_str(), &facts) != 0) {
    if (!path.has_relative_path()) return UINT64_MAX;
    path = path.parent_path();
  }
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

// A file that is replaced comes with another time, to the nanosecond.
std::string EntityTag(std::int64_t modified_ns, std::uint64_t size) {
  char digits[40];
  char* end = std::to_chars(digits, digits + 17, static_cast<std::uint64_t>(modified_ns), 16).ptr;
  *end++ = '-';
  end = std::to_chars(end, end + 17, size, 16).ptr;
  return "\"" + std::string(digits, end) + "\"";
}

class FileUpload final : public ArtifactUpload {
 public:
  explicit FileUpload(std::unique_ptr<StagedFile> file) : file_(std::move(file)) {}
  Status Write(std::string_view bytes) override {
    REEVE_RETURN_IF_ERROR(file_->Write(written_, bytes));
    written_ += bytes.size();
    return Status::Ok();
  }
  Status Publish() override { return file_->Publish(); }
  bool disk_full() const override { return file_->disk_full(); }

 private:
  const std::unique_ptr<StagedFile> file_;
  std::uint64_t written_ = 0;
};

}  // namespace

Result<std::string> ArtifactFolder::Resolve(std::string_view path, bool keeps_last) const {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  std::error_code error;
  const auto outside = [&] {
    return Status::InvalidArgument("Invalid path: resolved path is outside the artifact directory");
  };
  const auto root = fs::weakly_canonical(AbsolutePath(root_), error);
  if (error) return Status::Io(Quote(path, 400) + " cannot be read: " + error.message());
  fs::path last, rest = safe;
  if (keeps_last) {
    last = rest.filename();
    rest = rest.parent_path();
  }
  auto resolved = fs::weakly_canonical(rest.empty() ? root : root / rest, error);
  if (error || !IsBelow(resolved.string(), root.string())) return outside();
  return last.empty() ? resolved.string() : (resolved / last).string();
}

Result<std::vector<ArtifactEntry>> ArtifactFolder::List(std::string_view path) const {
  REEVE_ASSIGN_OR_RETURN(const std::string folder, Resolve(path, false));
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  std::vector<ArtifactEntry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.starts_with(kUploadPrefix)) continue;
    std::error_code ignored;
    if (it->is_symlink(ignored) && !Resolve(JoinPath(safe, name), false).ok()) continue;
    ArtifactEntry entry{safe.empty() ? name : safe + "/" + name, it->is_directory(ignored), 0};
    if (!entry.is_dir) {
      if (!it->is_regular_file(ignored)) continue;
      entry.size = it->file_size(ignored);
      if (ignored) continue;  // gone in the meantime
    }
    entries.push_back(std::move(entry));
  }
  const int code = error.value();
  if (error && code != ENOENT && code != ENOTDIR) return Unreadable(safe, code);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

Result<ArtifactFile> ArtifactFolder::Open(std::string_view path, bool /*is_all*/) const {
  REEVE_ASSIGN_OR_RETURN(const std::string file, Resolve(path, false));
  // Not to wait for whoever writes to a pipe that somebody put there.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return Unreadable(path, errno);
  const auto body = std::make_shared<FileBody>(descriptor, 0, 0);
  struct stat facts;
  if (::fstat(descriptor, &facts) != 0) return Unreadable(path, errno);
  if (S_ISDIR(facts.st_mode)) {
    return IsAFolder(path);
  }
  if (!S_ISREG(facts.st_mode)) return NoSuchArtifact(path);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  return ArtifactFile{
      .size = size,
      .tag = EntityTag(facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec, size),
      .modified = facts.st_mtim.tv_sec,
      .send = [body](std::uint64_t offset, std::uint64_t length, Response& response) {
        body->SetStretch(offset, length);
        response.file = body;
      }};
}

Result<std::unique_ptr<ArtifactUpload>> ArtifactFolder::Upload(std::string_view path,
                                                               std::uint64_t size) const {
  REEVE_ASSIGN_OR_RETURN(auto file, Stage(path, size));
  return std::make_unique<FileUpload>(std::move(file));
}

Result<std::unique_ptr<StagedFile>> ArtifactFolder::Stage(std::string_view path,
                                                          std::uint64_t size) const {
  REEVE_ASSIGN_OR_RETURN(const std::string target, Resolve(path, true));
  REEVE_ASSIGN_OR_RETURN(const std::string safe, FilePath(path));
  if (const auto room = FreeBytes(target); room < size) {
    return Status::Unavailable(Quote(safe, 400) + " has " + std::to_string(size) +
                               " bytes, the disk of the artifacts has room for " +
                               std::to_string(room));
  }
  return StagedFile::Create(target, safe);
}

Status ArtifactFolder::Delete(std::string_view path) const {
  REEVE_ASSIGN_OR_RETURN(const std::string target, Resolve(path, true));
  REEVE_ASSIGN_OR_RETURN(const std::string safe, DeletablePath(path));
  // Out of sight first: a model is there with all of its files or not at all.
  const auto hidden = JoinPath(ParentFolder(target), std::string(kUploadPrefix) + NewId());
  const bool moved = ::rename(target.c_str(), hidden.c_str()) == 0;
  if (!moved && (errno == ENOENT || errno == ENOTDIR)) return Status::Ok();
  std::error_code error;
  fs::remove_all(moved ? hidden : target, error);
  if (!error) return Status::Ok();
  return Status::Io(Quote(safe, 400) + " cannot be deleted: " + error.message());
}

std::shared_ptr<const ArtifactRepository> ArtifactFolder::Below(const std::string& path) const {
  return std::make_shared<ArtifactFolder>(path.empty() ? root_ : JoinPath(root_, path));
}

std::shared_ptr<PartedUploads> ArtifactFolder::NewPartedUploads() const {
  return std::make_shared<MultipartUploads>(*this);
}

Result<std::optional<ArtifactAddress>> ArtifactFolder::AddressOf(std::string_view path,
                                                                 int /*seconds*/) const {
  REEVE_RETURN_IF_ERROR(SafeArtifactPath(path).status());
  return std::optional<ArtifactAddress>();
}

}  // namespace reeve::server
