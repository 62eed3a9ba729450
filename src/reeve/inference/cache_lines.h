#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace reeve::inference {

/// Gives memory that starts at a cache line, so that a vector register is loaded from one line.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  CacheLineAllocator() = default;
  template <typename U>
  CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, kLine); }
  bool operator==(const CacheLineAllocator& /*other*/) const { return true; }
};

/// A vector whose first element starts a cache line.
template <typename T>
using CacheLines = std::vector<T, CacheLineAllocator<T>>;

}  // namespace reeve::inference
