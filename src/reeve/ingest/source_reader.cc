#include "reeve/ingest/source_reader.h"

#include <algorithm>

#include <unistd.h>

#include "reeve/base/text.h"

namespace reeve::ingest {

SourceReader::~SourceReader() {
  if (!source_.temporary.empty()) ::unlink(source_.temporary.c_str());
}

bool SourceReader::IsWanted(const std::string& name) const {
  const auto& only = options_.only_columns;
  return !only || std::find(only->begin(), only->end(), name) != only->end();
}

Status SourceReader::AddSqlName(const std::string& name) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    return Status::InvalidData(source_.names.front() + ": column name " + Quote(name) +
                               " stands twice, expected distinct names")
        .WithFix("use ?query=SELECT … AS … with names of their own");
  }
  names_.push_back(name);
  return Status::Ok();
}

}  // namespace reeve::ingest
