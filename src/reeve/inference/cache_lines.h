#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace reeve::inference {

/// Gives memory that starts at a cache line, so that a vector register is loaded from one line, and
/// leaves new elements of a plain type as they are: resize(n) costs no pass over them.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  CacheLineAllocator() = default;
  template <typename U>  // NOLINTNEXTLINE(google-explicit-constructor): allocators convert
  CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, kLine); }
  template <typename U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <typename U, typename... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }
  bool operator==(const CacheLineAllocator& /*other*/) const { return true; }
};

/// A vector whose first element starts a cache line and whose resize(n) initialises nothing.
template <typename T>
using CacheLines = std::vector<T, CacheLineAllocator<T>>;

}  // namespace reeve::inference
