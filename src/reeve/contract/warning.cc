#include "reeve/contract/warning.h"

#include <algorithm>
#include <array>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::contract {
namespace {

constexpr std::array<WarningInfo, 21> kWarnings = {{
    {"constant_column", "Leave the column out of the export, or pass --drop."},
    {"id_like_column", "Pass --drop, or fix its type under [data.columns] if it is a feature."},
    {"duplicate_column", "Keep one of the two: pass --drop for the other."},
    {"stray_texts", "Mend the source, or pass the text with --missing."},
    {"ambiguous_dates", "Write them year first (2025-12-31)."},
    {"ambiguous_numbers",
     "If they are thousands, write them without the points; if not, ignore this."},
    {"nested_objects", "Make each member that matters a column of its own."},
    {"missing_labels", "Label these rows or remove them."},
    {"rows_skipped", "Mend the source."},
    {"similar_classes", "Spell each class in one way."},
    {"labels_normalised", "Spell the labels of both sources alike."},
    {"tiny_class", "Collect more rows of the class, or merge it with another."},
    {"leak_suspected",
     "Find out whether its value is known at the time of prediction; if not, pass --drop."},
    {"duplicate_rows_across_split",
     "Remove the duplicates, or keep them together with --group COLUMN."},
    {"contradicting_rows",
     "Find out which label is right, or add the column that tells these rows apart."},
    {"no_better_than_chance", "Do not use this model; collect columns that bear on the target."},
    {"overfit",
     "Trust the score of the test part; split by --group or --time if rows belong together."},
    {"unstable_folds", "Find out what differs between the folds; split by --group or --time."},
    {"train_test_shift",
     "Train on rows like those to be predicted, or pass --drop for the columns that moved."},
    {"label_noise", "Check the labels of the rows in label_noise.csv of the run."},
    {"refitted_on_all", "Test on new rows before you rely on it."},
}};

std::string_view CodeOf(std::string_view entry) { return entry.substr(0, entry.find(':')); }

std::string_view UsualFix(std::string_view code) {
  for (const WarningInfo& info : kWarnings) {
    if (info.code == code) return info.fix;
  }
  return {};
}

}  // namespace

std::span<const WarningInfo> AllWarnings() { return kWarnings; }

Status IgnoredWarnings::Validate() const {
  std::vector<std::string> codes;
  for (const WarningInfo& info : kWarnings) codes.emplace_back(info.code);
  for (const std::string& entry : entries_) {
    const std::string code(CodeOf(entry));
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) continue;
    return Status::InvalidArgument("--ignore-warning " + Quote(entry, 60) +
                                   " is no warning, expected CODE or CODE:COLUMN." +
                                   Suggest(code, codes));
  }
  return Status::Ok();
}

bool IgnoredWarnings::Covers(std::string_view code) const {
  return std::find(entries_.begin(), entries_.end(), code) != entries_.end();
}

bool IgnoredWarnings::Covers(const Warning& warning) const {
  return Covers(std::string_view(warning.code)) ||
         (!warning.column.empty() && Covers(std::string_view(warning.code + ":" + warning.column)));
}

std::vector<Warning> FinishWarnings(std::vector<Warning> warnings, const IgnoredWarnings& ignored) {
  std::erase_if(warnings, [&](const Warning& warning) { return ignored.Covers(warning); });
  for (Warning& warning : warnings) {
    if (warning.fix.empty()) warning.fix = UsualFix(warning.code);
  }
  return warnings;
}

}  // namespace reeve::contract
