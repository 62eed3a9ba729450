#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/status.h"

namespace reeve::contract {

/// Something about a table or a training that its owner should know before relying on it.
struct Warning {
  /// "constant_column", "leak_suspected", … (docs/guide/warnings.md explains them all).
  std::string code;
  /// The column it is about; empty for the table as a whole.
  std::string column;
  /// One sentence: what was found and what follows from it.
  std::string message;
  /// What to do about it, a short imperative sentence. Empty until FinishWarnings, which then puts
  /// the code's usual advice here.
  std::string fix = {};
};

/// What there is to know about a code.
struct WarningInfo {
  std::string_view code;
  /// What to do about it unless a warning knows better.
  std::string_view fix;
};

/// Every code that training may give.
std::span<const WarningInfo> AllWarnings();

/// Warnings that nobody wants to hear: "tiny_class" everywhere, "leak_suspected:score" for one
/// column.
class IgnoredWarnings {
 public:
  IgnoredWarnings() = default;
  explicit IgnoredWarnings(std::vector<std::string> entries) : entries_(std::move(entries)) {}

  /// Fails with kInvalidArgument for a code that does not exist, naming the nearest.
  Status Validate() const;
  /// Whether no warning of this code is wanted, so that its check need not run.
  bool Covers(std::string_view code) const;
  bool Covers(const Warning& warning) const;

 private:
  std::vector<std::string> entries_;
};

/// `warnings` without those that are ignored, each with its advice.
std::vector<Warning> FinishWarnings(std::vector<Warning> warnings, const IgnoredWarnings& ignored);

}  // namespace reeve::contract
