#include "reeve/server/artifacts/multipart_uploads.h"

#include <algorithm>
#include <atomic>

#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

namespace reeve::server {

namespace {

Status NoSuchUpload(const std::string& id) {
  return Status::NotFound("No such multipart upload: " + Quote(id) +
                          "; it was completed, aborted or left alone for too long, or the server "
                          "was started anew")
      .WithFix("upload the file again");
}

std::string_view WithoutQuotes(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
  }
  return tag;
}

std::string Bytes(std::uint64_t count) { return std::to_string(count) + " bytes"; }

}  // namespace

struct MultipartUploads::Upload {
  struct PartState {
    bool busy = false, done = false;
    /// It lies in `tail` and is moved to its place at the end.
    bool in_tail = false;
    std::uint64_t length = 0;
    std::string etag;
  };

  /// Guarded by the registry's mutex; the rest by its own.
  std::int64_t touched_ms = 0;
  /// Beside the guard: read without waiting for a file that is being put together.
  std::atomic<bool> published{false};

  std::mutex mutex;
  std::string path;
  std::unique_ptr<StagedFile> file;
  /// The last part, when it came before the size of the others was known.
  std::unique_ptr<StagedFile> tail;
  /// Of all parts but the last; 0 as long as it is unknown.
  std::uint64_t part_size = 0;
  std::vector<PartState> parts;

  Status TakeSize(std::size_t number, std::optional<std::uint64_t> length);
  Status CheckClaims(const std::vector<Claim>& claims) const;
  Status PutTogether();
};

// The size of a part that is not the last: the first to come decides for all.
Status MultipartUploads::Upload::TakeSize(std::size_t number, std::optional<std::uint64_t> length) {
  const auto which = "part " + std::to_string(number);
  if (part_size == 0) {
    if (!length || *length == 0) {
      return Status::InvalidArgument(which +
                                     " has no Content-Length or is empty; parts before the "
                                     "last say their size, which is the same for all");
    }
    part_size = *length;
  }
  if (length && *length != part_size) {
    return Status::InvalidArgument(which + " has " + Bytes(*length) + ", expected " +
                                   Bytes(part_size) +
                                   " as the others: only the last part may differ");
  }
  return Status::Ok();
}

Status MultipartUploads::Upload::CheckClaims(const std::vector<Claim>& claims) const {
  if (claims.size() != parts.size()) {
    return Status::InvalidArgument("the upload has " + std::to_string(parts.size()) +
                                   " parts, got a list of " + std::to_string(claims.size()));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto which = "part " + std::to_string(i + 1);
    if (claims[i].number != static_cast<int>(i) + 1) {
      return Status::InvalidArgument("got part " + std::to_string(claims[i].number) +
                                     " in the place of " + which + "; parts are listed in order");
    }
    if (!parts[i].done) return Status::InvalidArgument(which + " has not arrived");
    const auto tag = WithoutQuotes(claims[i].etag);
    if (!tag.empty() && tag != WithoutQuotes(parts[i].etag)) {
      return Status::InvalidArgument(which + " has the tag " + parts[i].etag + ", expected " +
                                     Quote(tag) + ": its bytes are not those that were sent");
    }
  }
  return Status::Ok();
}

Status MultipartUploads::Upload::PutTogether() {
  std::uint64_t size = 0;
  if (!parts.empty()) {
    const auto& last = parts.back();
    const auto offset = (parts.size() - 1) * part_size;
    if (last.in_tail) REEVE_RETURN_IF_ERROR(file->Copy(*tail, last.length, offset));
    size = offset + last.length;
  }
  // A last part that came twice may have been longer at first.
  REEVE_RETURN_IF_ERROR(file->Resize(size));
  REEVE_RETURN_IF_ERROR(file->Publish());
  published = true;
  file.reset();
  tail.reset();
  return Status::Ok();
}

MultipartUploads::MultipartUploads(const ArtifactFolder& folder, const Limits& limits,
                                   const Clock& clock)
    : folder_(folder), limits_(limits), clock_(clock) {}

MultipartUploads::~MultipartUploads() = default;

std::shared_ptr<MultipartUploads::Upload> MultipartUploads::Find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return nullptr;
  found->second->touched_ms = clock_.NowMs();
  return found->second;
}

void MultipartUploads::DropIdle() {
  const auto now = clock_.NowMs();
  // Those that ended are kept for clients that ask again because the answer got lost.
  const bool forget = uploads_.size() >= 4 * limits_.max_uploads;
  std::erase_if(uploads_, [&](const auto& entry) {
    return now - entry.second->touched_ms > limits_.idle_ms || (forget && entry.second->published);
  });
}

std::size_t MultipartUploads::CountOpen() const {
  return static_cast<std::size_t>(
      std::count_if(uploads_.begin(), uploads_.end(),
                    [](const auto& entry) { return !entry.second->published; }));
}

