#include "reeve/ingest/csv_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/ingest/csv_file.h"
#include "reeve/ingest/source_reader.h"

namespace reeve::ingest {
namespace {

class CsvReader final : public SourceReader {
 public:
  using SourceReader::SourceReader;

  // Looks at every file's header first: that columns differ is known before anything is read.
  Status Start() {
    for (std::size_t i = source_.files.size(); i-- > 1;) {
      REEVE_ASSIGN_OR_RETURN(const auto file, OpenFile(i));
      later_names_.insert(later_names_.begin(), file->dialect().names);
    }
    REEVE_ASSIGN_OR_RETURN(file_, OpenFile(0));
    names_ = file_->dialect().names;
    for (std::size_t i = 0; i < later_names_.size(); ++i) {
      REEVE_RETURN_IF_ERROR(
          CheckSameColumns(names_, source_.names[0], later_names_[i], source_.names[i + 1]));
    }
    std::copy_if(names_.begin(), names_.end(), std::back_inserter(wanted_),
                 [&](const std::string& name) { return IsWanted(name); });
    if (wanted_.empty()) wanted_.push_back(names_.front());  // rows are still counted
    LocateWanted();
    return Status::Ok();
  }

  Result<bool> Next(Table* chunk) override {
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    *chunk = Table();
    for (const std::string& name : wanted_) {
      chunk->Add(Column::Texts(name));
      chunk->mutable_column(chunk->column_count() - 1).Reserve(reserved_rows_, 0);
    }
    CsvFile::Row row;
    for (std::int64_t rows = 0; rows < options_.chunk_rows && file_;) {
      REEVE_ASSIGN_OR_RETURN(const bool more, file_->Next(row));
      if (!more) {
        REEVE_RETURN_IF_ERROR(OpenNextFile());
      } else if (!row.problem.empty()) {
        REEVE_RETURN_IF_ERROR(LeaveOut(row));
      } else {
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
          chunk->mutable_column(i).AppendText(CsvValue((*row.fields)[positions_[i]], scratch_));
        }
        ++rows;
      }
    }
    rows_ += chunk->rows();
    reserved_rows_ = chunk->rows();
    if (chunk->rows() > 0) return true;
    REEVE_RETURN_IF_ERROR(CheckBadRows());
    return false;
  }

 private:
  Result<std::unique_ptr<CsvFile>> OpenFile(std::size_t file_idx) const {
    return CsvFile::Open(source_.files[file_idx], source_.names[file_idx], source_.prefers_tabs);
  }

  Status OpenNextFile() {
    file_.reset();
    if (++file_idx_ == source_.files.size()) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(file_, OpenFile(file_idx_));
    LocateWanted();
    return Status::Ok();
  }

  // Later files may have the columns in another order.
  void LocateWanted() {
    const std::vector<std::string>& names = file_->dialect().names;
    positions_.clear();
    for (const std::string& name : wanted_) {
      positions_.push_back(
          static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
    }
  }

  Status LeaveOut(CsvFile::Row& row) {
    bad_rows_.push_back({source_.names[file_idx_], row.line, std::move(row.problem)});
    const BadRowLimit& limit = options_.skip_bad_rows;
    if (!limit.allows_any()) {
      const BadRow& bad = bad_rows_.back();
      // Where one name is in another encoding, most are.
      const bool is_encoding = bad.reason.find("UTF-8") != std::string::npos;
      return Status::InvalidData(bad.file + ", line " + std::to_string(bad.line) + ": " +
                                 bad.reason)
          .WithFix(is_encoding ? "save it as UTF-8, e.g. iconv -f LATIN1 -t UTF-8 FILE > NEW.csv"
                               : "mend the line")
          .WithFix("leave malformed rows out with --skip-bad-rows 1 (or 1%)");
    }
    // A share is known at the end only.
    const auto bad_count = static_cast<std::int64_t>(bad_rows_.size());
    return limit.share <= 0 && bad_count > limit.rows ? TooManyBadRows() : Status::Ok();
  }

  Status CheckBadRows() const {
    const auto bad = static_cast<std::int64_t>(bad_rows_.size());
    return options_.skip_bad_rows.Allows(bad, rows_ + bad) ? Status::Ok() : TooManyBadRows();
  }

  Status TooManyBadRows() const {
    const BadRow& first = bad_rows_.front();
    return Status::InvalidData(first.file + ", line " + std::to_string(first.line) + ": " +
                               first.reason + "; at least " + std::to_string(bad_rows_.size()) +
                               " malformed rows, more than --skip-bad-rows allows");
  }

  std::unique_ptr<CsvFile> file_;
  std::size_t file_idx_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t reserved_rows_ = 0;
  std::vector<std::string> wanted_;
  std::vector<std::vector<std::string>> later_names_;
  /// Where `wanted_` stand in the file being read.
  std::vector<std::size_t> positions_;
  std::string scratch_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenCsvReader(Source source, const ReadOptions& options) {
  return StartReader<CsvReader>(std::move(source), options);
}

}  // namespace reeve::ingest
