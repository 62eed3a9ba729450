#include "reeve/predictions/page_pool.h"

#include <algorithm>
#include <new>

#include <sys/mman.h>

namespace reeve::predictions {
namespace {

constexpr std::align_val_t kAlignment{PagePool::kPageBytes};
constexpr std::size_t kHugePageBytes = 2U << 20;

std::size_t WholePages(std::size_t bytes, std::size_t page_bytes = PagePool::kPageBytes) {
  return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

}  // namespace

void Pages::GiveBack::operator()(char* memory) const { pool->Return(memory, bytes); }

// Nothing but addresses is taken until a piece is written.
PagePool::Pieces::Pieces(std::size_t count, std::size_t bytes) : count_(count), bytes_(bytes) {
  const std::size_t reserved = count * bytes + kHugePageBytes;
  reserved_ = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved_ == MAP_FAILED) throw std::bad_alloc();
  const auto address = reinterpret_cast<std::uintptr_t>(reserved_);
  begin_ = static_cast<char*>(reserved_) + (WholePages(address, kHugePageBytes) - address);
  // A system without them is well, too.
  (void)::madvise(begin_, count * bytes, MADV_HUGEPAGE);
}

PagePool::Pieces::~Pieces() { ::munmap(reserved_, count_ * bytes_ + kHugePageBytes); }

bool PagePool::Pieces::Has(const char* memory) const {
  return memory >= begin_ && memory < begin_ + count_ * bytes_;
}

void PagePool::Pieces::Empty(char* piece) const { ::madvise(piece, bytes_, MADV_DONTNEED); }

PagePool::PagePool(std::size_t most_bytes, std::size_t usual_bytes)
    : most_bytes_(most_bytes),
      usual_bytes_(WholePages(usual_bytes)),
      pieces_(most_bytes / usual_bytes_, usual_bytes_) {
  for (std::size_t piece = most_bytes / usual_bytes_; piece-- > 0;)
    empty_.push_back(pieces_.at(piece));
}

Pages PagePool::Take(std::size_t needed) {
  const std::size_t bytes = std::max(WholePages(needed), usual_bytes_);
  const std::lock_guard lock(mutex_);
  if (bytes == usual_bytes_) return TakePiece();
  // What needs more than usual may take the place of pieces that nobody uses.
  MakeRoom(bytes);
  if (!HasRoom(bytes)) return {};
  try {
    return Allocate(bytes);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

Pages PagePool::TakeAnyway(std::size_t needed) {
  const std::size_t bytes = WholePages(needed);
  const std::lock_guard lock(mutex_);
  MakeRoom(bytes);
  return Allocate(bytes);
}

Pages PagePool::Allocate(std::size_t bytes) {
  Pages pages;
  pages.memory_ = {static_cast<char*>(::operator new(bytes, kAlignment)), {this, bytes}};
  bytes_ += bytes;
  return pages;
}

Pages PagePool::TakePiece() {
  const bool is_free = !free_.empty();
  std::vector<char*>& from = is_free ? free_ : empty_;
  if (from.empty() || !(is_free || HasRoom(usual_bytes_))) return {};
  Pages pages;
  pages.memory_ = {from.back(), {this, usual_bytes_}};
  from.pop_back();
  bytes_ += is_free ? 0 : usual_bytes_;
  return pages;
}

void PagePool::Return(char* memory, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (pieces_.Has(memory)) {
    free_.push_back(memory);
    MakeRoom(0);
  } else {
    ::operator delete(memory, kAlignment);
    bytes_ -= bytes;
  }
}

void PagePool::MakeRoom(std::size_t bytes) {
  while (!HasRoom(bytes) && !free_.empty()) {
    pieces_.Empty(free_.back());
    empty_.push_back(free_.back());
    free_.pop_back();
    bytes_ -= usual_bytes_;
  }
}

}  // namespace reeve::predictions
