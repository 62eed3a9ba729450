#include "reeve/bundle/checksums.h"

#include <algorithm>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::bundle {
namespace {

constexpr std::string_view kMagic = "reeve-bundle ";
constexpr std::size_t kDigits = 64;

bool IsDigest(std::string_view text) {
  return text.size() == kDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() < 256 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos;
}

}  // namespace

std::string FormatChecksums(const Checksums& checksums) {
  std::string text = std::string(kMagic) + std::to_string(checksums.format_version) + "\n";
  for (const auto& [name, digest] : checksums.files) text += digest + "  " + name + "\n";
  return text;
}

Result<Checksums> ParseChecksums(std::string_view text) {
  if (!text.starts_with(kMagic)) {
    return Status::Corrupt(
        "checksums does not begin with \"reeve-bundle\": not a bundle of Reeve, or damaged");
  }
  Checksums checksums;
  const std::vector<std::string> lines = Split(text, '\n');
  const auto version = ParseInteger(std::string_view(lines[0]).substr(kMagic.size()));
  if (!version || *version < 1)
    return Status::Corrupt("checksums has no format version in its first line");
  if (*version > kFormatVersion) {
    return Status::Corrupt("the bundle has format version " + std::to_string(*version) +
                           ", this Reeve reads up to version " + std::to_string(kFormatVersion) +
                           "; a newer Reeve is needed");
  }
  checksums.format_version = static_cast<int>(*version);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.empty() && i + 1 == lines.size()) break;
    const bool is_entry = line.size() > kDigits + 2 && line.substr(kDigits, 2) == "  " &&
                          IsDigest(line.substr(0, kDigits)) &&
                          IsPlainName(line.substr(kDigits + 2));
    if (!is_entry) return Status::Corrupt("checksums is damaged in line " + std::to_string(i + 1));
    checksums.files.emplace_back(line.substr(kDigits + 2), line.substr(0, kDigits));
  }
  return checksums;
}

}  // namespace reeve::bundle