Result<std::string> MultipartUploads::Begin(std::string_view path, std::int64_t parts) {
  if (parts < 0 || parts > limits_.max_parts) {
    return Status::InvalidArgument("num_parts is " + std::to_string(parts) + ", expected 0 to " +
                                   std::to_string(limits_.max_parts));
  }
  auto upload = std::make_shared<Upload>();
  REEVE_ASSIGN_OR_RETURN(upload->path, SafeArtifactPath(path));
  const std::lock_guard lock(mutex_);
  DropIdle();
  if (CountOpen() >= limits_.max_uploads) {
    return Status::Unavailable(std::to_string(limits_.max_uploads) +
                               " multipart uploads are on their way, which is the most at once");
  }
  REEVE_ASSIGN_OR_RETURN(upload->file, folder_.Stage(path, 0));
  upload->parts.resize(static_cast<std::size_t>(parts));
  upload->touched_ms = clock_.NowMs();
  auto id = NewId();
  uploads_.emplace(id, std::move(upload));
  return id;
}

Result<std::string> MultipartUploads::PartUrl(const std::string& id, std::string_view /*path*/,
                                              int number) {
  return "/mpu/part/" + id + "/" + std::to_string(number);
}

Result<std::unique_ptr<IncomingPart>> MultipartUploads::OpenPart(
    const std::string& id, std::int64_t number, std::optional<std::uint64_t> length) {
  const auto upload = Find(id);
  if (upload == nullptr) return NoSuchUpload(id);
  const std::lock_guard lock(upload->mutex);
  if (upload->published) return NoSuchUpload(id);
  const auto count = upload->parts.size();
  if (number < 1 || static_cast<std::uint64_t>(number) > count) {
    return Status::InvalidArgument("part " + std::to_string(number) + " of an upload of " +
                                   std::to_string(count) + " parts");
  }
  Part::Stretch stretch{static_cast<std::size_t>(number) - 1, 0, {}, upload->file.get()};
  auto& state = upload->parts[stretch.index];
  if (state.busy) {
    return Status::AlreadyExists("part " + std::to_string(number) +
                                 " is on its way over another connection");
  }
  const bool is_last = stretch.index + 1 == count;
  if (!is_last) {
    REEVE_RETURN_IF_ERROR(upload->TakeSize(stretch.index + 1, length));
    stretch.length = upload->part_size;
  }
  const bool in_tail = is_last && count > 1 && upload->part_size == 0;
  if (in_tail) {
    REEVE_ASSIGN_OR_RETURN(upload->tail, folder_.Stage(upload->path, length.value_or(0)));
    stretch.file = upload->tail.get();
  } else {
    stretch.offset = stretch.index * upload->part_size;
  }
  state = {.busy = true, .in_tail = in_tail};
  return std::make_unique<Part>(upload, stretch);
}

Status MultipartUploads::Complete(const std::string& id, std::string_view path,
                                  const std::vector<Claim>& claims) {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  const auto upload = Find(id);
  if (upload == nullptr) return NoSuchUpload(id);
  const std::lock_guard lock(upload->mutex);
  if (upload->path != safe) {
    return Status::InvalidArgument("the upload is one of " + Quote(upload->path, 400) +
                                   ", not of " + Quote(safe, 400));
  }
  REEVE_RETURN_IF_ERROR(upload->CheckClaims(claims));
  return upload->published ? Status::Ok() : upload->PutTogether();
}

Status MultipartUploads::Abort(const std::string& id, std::string_view path) {
  REEVE_ASSIGN_OR_RETURN(const std::string safe, SafeArtifactPath(path));
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return Status::Ok();
  if (found->second->path != safe) {
    return Status::InvalidArgument("the upload is none of " + Quote(safe, 400));
  }
  uploads_.erase(found);
  return Status::Ok();
}

bool MultipartUploads::DiskFull(const std::string& id) {
  const auto upload = Find(id);
  if (upload == nullptr) return false;
  const std::lock_guard lock(upload->mutex);
  return upload->file != nullptr && upload->file->disk_full();
}

MultipartUploads::Part::Part(std::shared_ptr<Upload> upload, const Stretch& stretch)
    : upload_(std::move(upload)), stretch_(stretch) {}

MultipartUploads::Part::~Part() {
  const std::lock_guard lock(upload_->mutex);
  upload_->parts[stretch_.index].busy = false;
}

Status MultipartUploads::Part::Write(std::string_view bytes) {
  if (stretch_.length && written_ + bytes.size() > *stretch_.length) {
    return Status::InvalidArgument("part " + std::to_string(stretch_.index + 1) +
                                   " is longer than " + Bytes(*stretch_.length) +
                                   ", the size of the others");
  }
  REEVE_RETURN_IF_ERROR(stretch_.file->Write(stretch_.offset + written_, bytes));
  digest_.Add(bytes);
  written_ += bytes.size();
  return Status::Ok();
}

Result<std::string> MultipartUploads::Part::Finish() {
  if (stretch_.length && written_ != *stretch_.length) {
    return Status::InvalidArgument("part " + std::to_string(stretch_.index + 1) + " has " +
                                   Bytes(written_) + ", expected " + Bytes(*stretch_.length) +
                                   " as the others");
  }
  const std::lock_guard lock(upload_->mutex);
  auto& state = upload_->parts[stretch_.index];
  state.done = true;
  state.length = written_;
  state.etag = "\"" + digest_.Hex() + "\"";
  return state.etag;
}

}  // namespace reeve::server
