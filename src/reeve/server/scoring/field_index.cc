#include "reeve/server/scoring/field_index.h"

#include <atomic>

#include "reeve/ingest/row_text.h"

namespace reeve::server {

FieldIndex::FieldIndex(const contract::Contract& contract) : names_(contract.Names()) {
  static std::atomic<std::uint64_t> last_id = 0;
  id_ = ++last_id;
  for (std::size_t field = 0; field < names_.size(); ++field) {
    index_.emplace(names_[field], field);
    std::string quoted;
    ingest::AppendJsonString(names_[field], quoted);
    if (quoted.size() != names_[field].size() + 2) quoted.clear();
    quoted_.push_back(std::move(quoted));
  }
  for (const std::string& name : contract.classes)
    ingest::AppendJsonString(name, classes_.emplace_back());
}

}  // namespace reeve::server
