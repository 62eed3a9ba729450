#include "reeve/predictions/reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "reeve/base/file_system.h"
#include "reeve/predictions/labels.h"
#include "reeve/predictions/log_file.h"
#include "reeve/predictions/log_folder.h"
#include "reeve/predictions/packed_rows.h"
#include "reeve/predictions/row_table.h"

namespace reeve::predictions {
namespace {

struct OpenedFile {
  std::unique_ptr<BytesAt> bytes;
  FileBlocks found;
  /// By the number that its blocks of rows name.
  std::map<std::uint32_t, std::shared_ptr<const Schema>> schemas;
};

// A file's blocks and its models; null when it is none that can be read, which is noted.
std::unique_ptr<OpenedFile> OpenLog(const std::string& path, ReadProblems& problems) {
  const auto note = [&](const Status& status) {
    problems.unread_files.push_back(path + ": " + status.message());
    return nullptr;
  };
  auto file = std::make_unique<OpenedFile>();
  Result<std::unique_ptr<BytesAt>> bytes = BytesAt::OpenFile(path);
  // Removed between listing and opening: the writer keeps order.
  if (bytes.status().code() == StatusCode::kNotFound) return nullptr;
  if (!bytes.ok()) return note(bytes.status());
  file->bytes = std::move(*bytes);
  // A writer has just made it.
  if (file->bytes->size() == 0) return nullptr;
  Result<FileBlocks> found = FindBlocks(*file->bytes);
  if (!found.ok()) return note(found.status());
  file->found = std::move(*found);
  problems.damaged_blocks += file->found.damaged;
  problems.torn_files += file->found.torn_bytes > 0 ? 1 : 0;
  for (const BlockPlace& place : file->found.blocks) {
    if (place.head.kind != BlockKind::kSchema) continue;
    const Result<std::string> payload = ReadPayload(*file->bytes, place);
    Result<Schema> schema = payload.ok() ? DecodeSchema(*payload) : payload.status();
    if (schema.ok() && schema->id == place.head.schema) {
      file->schemas[schema->id] = std::make_shared<const Schema>(std::move(*schema));
    } else {
      ++problems.damaged_blocks;
    }
  }
  return file;
}

// A block whose sync failed is written twice, under one number.
class SeenBlocks {
 public:
  bool Contains(const std::string& session, std::uint64_t sequence) const {
    const auto it = seen_.find(session);
    return it != seen_.end() && it->second.contains(sequence);
  }
  void Insert(const std::string& session, std::uint64_t sequence) {
    seen_[session].insert(sequence);
  }

 private:
  std::map<std::string, std::unordered_set<std::uint64_t>> seen_;
};

class FileReader : public PredictionReader {
 public:
  explicit FileReader(ReadOptions options) : options_(std::move(options)) {}

  Status OpenFolder(const std::string& folder) {
    REEVE_ASSIGN_OR_RETURN(const std::vector<LogFileName> names,
                           ListLogFiles(FileSystem::System(), folder));
    for (const LogFileName& name : names)
      REEVE_RETURN_IF_ERROR(AddFile(JoinPath(folder, name.path)));
    if (options_.newest_first) {
      std::stable_sort(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) {
        return a.place.head.max_ms > b.place.head.max_ms;
      });
    }
    latest_.assign(blocks_.size() + 1, INT64_MIN);
    for (std::size_t i = blocks_.size(); i-- > 0;)
      latest_[i] = std::max(latest_[i + 1], blocks_[i].place.head.max_ms);
    return Status::Ok();
  }

  std::vector<std::shared_ptr<const Schema>> schemas() const override { return schemas_; }
  const ReadProblems& problems() const override { return problems_; }
  std::optional<std::int64_t> latest_ms() const override {
    return next_ < blocks_.size() ? std::optional(latest_[next_]) : std::nullopt;
  }

  Result<bool> Next(PredictionChunk* chunk) override {
    while (next_ < blocks_.size()) {
      const Block& block = blocks_[next_++];
      const std::string& session = files_[block.file].session;
      if (seen_.Contains(session, block.place.head.sequence)) continue;
      Result<RowColumns> columns = ReadRows(block);
      if (!columns.ok()) {
        if (columns.status().code() != StatusCode::kCorrupt) return columns.status();
        ++problems_.damaged_blocks;
        continue;
      }
      seen_.Insert(session, block.place.head.sequence);
      const std::vector<std::uint32_t> selected = SelectRows(*columns, options_.filter);
      if (selected.empty()) continue;
      REEVE_ASSIGN_OR_RETURN(chunk->table,
                             MakeRowTable(*columns, *block.schema, selected, labels_));
      chunk->schema = block.schema;
      return true;
    }
    return false;
  }

 private:
  struct File {
    std::string path, session;
  };
  struct Block {
    std::size_t file = 0;
    BlockPlace place;
    std::shared_ptr<const Schema> schema;
  };

