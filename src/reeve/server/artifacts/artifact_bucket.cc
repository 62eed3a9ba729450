#include "reeve/server/artifacts/artifact_bucket.h"

#include <algorithm>
#include <utility>

#include "reeve/base/file_system.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/server/artifacts/bucket_uploads.h"
#include "reeve/server/artifacts/media_type.h"
#include "reeve/server/artifacts/spool_file.h"
#include "reeve/server/http_date.h"

namespace reeve::server {

namespace {

using tracking::ObjectBucket;
using tracking::ObjectEntry;
using tracking::ObjectPiece;

// What a download holds in memory. Larger pieces are fewer calls; a slow bucket has to bring one
// before the call runs out of time.
constexpr std::uint64_t kPieceBytes = 4 << 20;

std::string Join(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.empty()) return folder + name;
  return folder + "/" + name;
}

// A stretch of a file, piece by piece.
class Stretch final : public BodySource {
 public:
  struct Place {
    std::string key, etag;
    std::uint64_t offset = 0, length = 0;
  };
  /// `first` holds what is known of the file from its first byte on.
  Stretch(std::shared_ptr<BucketPool> pool, Place place, std::string first)
      : pool_(std::move(pool)), place_(std::move(place)), first_(std::move(first)) {}

  std::uint64_t length() const override { return place_.length; }

  Status Next(std::string& piece) override {
    const std::uint64_t most = std::min(kPieceBytes, place_.length - given_);
    const std::uint64_t from = place_.offset + given_;
    if (from == 0 && !first_.empty()) {
      piece = std::move(first_);
      piece.resize(std::min<std::uint64_t>(piece.size(), most));
    } else {
      REEVE_ASSIGN_OR_RETURN(ObjectPiece read, pool_->Call<ObjectPiece>([&](ObjectBucket& bucket) {
        return bucket.Read(place_.key, from, most, place_.etag);
      }));
      piece = std::move(read.bytes);
    }
    first_.clear();
    given_ += piece.size();
    return Status::Ok();
  }

 private:
  const std::shared_ptr<BucketPool> pool_;
  const Place place_;
  std::string first_;
  std::uint64_t given_ = 0;
};

class BucketUpload final : public ArtifactUpload {
 public:
  BucketUpload(std::shared_ptr<BucketPool> pool, std::string key, std::unique_ptr<SpoolFile> file)
      : pool_(std::move(pool)), key_(std::move(key)), file_(std::move(file)) {}
  Status Write(std::string_view bytes) override { return file_->Append(bytes); }
  Status Publish() override {
    return pool_->Do([&](ObjectBucket& bucket) { return bucket.Upload(key_, file_->path()); });
  }
  bool disk_full() const override { return file_->disk_full(); }

 private:
  const std::shared_ptr<BucketPool> pool_;
  const std::string key_;
  const std::unique_ptr<SpoolFile> file_;
};

}  // namespace

std::string ArtifactBucket::KeyOf(const std::string& path) const { return Join(path_, path); }

std::shared_ptr<const ArtifactRepository> ArtifactBucket::Below(const std::string& path) const {
  return std::make_shared<ArtifactBucket>(pool_, Join(name_, path), KeyOf(path));
}

Result<std::vector<ArtifactEntry>> ArtifactBucket::List(std::string_view path) const {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  REEVE_ASSIGN_OR_RETURN(std::vector<ObjectEntry> found,
                         pool_->Call<std::vector<ObjectEntry>>(
                             [&](ObjectBucket& bucket) { return bucket.ListFolder(KeyOf(safe)); }));
  std::vector<ArtifactEntry> entries;
  entries.reserve(found.size());
  for (ObjectEntry& entry : found)
    entries.push_back(
        {.path = Join(safe, entry.name), .is_dir = entry.is_folder, .size = entry.bytes});
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

Result<ObjectPiece> ArtifactBucket::Look(std::string_view path, std::uint64_t most) const {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  if (safe.empty()) return IsAFolder(path);
  const std::string key = KeyOf(safe);
  return pool_->Call<ObjectPiece>([&](ObjectBucket& bucket) -> Result<ObjectPiece> {
    Result<ObjectPiece> piece = bucket.Read(key, 0, most, "");
    if (piece.ok() || piece.status().code() != StatusCode::kNotFound) return piece;
    // A bucket that is not there says so here.
    REEVE_ASSIGN_OR_RETURN(const std::vector<ObjectEntry> below, bucket.ListFolder(key));
    return below.empty() ? NoSuchArtifact(path) : IsAFolder(path);
  });
}

Result<ArtifactFile> ArtifactBucket::Open(std::string_view path, bool is_all) const {
  REEVE_ASSIGN_OR_RETURN(ObjectPiece piece, Look(path, is_all ? kPieceBytes : 1));
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  return ArtifactFile{
      .size = piece.facts.bytes,
      .tag = piece.facts.etag,
      .modified = ReadHttpDate(piece.facts.modified),
      .send = [pool = pool_, key = KeyOf(safe), etag = piece.facts.etag,
               first = std::move(piece.bytes)](std::uint64_t offset, std::uint64_t length,
                                               Response& response) mutable {
        Stretch::Place place{.key = key, .etag = etag, .offset = offset, .length = length};
        // A single byte was only to look.
        if (first.size() < 2 && length > first.size()) first.clear();
        response.source = std::make_shared<Stretch>(pool, std::move(place), std::move(first));
      }};
}

Result<std::unique_ptr<ArtifactUpload>> ArtifactBucket::Upload(std::string_view path,
                                                               std::uint64_t size) const {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, FilePath(path));
  REEVE_ASSIGN_OR_RETURN(auto file, SpoolFile::Create(safe, size));
  return std::make_unique<BucketUpload>(pool_, KeyOf(safe), std::move(file));
}

Status ArtifactBucket::Delete(std::string_view path) const {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, DeletablePath(path));
  return pool_->Do([&](ObjectBucket& bucket) { return bucket.Delete(KeyOf(safe)); });
}

std::shared_ptr<PartedUploads> ArtifactBucket::NewPartedUploads() const {
  return std::make_shared<BucketUploads>(pool_, path_);
}

Result<std::optional<ArtifactAddress>> ArtifactBucket::AddressOf(std::string_view path,
                                                                 int seconds) const {
  REEVE_ASSIGN_OR_RETURN(const ObjectPiece piece, Look(path, 1));
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  REEVE_ASSIGN_OR_RETURN(std::string url, pool_->Call<std::string>([&](ObjectBucket& bucket) {
    return bucket.DownloadUrl(KeyOf(safe), AttachmentHeader(BaseName(safe)), seconds);
  }));
  return ArtifactAddress{.url = std::move(url), .size = piece.facts.bytes};
}

}  // namespace reeve::server
