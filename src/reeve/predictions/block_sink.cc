#include "reeve/predictions/block_sink.h"

#include <iterator>

#include "reeve/predictions/block.h"

namespace reeve::predictions {
namespace {

// Memory of blocks of about this size is kept for the blocks to come.
constexpr std::size_t kFewestSpareBytes = 128U << 10, kMostSpareBytes = 256U << 10;
constexpr std::int64_t kRetentionEveryMs = 600'000;

}  // namespace

Status BlockSink::Write(SealedBlock block) {
  waiting_bytes_ += block.bytes.size();
  waiting_.push_back(std::move(block));
  REEVE_RETURN_IF_ERROR(WriteWaiting());
  return unsynced_bytes_ >= options_.unsynced_bytes ? SyncFile() : Status::Ok();
}

std::string BlockSink::SpareBytes() {
  if (spare_.empty()) return {};
  std::string bytes = std::move(spare_.back());
  spare_.pop_back();
  spare_bytes_ -= bytes.capacity();
  bytes.clear();
  return bytes;
}

Status BlockSink::Sync() {
  REEVE_RETURN_IF_ERROR(WriteWaiting());
  REEVE_RETURN_IF_ERROR(SyncFile());
  const std::int64_t now = options_.clock->NowMs();
  if (now - kRetentionEveryMs < retention_checked_ms_) return Status::Ok();
  retention_checked_ms_ = now;
  if (options_.writer > 1) return Status::Ok();  // the first one's work
  return RemoveOldFiles(*options_.files, options_.folder, options_.retention, now,
                        file_ ? name_.path : "");
}

Status BlockSink::Finish() {
  REEVE_RETURN_IF_ERROR(SyncFile());
  if (!file_) return Status::Ok();
  const std::unique_ptr<WritableFile> file = std::move(file_);
  return file->Close();
}

std::int64_t BlockSink::Abandon() {
  std::int64_t rows = 0;
  for (const SealedBlock& block : waiting_) rows += block.rows;
  waiting_.clear();
  waiting_bytes_ = 0;
  return rows;
}

Status BlockSink::WriteWaiting() {
  while (!waiting_.empty()) {
    const Status status = WriteOne(waiting_.front());
    if (!status.ok()) {
      GiveUpFile();
      return status;
    }
    waiting_bytes_ -= waiting_.front().bytes.size();
    unsynced_bytes_ += waiting_.front().bytes.size();
    unsynced_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return Status::Ok();
}

Status BlockSink::WriteOne(const SealedBlock& block) {
  const std::string today = FormatIsoSeconds(options_.clock->NowMs()).substr(0, 10);
  if (file_ && (file_bytes_ >= options_.file_bytes || name_.day != today)) {
    REEVE_RETURN_IF_ERROR(Finish());
    // A file has ended, so there may be one too many.
    retention_checked_ms_ = INT64_MIN;
  }
  if (!file_) REEVE_RETURN_IF_ERROR(OpenFile());
  if (block.schema != nullptr && !schemas_in_file_.contains(block.schema->id))
    REEVE_RETURN_IF_ERROR(WriteSchema(*block.schema));
  REEVE_RETURN_IF_ERROR(file_->Append(block.bytes));
  file_bytes_ += block.bytes.size();
  return Status::Ok();
}

Status BlockSink::OpenFile() {
  const std::int64_t now = options_.clock->NowMs();
  // Names stay in order, even of files of one millisecond whose first ones are gone already.
  constexpr int kNumbersOfWriter = 10'000;
  if (now != file_ms_) file_number_ = (options_.writer - 1) * kNumbersOfWriter;
  file_ms_ = now;
  do {
    name_ = MakeLogFileName(now, ++file_number_);
  } while (options_.files->Exists(JoinPath(options_.folder, name_.path)));
  const std::string day = JoinPath(options_.folder, name_.day);
  if (!options_.files->IsFolder(day)) {
    REEVE_RETURN_IF_ERROR(options_.files->CreateFolders(day));
    REEVE_RETURN_IF_ERROR(options_.files->SyncFolder(options_.folder));
  }
  REEVE_ASSIGN_OR_RETURN(file_,
                         options_.files->CreateUncached(JoinPath(options_.folder, name_.path)));
  schemas_in_file_.clear();
  has_synced_block_ = false;
  REEVE_RETURN_IF_ERROR(file_->Append(EncodeFileHead({session_, now})));
  file_bytes_ = kFileHeadBytes;
  return options_.files->SyncFolder(day);
}

Status BlockSink::WriteSchema(const Schema& schema) {
  const std::string bytes =
      EncodeBlock({.kind = BlockKind::kSchema, .schema = schema.id}, EncodeSchema(schema));
  REEVE_RETURN_IF_ERROR(file_->Append(bytes));
  file_bytes_ += bytes.size();
  schemas_in_file_.insert(schema.id);
  return Status::Ok();
}

Status BlockSink::SyncFile() {
  if (!file_ || unsynced_.empty()) return Status::Ok();
  const Status status = file_->Sync();
  if (!status.ok()) {
    GiveUpFile();
    return status;
  }
  for (SealedBlock& block : unsynced_) {
    rows_synced_ += block.rows;
    labels_synced_ += block.labels;
    bytes_synced_ += block.bytes.size();
    const std::size_t capacity = block.bytes.capacity();
    const bool fits = capacity >= kFewestSpareBytes && capacity <= kMostSpareBytes &&
                      spare_bytes_ + capacity <= options_.unsynced_bytes;
    if (!fits) continue;
    spare_bytes_ += capacity;
    spare_.push_back(std::move(block.bytes));
  }
  unsynced_.clear();
  unsynced_bytes_ = 0;
  has_synced_block_ = true;
  return Status::Ok();
}

// After a failed sync nobody knows what is on disk, after a failed write the end is torn. What was
// not synced is written again.
void BlockSink::GiveUpFile() {
  file_.reset();
  waiting_.insert(waiting_.begin(), std::make_move_iterator(unsynced_.begin()),
                  std::make_move_iterator(unsynced_.end()));
  unsynced_.clear();
  waiting_bytes_ += unsynced_bytes_;
  unsynced_bytes_ = 0;
  // A full disk is not filled further with pieces of files.
  if (!has_synced_block_ && !name_.path.empty())
    (void)options_.files->Remove(JoinPath(options_.folder, name_.path));
  has_synced_block_ = true;
}

}  // namespace reeve::predictions
