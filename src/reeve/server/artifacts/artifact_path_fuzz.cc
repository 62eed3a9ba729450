// Whatever comes as a path, what is let through stays below the root, means itself and is
// printable.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view given(reinterpret_cast<const char*>(bytes), size);
  const auto safe = reeve::server::SafeArtifactPath(given);
  if (!safe.ok()) {
    if (!safe.status().message().starts_with("Invalid path")) std::abort();
    return 0;
  }
  const bool controls = std::any_of(safe->begin(), safe->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (controls || safe->starts_with('/') || !reeve::IsUtf8(*safe)) std::abort();
  if (safe->empty()) return 0;
  for (const auto& name : reeve::Split(*safe, '/')) {
    if (name.empty() || name == "." || name == ".." || name.size() > 255) std::abort();
  }
  return 0;
}
