#include "reeve/server/scoring/request_rows.h"

#include <algorithm>

#include "reeve/table/column.h"

namespace reeve::server {
namespace {

// A caller that sends ever new names must not fill memory with them.
constexpr std::size_t kMostUnknown = 100;
constexpr std::size_t kMostProblems = 10'000;

}  // namespace

void RequestRows::Begin(const contract::Contract& contract) {
  contract_ = &contract;
  cells_.Begin(contract.columns.size());
  keys_.clear();
  problems_.clear();
  unknown_.clear();
  kept_.clear();
}

void RequestRows::SetKey(std::string_view key) {
  keys_.resize(static_cast<std::size_t>(rows()));
  keys_.back() = key;
}

void RequestRows::AddProblem(std::string_view field, std::string_view problem,
                             std::string_view got_json) {
  if (problems_.size() >= kMostProblems) return;
  const auto index = contract_->Find(field);
  problems_.push_back(
      {.row = rows() - 1,
       .field = std::string(field),
       .problem = std::string(problem),
       .expected = std::string(index ? ColumnTypeName(contract_->columns[*index].type) : "nothing"),
       .got = std::string(got_json)});
}

void RequestRows::AddUnknown(std::string_view name) {
  if (unknown_.size() >= kMostUnknown) return;
  const bool known = std::any_of(unknown_.begin(), unknown_.end(),
                                 [&](const auto& entry) { return entry.first == name; });
  if (!known) unknown_.emplace_back(name, rows() - 1);
}

std::string_view RequestRows::Keep(std::string_view text) { return kept_.emplace_back(text); }

}  // namespace reeve::server
