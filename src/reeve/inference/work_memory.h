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
  if (work.bytes.size() < count * sizeof(T)) work.bytes.resize(count * sizeof(T));
  return {reinterpret_cast<T*>(work.bytes.data()), count};
}

}  // namespace reeve::inference
