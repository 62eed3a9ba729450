#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/table/column.h"

namespace reeve::workflow {

/// Reads the true classes of rows that a model is measured on. Labels match after trimming blanks
/// and a final dot; 1.0 and 1 are the same class, as in training. Thread-compatible.
class LabelReader {
 public:
  /// `data` names the rows' source in messages.
  LabelReader(const contract::Contract& contract, std::string data)
      : classes_(contract.classes), missing_(contract.missing_texts), data_(std::move(data)) {}

  /// Index into the contract's classes; nothing for a missing label. Fails with kInvalidData for a
  /// label that is no class of the model, naming the nearest.
  Result<std::optional<std::int32_t>> Read(const Column& labels, std::int64_t row) const;

 private:
  std::vector<std::string> classes_;
  contract::MissingTexts missing_;
  std::string data_;
};

}  // namespace reeve::workflow
