#include "reeve/sql/postgres/postgres_rows.h"

#include <charconv>

namespace reeve::sql {
namespace {

constexpr Oid kBoolOid = 16;

}  // namespace

PostgresRows::~PostgresRows() {
  if (state_ != State::kReading) return;
  for (;;) {
    const Result<Answer> answer = source_->Next();
    if (!answer.ok() || !*answer) break;
  }
  source_->Done(this);
}

Result<bool> PostgresRows::Step() {
  if (state_ == State::kKept) {
    if (!kept_.empty()) {
      row_ = std::move(kept_.front());
      kept_.pop_front();
      return true;
    }
    state_ = State::kEnded;
    if (!failure_.ok()) return failure_;
    return false;
  }
  if (state_ == State::kEnded) return false;
  Result<Answer> answer = state_ == State::kNew ? source_->Start(this, query_) : source_->Next();
  state_ = State::kReading;
  if (answer.ok() && *answer) {
    Read(*answer, row_);
    return true;
  }
  state_ = State::kEnded;
  source_->Done(this);
  if (!answer.ok()) return answer.status();
  return false;
}

void PostgresRows::KeepRest() {
  state_ = State::kKept;
  for (;;) {
    const Result<Answer> answer = source_->Next();
    failure_ = answer.status();
    if (!answer.ok() || !*answer) break;
    Read(*answer, kept_.emplace_back());
  }
  source_->Done(this);
}

void PostgresRows::Read(const Answer& answer, Row& row) const {
  const Libpq& pq = source_->libpq();
  const int columns = pq.nfields(answer.get());
  row.bytes.clear();
  row.begins.assign(1, 0);
  row.nulls.clear();
  for (int i = 0; i < columns; ++i) {
    row.nulls.push_back(pq.getisnull(answer.get(), 0, i) != 0);
    std::string_view cell(pq.getvalue(answer.get(), 0, i),
                          static_cast<std::size_t>(pq.getlength(answer.get(), 0, i)));
    // SQLite knows truth values as 1 and 0.
    if (pq.ftype(answer.get(), i) == kBoolOid && !cell.empty()) cell = cell == "t" ? "1" : "0";
    row.bytes += cell;
    row.begins.push_back(row.bytes.size());
  }
}

bool PostgresRows::IsNull(int column_idx) const {
  return row_.nulls[static_cast<std::size_t>(column_idx)];
}

std::string_view PostgresRows::View(int column_idx) const {
  const auto i = static_cast<std::size_t>(column_idx);
  return std::string_view(row_.bytes).substr(row_.begins[i], row_.begins[i + 1] - row_.begins[i]);
}

std::int64_t PostgresRows::Integer(int column_idx) const {
  const std::string_view text = View(column_idx);
  std::int64_t value = 0;
  // The whole part of a number with a fraction, as SQLite has it.
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double PostgresRows::Real(int column_idx) const {
  const std::string_view text = View(column_idx);
  double value = 0;
  // Knows "NaN" and "Infinity" in the server's spelling.
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace reeve::sql
