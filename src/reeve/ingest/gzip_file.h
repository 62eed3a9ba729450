#pragma once

#include <memory>

#include "reeve/base/file_system.h"

namespace reeve::ingest {

/// A file whose content is compressed with gzip on its way into `file`. Sync ends the stream: it
/// must be called once, before Close, with nothing appended behind it.
std::unique_ptr<WritableFile> GzipInto(std::unique_ptr<WritableFile> file);

}  // namespace reeve::ingest
