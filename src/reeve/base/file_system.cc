#include "reeve/base/file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/file_error.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/base/uncached_file.h"

namespace reeve {
namespace {

namespace fs = std::filesystem;

class PosixWritableFile : public WritableFile {
 public:
  PosixWritableFile(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  ~PosixWritableFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        return FileError(path_, "cannot be written", errno);
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Status::Ok();
  }
  Status Sync() override {
    return ::fsync(descriptor_) == 0 ? Status::Ok()
                                     : FileError(path_, "cannot be synced to disk", errno);
  }
  Status Close() override {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return ::close(descriptor) == 0 ? Status::Ok() : FileError(path_, "cannot be closed", errno);
  }

 private:
  std::string path_;
  int descriptor_;
};

class PosixFileSystem : public FileSystem {
 public:
  Result<std::string> Read(const std::string& path, std::uint64_t max_bytes) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return FileError(path, "cannot be opened", errno);
    std::string content;
    Status status;
    char block[1 << 16];
    for (;;) {
      const ssize_t got = ::read(descriptor, block, sizeof block);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) status = FileError(path, "cannot be read", errno);
      if (got <= 0) break;
      if (content.size() + static_cast<std::size_t>(got) > max_bytes) {
        status = Status::Io(Quote(path, kPathInMessage) + " is larger than " +
                            GroupDigits(static_cast<long long>(max_bytes)) +
                            " bytes, the most that is read of such a file");
        break;
      }
      content.append(block, static_cast<std::size_t>(got));
    }
    ::close(descriptor);
    if (!status.ok()) return status;
    return content;
  }

  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return FileError(path, "cannot be created", errno);
    return std::unique_ptr<WritableFile>(std::make_unique<PosixWritableFile>(path, descriptor));
  }

  Result<std::unique_ptr<WritableFile>> CreateUncached(const std::string& path) override {
    return UncachedFile::Create(path);
  }

  Status Rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? Status::Ok()
                                                   : FileError(to, "cannot be put in place", errno);
  }

  Status SyncFolder(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return FileError(path, "cannot be opened", errno);
    const int result = ::fsync(descriptor);
    const int error = errno;
    ::close(descriptor);
    // Some file systems cannot sync a folder and say EINVAL; nothing better can be done there.
    return result == 0 || error == EINVAL ? Status::Ok()
                                          : FileError(path, "cannot be synced to disk", error);
  }

  Status CreateFolders(const std::string& path) override {
    std::error_code error;
    fs::create_directories(path, error);
    return error ? FileError(path, "cannot be created", error.value()) : Status::Ok();
  }

  Status Remove(const std::string& path) override {
    std::error_code error;
    fs::remove_all(path, error);
    return error ? FileError(path, "cannot be removed", error.value()) : Status::Ok();
  }

  bool Exists(const std::string& path) override {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
  }

  bool IsFolder(const std::string& path) override {
    std::error_code error;
    return fs::is_directory(path, error);
  }

  Result<std::uint64_t> Size(const std::string& path) override {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) return FileError(path, "cannot be opened", errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<std::vector<std::string>> List(const std::string& folder) override {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error) return FileError(folder, "cannot be listed", error.value());
    std::sort(names.begin(), names.end());
    return names;
  }
};

}  // namespace

FileSystem& FileSystem::System() {
  static PosixFileSystem files;
  return files;
}

Status WriteAtomically(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp-" + NewId().substr(0, 8);
  const auto write = [&]() -> Status {
    REEVE_ASSIGN_OR_RETURN(const auto file, files.Create(temporary));
    REEVE_RETURN_IF_ERROR(file->Append(bytes));
    REEVE_RETURN_IF_ERROR(file->Sync());
    REEVE_RETURN_IF_ERROR(file->Close());
    REEVE_RETURN_IF_ERROR(files.Rename(temporary, path));
    return files.SyncFolder(ParentFolder(path));
  };
  Status status = write();
  if (!status.ok()) (void)files.Remove(temporary);
  return status;
}

std::string AbsolutePath(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string ParentFolder(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::string BaseName(const std::string& path) { return fs::path(path).filename().string(); }

std::string JoinPath(const std::string& a, const std::string& b) {
  return (fs::path(a) / b).string();
}

}  // namespace reeve
