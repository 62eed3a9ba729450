#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "reeve/inference/model.h"

namespace reeve::inference {

/// `count` values of T in `work`, at a cache line's start, not initialised; `work` grows when it
/// has to. What an earlier call gave is no longer valid.
template <typename T>
std::span<T> TakeWork(WorkMemory& work, std::size_t count) {
  constexpr std::size_t kLine = 64;
  const std::size_t bytes = count * sizeof(T) + kLine;
  if (work.size() < bytes) work.resize(bytes);
  const auto begin = reinterpret_cast<std::uintptr_t>(work.data());
  const std::uintptr_t aligned = (begin + kLine - 1) / kLine * kLine;
  return {reinterpret_cast<T*>(work.data() + (aligned - begin)), count};
}

}  // namespace reeve::inference
