#include "reeve/predictions/block.h"

#include <cstring>
#include <memory>

#include <xxhash.h>
#ifdef __x86_64__
// XXH3_64bits with the widest vectors of this processor: the same hash, five times as fast.
#include <xxh_x86dispatch.h>
#endif
#include <zstd.h>

#include "reeve/predictions/bytes.h"

namespace reeve::predictions {
namespace {

// Like PNG's: a byte that is no text, a name, and a line end that copying as text would change.
constexpr std::string_view kMagic("\x89RVLOG\r\n", 8);
constexpr std::uint32_t kVersion = 1;
constexpr int kLevel = 1;
// Below this nothing is gained.
constexpr std::size_t kFewestCompressed = 128;

std::uint64_t Hash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace

const std::string_view kBlockMark("RVB1", 4);

std::string EncodeFileHead(const FileHead& head) {
  std::string bytes(kMagic);
  Put(bytes, kVersion);
  Put(bytes, std::uint32_t{0});
  bytes.append(head.session.data(), 16);
  Put(bytes, head.created_ms);
  Put(bytes, Hash(bytes));
  return bytes;
}

Result<FileHead> DecodeFileHead(std::string_view bytes) {
  if (bytes.size() < kFileHeadBytes || !bytes.starts_with(kMagic))
    return Status::Corrupt("this is no prediction log, expected a file of reeve's (.rlog)");
  ByteReader reader(bytes.substr(kMagic.size()));
  std::uint32_t version = 0, reserved = 0;
  std::string_view session;
  FileHead head;
  std::uint64_t hash = 0;
  (void)(reader.Read(&version) && reader.Read(&reserved) && reader.Take(16, &session) &&
         reader.Read(&head.created_ms) && reader.Read(&hash));
  if (hash != Hash(bytes.substr(0, kFileHeadBytes - 8)))
    return Status::Corrupt("the head of this prediction log is damaged");
  if (version != kVersion) {
    return Status::Corrupt("this prediction log has format version " + std::to_string(version) +
                           ", expected 1; a newer reeve wrote it");
  }
  head.session = session;
  return head;
}

// On the caller's thread, with a context that is kept: making one costs more than a small block.
std::string_view Compress(std::string_view plain, std::string& memory, BlockHead& head) {
  thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (!context || plain.size() < kFewestCompressed) return plain;
  memory.resize(ZSTD_compressBound(plain.size()));
  const std::size_t size = ZSTD_compressCCtx(context.get(), memory.data(), memory.size(),
                                             plain.data(), plain.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= plain.size()) return plain;
  head.is_compressed = true;
  head.plain_bytes = static_cast<std::uint32_t>(plain.size());
  return std::string_view(memory).substr(0, size);
}

void WriteBlock(BlockHead head, std::string_view stored, char* to) {
  const auto stored_bytes = static_cast<std::uint32_t>(stored.size());
  std::string bytes(kBlockMark);
  bytes.reserve(kBlockHeadBytes);
  Put(bytes, static_cast<std::uint8_t>(head.kind));
  Put(bytes, static_cast<std::uint8_t>(head.is_compressed ? 1 : 0));
  Put(bytes, std::uint16_t{0});
  Put(bytes, head.schema);
  Put(bytes, head.rows);
  Put(bytes, stored_bytes);
  Put(bytes, head.is_compressed ? head.plain_bytes : stored_bytes);
  Put(bytes, head.sequence);
  Put(bytes, head.min_ms);
  Put(bytes, head.max_ms);
  Put(bytes, Hash(stored));
  Put(bytes, Hash(bytes));
  std::memcpy(to, bytes.data(), kBlockHeadBytes);
  if (!stored.empty()) std::memcpy(to + kBlockHeadBytes, stored.data(), stored.size());
}

std::string EncodeBlock(BlockHead head, std::string_view plain) {
  std::string memory;
  const std::string_view stored = Compress(plain, memory, head);
  std::string block(kBlockHeadBytes + stored.size(), '\0');
  WriteBlock(head, stored, block.data());
  return block;
}

std::optional<BlockHead> DecodeBlockHead(std::string_view bytes) {
  bytes = bytes.substr(0, kBlockHeadBytes);
  if (!bytes.starts_with(kBlockMark)) return std::nullopt;
  ByteReader reader(bytes.substr(kBlockMark.size()));
  BlockHead head;
  std::uint8_t kind = 0, compression = 0;
  std::uint16_t reserved = 0;
  std::uint64_t hash = 0;
  const bool whole =
      reader.Read(&kind) && reader.Read(&compression) && reader.Read(&reserved) &&
      reader.Read(&head.schema) && reader.Read(&head.rows) && reader.Read(&head.stored_bytes) &&
      reader.Read(&head.plain_bytes) && reader.Read(&head.sequence) && reader.Read(&head.min_ms) &&
      reader.Read(&head.max_ms) && reader.Read(&head.payload_hash) && reader.Read(&hash);
  if (!whole || hash != Hash(bytes.substr(0, kBlockHeadBytes - 8))) return std::nullopt;
  if (kind < 1 || kind > 4 || compression > 1) return std::nullopt;
  head.kind = static_cast<BlockKind>(kind);
  head.is_compressed = compression == 1;
  const std::uint32_t most = head.kind == BlockKind::kSchema ? kMostSchemaBytes : kMostPayloadBytes;
  if (head.plain_bytes > most || head.stored_bytes > most) return std::nullopt;
  return head;
}

Result<std::string> DecodePayload(const BlockHead& head, std::string_view stored) {
  if (stored.size() != head.stored_bytes || Hash(stored) != head.payload_hash)
    return Status::Corrupt("a block's checksum does not match");
  if (!head.is_compressed) {
    if (head.plain_bytes != head.stored_bytes)
      return Status::Corrupt("a block's sizes contradict each other");
    return std::string(stored);
  }
  // The compressed bytes name their size too: believed only where both agree.
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != head.plain_bytes)
    return Status::Corrupt("a block's sizes contradict each other");
  std::string plain(head.plain_bytes, '\0');
  const std::size_t size =
      ZSTD_decompress(plain.data(), plain.size(), stored.data(), stored.size());
  if (ZSTD_isError(size) != 0 || size != plain.size())
    return Status::Corrupt("a block cannot be decompressed");
  return plain;
}

}  // namespace reeve::predictions
