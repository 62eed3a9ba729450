#include "reeve/predictions/block_sink.h"

#include <iterator>

#include "reeve/predictions/block.h"

namespace reeve::predictions {
namespace {

// Fewer are copied behind what the file holds already: a page of their own would be mostly zeros.
constexpr std::size_t kFewestPagedBytes = 64U << 10;
constexpr std::int64_t kRetentionEveryMs = 600'000;

}  // namespace

Status BlockSink::Write(SealedBlocks blocks) {
  waiting_.push_back(std::move(blocks));
  REEVE_RETURN_IF_ERROR(WriteWaiting());
  return unsynced_bytes_ >= options_.unsynced_bytes ? SyncFile() : Status::Ok();
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
  for (const SealedBlocks& blocks : waiting_) rows += blocks.rows();
  waiting_.clear();
  return rows;
}

Status BlockSink::WriteWaiting() {
  while (!waiting_.empty()) {
    const Status status = WriteOne(waiting_.front());
    if (!status.ok()) {
      GiveUpFile();
      return status;
    }
    unsynced_bytes_ += waiting_.front().capacity();
    unsynced_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return Status::Ok();
}

Status BlockSink::WriteOne(SealedBlocks& blocks) {
  const std::string today = FormatIsoSeconds(options_.clock->NowMs()).substr(0, 10);
  if (file_ && (file_bytes_ >= options_.file_bytes || name_.day != today)) {
    REEVE_RETURN_IF_ERROR(Finish());
    // A file has ended, so there may be one too many.
    retention_checked_ms_ = INT64_MIN;
  }
  if (!file_) REEVE_RETURN_IF_ERROR(OpenFile());
  for (const Schema* schema : blocks.schemas()) {
    if (!schemas_in_file_.contains(schema->id)) REEVE_RETURN_IF_ERROR(WriteSchema(*schema));
  }
  file_bytes_ += blocks.size();
  return blocks.size() < kFewestPagedBytes ? file_->Append(blocks.Bytes())
                                           : file_->AppendPages(blocks.Bytes());
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
  for (const SealedBlocks& blocks : unsynced_) {
    rows_synced_ += blocks.rows();
    labels_synced_ += blocks.labels();
    bytes_synced_ += blocks.size();
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
  unsynced_bytes_ = 0;
  // A full disk is not filled further with pieces of files.
  if (!has_synced_block_ && !name_.path.empty())
    (void)options_.files->Remove(JoinPath(options_.folder, name_.path));
  has_synced_block_ = true;
}

}  // namespace reeve::predictions
