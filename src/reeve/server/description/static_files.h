#pragma once

#include <span>
#include <string>
#include <string_view>

namespace reeve::server {

/// A file of the pages, built into the binary from server/pages/.
struct StaticFile {
  /// "page.css".
  std::string_view name;
  std::string_view content_type;
  std::string_view bytes;
  /// The first digits of its SHA-256: part of its address, so that browsers may keep it for good.
  std::string version;
};

/// All of them. They live as long as the program.
std::span<const StaticFile> StaticFiles();

/// "assets/page.css?v=0123456789abcdef", relative, so that a service behind a path prefix works.
/// REQUIRES: there is such a file.
std::string StaticFileAddress(std::string_view name);

}  // namespace reeve::server
