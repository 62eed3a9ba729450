#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::bundle {

/// The version of the bundle format this program writes; it reads this one and older ones.
inline constexpr int kFormatVersion = 1;

/// The content of a bundle's `checksums` file: format version and the SHA-256 of every other file
/// but MLmodel (which names places and times and is written last).
struct Checksums {
  int format_version = 0;
  /// File name and 64 hexadecimal digits, sorted by name.
  std::vector<std::pair<std::string, std::string>> files;
};

/// "reeve-bundle 1", then `sha256sum`'s own lines, so that `tail -n +2 checksums | sha256sum -c`
/// works.
std::string FormatChecksums(const Checksums& checksums);

/// Fails with kCorrupt: not a Reeve bundle, a newer version, a line that is none, a name with a
/// slash.
Result<Checksums> ParseChecksums(std::string_view text);

}  // namespace reeve::bundle