  Status AddFile(const std::string& path) {
    const std::unique_ptr<OpenedFile> file = OpenLog(path, problems_);
    if (!file) return Status::Ok();
    files_.push_back({path, file->found.head.session});
    for (const BlockPlace& place : file->found.blocks) {
      if (place.head.kind == BlockKind::kLabels) REEVE_RETURN_IF_ERROR(AddLabels(*file, place));
      if (!HoldsRows(place.head.kind) || !MayMatch(place.head)) continue;
      const auto schema = file->schemas.find(place.head.schema);
      if (schema == file->schemas.end()) {
        ++problems_.damaged_blocks;
      } else if (IsWanted(*schema->second)) {
        blocks_.push_back({files_.size() - 1, place, KnownSchema(schema->second)});
      }
    }
    return Status::Ok();
  }

  Status AddLabels(OpenedFile& file, const BlockPlace& place) {
    if (!options_.with_labels) return Status::Ok();
    const std::string& session = file.found.head.session;
    if (seen_.Contains(session, place.head.sequence)) return Status::Ok();
    const Result<std::string> payload = ReadPayload(*file.bytes, place);
    const Result<LabelColumns> columns =
        payload.ok() ? DecodeLabels(*payload, place.head.rows) : payload.status();
    if (!columns.ok()) {
      ++problems_.damaged_blocks;
      return Status::Ok();
    }
    seen_.Insert(session, place.head.sequence);
    return labels_.Add(*columns, options_.most_label_bytes);
  }

  bool MayMatch(const BlockHead& head) const {
    const ReadFilter& filter = options_.filter;
    return !(filter.since_ms && head.max_ms < *filter.since_ms) &&
           !(filter.until_ms && head.min_ms >= *filter.until_ms);
  }

  bool IsWanted(const Schema& schema) const {
    const ReadFilter& filter = options_.filter;
    return (filter.model.empty() || schema.model == filter.model) &&
           (filter.version.empty() || schema.version == filter.version);
  }

  // Every file describes its models anew; one description of each is kept.
  std::shared_ptr<const Schema> KnownSchema(const std::shared_ptr<const Schema>& schema) {
    for (const auto& known : schemas_) {
      if (known == schema || (known->model == schema->model && known->version == schema->version &&
                              SameLayout(known->contract, schema->contract)))
        return known;
    }
    schemas_.push_back(schema);
    return schema;
  }

  Result<RowColumns> ReadRows(const Block& block) {
    if (opened_ != block.file || !bytes_) {
      REEVE_ASSIGN_OR_RETURN(bytes_, BytesAt::OpenFile(files_[block.file].path));
      opened_ = block.file;
    }
    REEVE_ASSIGN_OR_RETURN(const std::string payload, ReadPayload(*bytes_, block.place));
    const BlockHead& head = block.place.head;
    return head.kind == BlockKind::kRows ? DecodeRows(payload, head.rows, *block.schema)
                                         : UnpackRows(payload, head.rows, *block.schema);
  }

  const ReadOptions options_;
  std::vector<File> files_;
  std::vector<Block> blocks_;
  // Latest time of the blocks from each one on.
  std::vector<std::int64_t> latest_;
  std::size_t next_ = 0;
  std::vector<std::shared_ptr<const Schema>> schemas_;
  SeenBlocks seen_;
  Labels labels_;
  ReadProblems problems_;
  // The file that is being read.
  std::unique_ptr<BytesAt> bytes_;
  std::size_t opened_ = 0;
};

}  // namespace

Result<std::unique_ptr<PredictionReader>> PredictionReader::Open(const std::string& folder,
                                                                 const ReadOptions& options) {
  auto reader = std::make_unique<FileReader>(options);
  REEVE_RETURN_IF_ERROR(reader->OpenFolder(folder));
  return std::unique_ptr<PredictionReader>(std::move(reader));
}

Result<StoreSummary> SummariseStore(const std::string& folder) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<LogFileName> names,
                         ListLogFiles(FileSystem::System(), folder));
  StoreSummary summary;
  SeenBlocks seen;
  std::map<std::tuple<std::string, std::string, std::string>, StoredRows> rows;
  for (const LogFileName& name : names) {
    const auto file = OpenLog(JoinPath(folder, name.path), summary.problems);
    if (!file) continue;
    ++summary.files;
    summary.bytes += file->bytes->size();
    for (const auto& [head, offset] : file->found.blocks) {
      if (head.kind == BlockKind::kSchema || seen.Contains(file->found.head.session, head.sequence))
        continue;
      seen.Insert(file->found.head.session, head.sequence);
      if (head.kind == BlockKind::kLabels) summary.labels += head.rows;
      const auto schema = file->schemas.find(head.schema);
      if (!HoldsRows(head.kind) || schema == file->schemas.end()) continue;
      StoredRows& entry = rows[{schema->second->model, schema->second->version, name.day}];
      entry.rows += head.rows;
      entry.bytes += head.stored_bytes;
    }
  }
  for (auto& [at, entry] : rows) {
    std::tie(entry.model, entry.version, entry.day) = at;
    summary.rows.push_back(std::move(entry));
  }
  return summary;
}

}  // namespace reeve::predictions
