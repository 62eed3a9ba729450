#include "reeve/predictions/page_pool.h"

#include <algorithm>
#include <new>

namespace reeve::predictions {
namespace {

constexpr std::align_val_t kAlignment{PagePool::kPageBytes};

std::size_t WholePages(std::size_t bytes) {
  return (bytes + PagePool::kPageBytes - 1) / PagePool::kPageBytes * PagePool::kPageBytes;
}

}  // namespace

void Pages::GiveBack::operator()(char* memory) const {
  pool->Return(PagePool::Memory(memory), bytes);
}

void PagePool::Free::operator()(char* memory) const { ::operator delete(memory, kAlignment); }

PagePool::PagePool(std::size_t most_bytes, std::size_t usual_bytes)
    : most_bytes_(most_bytes), usual_bytes_(WholePages(usual_bytes)) {}

Pages PagePool::Take(std::size_t needed) {
  const std::size_t bytes = std::max(WholePages(needed), usual_bytes_);
  const std::lock_guard lock(mutex_);
  if (bytes == usual_bytes_ && !free_.empty()) {
    Pages pages;
    pages.memory_ = {free_.back().release(), {this, bytes}};
    free_.pop_back();
    return pages;
  }
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

void PagePool::Return(Memory memory, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes == usual_bytes_ && HasRoom(0)) {
    free_.push_back(std::move(memory));
  } else {
    bytes_ -= bytes;
  }
}

void PagePool::MakeRoom(std::size_t bytes) {
  while (!HasRoom(bytes) && !free_.empty()) {
    bytes_ -= usual_bytes_;
    free_.pop_back();
  }
}

}  // namespace reeve::predictions
