#include "reeve/ingest/duck_error.h"

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

bool Has(std::string_view message, std::string_view part) {
  return message.find(part) != std::string_view::npos;
}

}  // namespace

Status ReadFailure(const std::string& file, Format format, std::string_view message) {
  if (Has(message, "No space left") || Has(message, "failed to offload data")) {
    return Status::Io(file + ": no space is left for temporary data")
        .WithFix("set TMPDIR to a folder with more space");
  }
  if (Has(message, "Out of Memory")) {
    return Status::Io(file + ": it needs more memory to be read than is allowed for that")
        .WithFix("write it in smaller row groups, or as CSV");
  }
  const std::string reason(Trim(message.substr(0, message.find('\n'))));
  if (format == Format::kParquet) {
    return Status::InvalidData(file +
                               ": not a readable Parquet file, it is damaged or cut short (" +
                               Quote(reason, 200) + "), expected a whole one")
        .WithFix("write or fetch the file again");
  }
  return Status::InvalidData(file + ": cannot be read (" + Quote(reason, 200) +
                             "), expected one JSON object per line");
}

}  // namespace reeve::ingest
