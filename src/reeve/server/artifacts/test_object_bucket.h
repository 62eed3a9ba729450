#pragma once

#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "reeve/tracking/object_bucket.h"

namespace reeve::server {

/// For tests: what a bucket holds, for all of its connections. Thread-safe.
struct TestObjects {
  std::mutex mutex;
  std::map<std::string, std::string> files;
  /// Uploads in parts that have begun.
  std::set<std::string> uploads;
  /// What every call fails with.
  Status failure;
  /// Calls, such as "read a/b 0".
  std::vector<std::string> calls;
  int opened = 0;
};

/// For tests: a connection to it.
class TestObjectBucket final : public tracking::ObjectBucket {
 public:
  explicit TestObjectBucket(std::shared_ptr<TestObjects> objects) : objects_(std::move(objects)) {}

  std::string name() const override { return "test bucket"; }
  Status Check(const std::string&) override { return Note("check"); }
  Result<std::vector<tracking::ArtifactFile>> List(const std::string&,
                                                   const tracking::FetchLimits&) override {
    return Status::Internal("nobody asks for it");
  }
  Status Download(const std::string&, const Sink&, const Restart&) override {
    return Status::Internal("nobody asks for it");
  }
  Status Upload(const std::string& path, const std::string& file) override {
    REEVE_RETURN_IF_ERROR(Note("upload " + path));
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    const std::lock_guard lock(objects_->mutex);
    objects_->files[path] = bytes.str();
    return Status::Ok();
  }
  Result<std::vector<tracking::ObjectEntry>> ListFolder(const std::string& folder) override {
    REEVE_RETURN_IF_ERROR(Note("list " + folder));
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::map<std::string, tracking::ObjectEntry> entries;
    const std::lock_guard lock(objects_->mutex);
    for (const auto& [key, bytes] : objects_->files) {
      if (!key.starts_with(prefix)) continue;
      const std::string rest = key.substr(prefix.size());
      const bool is_folder = rest.find('/') != std::string::npos;
      const std::string first = rest.substr(0, rest.find('/'));
      entries[rest] = {first, is_folder, is_folder ? 0 : bytes.size()};
    }
    std::vector<tracking::ObjectEntry> found;
    for (auto& [rest, entry] : entries) {
      if (found.empty() || found.back().name != entry.name) found.push_back(entry);
    }
    return std::vector(found.rbegin(), found.rend());
  }
  Result<tracking::ObjectPiece> Read(const std::string& path, std::uint64_t from,
                                     std::uint64_t most, const std::string& etag) override {
    REEVE_RETURN_IF_ERROR(Note("read " + path + " " + std::to_string(from)));
    const std::lock_guard lock(objects_->mutex);
    const auto file = objects_->files.find(path);
    if (file == objects_->files.end()) return Status::NotFound("no such key");
    tracking::ObjectPiece piece{
        .facts = {.bytes = file->second.size(),
                  .etag = "\"" + std::to_string(std::hash<std::string>()(file->second)) + "\"",
                  .modified = "Sun, 06 Nov 1994 08:49:37 GMT"}};
    if (!etag.empty() && etag != piece.facts.etag) return Status::Unavailable("replaced");
    if (from < file->second.size()) piece.bytes = file->second.substr(from, most);
    return piece;
  }
  Status Delete(const std::string& path) override {
    REEVE_RETURN_IF_ERROR(Note("delete " + path));
    const std::lock_guard lock(objects_->mutex);
    std::erase_if(objects_->files, [&](const auto& file) {
      return file.first == path || file.first.starts_with(path + "/");
    });
    return Status::Ok();
  }
  Result<std::string> BeginParts(const std::string& path) override {
    REEVE_RETURN_IF_ERROR(Note("begin " + path));
    const std::lock_guard lock(objects_->mutex);
    objects_->uploads.insert("up");
    return std::string("up");
  }
  Result<std::string> PartUrl(const std::string& path, const std::string& upload,
                              int number) override {
    return "https://bucket/" + path + "?" + upload + "&" + std::to_string(number);
  }
  Status CompleteParts(const std::string& path, const std::string& upload,
                       const std::vector<tracking::ObjectPart>& parts) override {
    std::string all;
    for (const auto& part : parts) all += std::to_string(part.number) + part.etag;
    REEVE_RETURN_IF_ERROR(Note("complete " + path + " " + upload + " " + all));
    const std::lock_guard lock(objects_->mutex);
    objects_->files[path] = all;
    return Status::Ok();
  }
  Status AbortParts(const std::string& path, const std::string& upload) override {
    return Note("abort " + path + " " + upload);
  }
  Result<std::string> DownloadUrl(const std::string& path, const std::string& disposition,
                                  int seconds) override {
    return "https://bucket/" + path + "?" + disposition + "&" + std::to_string(seconds);
  }

 private:
  Status Note(std::string call) {
    const std::lock_guard lock(objects_->mutex);
    objects_->calls.push_back(std::move(call));
    return objects_->failure;
  }

  const std::shared_ptr<TestObjects> objects_;
};

}  // namespace reeve::server
