#include "reeve/predictions/sealed_blocks.h"

#include <algorithm>
#include <cstring>

namespace reeve::predictions {

void SealedBlocks::Append(const BlockHead& head, std::string_view stored, const Schema* schema) {
  WriteBlock(head, stored, pages_.data() + used_);
  used_ += BytesOf(stored);
  (schema != nullptr ? rows_ : labels_) += head.rows;
  if (schema != nullptr && std::find(schemas_.begin(), schemas_.end(), schema) == schemas_.end())
    schemas_.push_back(schema);
}

std::string_view SealedBlocks::Bytes() {
  const std::size_t rest = (capacity() - used_) % PagePool::kPageBytes;
  if (rest > 0) std::memset(pages_.data() + used_, 0, rest);
  return {pages_.data(), used_};
}

}  // namespace reeve::predictions
