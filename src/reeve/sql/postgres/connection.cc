#include "reeve/sql/postgres/connection.h"

#include <poll.h>

#include "reeve/base/number.h"
#include "reeve/base/real_text.h"
#include "reeve/base/text.h"
#include "reeve/sql/postgres/placeholders.h"
#include "reeve/sql/postgres/sqlstate.h"

namespace reeve::sql {
namespace {

constexpr int kOldestVersion = 120'000;
// Texts that a connection remembers; those put together at run time may be many.
constexpr std::size_t kMostKept = 512;

// The server finds the type of a parameter by where it stands. What stands for 64 bits and doubles
// is said, so that a number too great for a column compares as unequal instead of failing.
constexpr char kInferred = '.';
constexpr char kInteger = 'i';
constexpr char kReal = 'f';
constexpr Oid kInt8Oid = 20;
constexpr Oid kFloat8Oid = 701;

// By the numbers of pg_type.dat, which never change.
ResultType ResultTypeOf(Oid type) {
  switch (type) {
    case 16:  // bool
      return ResultType::kBoolean;
    case 21:  // int2
    case 23:  // int4
    case 26:  // oid
      return ResultType::kInteger;
    case kInt8Oid:
      return ResultType::kLong;
    case 1700:  // numeric
      return ResultType::kDecimal;
    case 700:  // float4
    case kFloat8Oid:
      return ResultType::kReal;
    case 1082:  // date
    case 1114:  // timestamp
    case 1184:  // timestamptz
      return ResultType::kTime;
    default:
      return ResultType::kOther;
  }
}

std::string RealText(double value) {
  if (value != value) return "NaN";
  if (value - value != 0) return value > 0 ? "Infinity" : "-Infinity";
  std::string text;
  AppendReal(value, text);
  return text;
}

std::string OneLine(const char* text) {
  std::string line;
  for (const std::string& part : Split(text == nullptr ? "" : text, '\n')) {
    const std::string_view trimmed = Trim(part);
    if (trimmed.empty()) continue;
    if (!line.empty()) line += "; ";
    line += trimmed;
  }
  return line.empty() ? "no answer" : line;
}

void IgnoreNotice(void*, const PGresult*) {}

}  // namespace

Result<Query> Query::Make(std::string_view sql, const Parameter* parameters, std::size_t count) {
  Query query;
  query.sql_ = NumberPlaceholders(sql);
  const auto add = [&](char type, std::string_view text) {
    query.types_ += type;
    query.begins_.push_back(static_cast<std::ptrdiff_t>(query.bytes_.size()));
    query.bytes_.append(text).push_back('\0');
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* text = std::get_if<std::string_view>(&parameters[i])) {
      if (text->find('\0') != std::string_view::npos || !IsUtf8(*text)) {
        return Status::InvalidArgument("text " + Quote(*text) +
                                       " holds a byte 0 or is no UTF-8, which PostgreSQL refuses");
      }
      add(kInferred, *text);
    } else if (const auto* integer = std::get_if<std::int64_t>(&parameters[i])) {
      const bool is_wide = *integer != static_cast<std::int32_t>(*integer);
      add(is_wide ? kInteger : kInferred, std::to_string(*integer));
    } else if (const auto* real = std::get_if<double>(&parameters[i])) {
      add(kReal, RealText(*real));
    } else {
      query.types_ += kInferred;
      query.begins_.push_back(-1);
    }
  }
  return query;
}

std::vector<const char*> Query::Values() const {
  std::vector<const char*> values;
  values.reserve(begins_.size());
  for (const std::ptrdiff_t begin : begins_)
    values.push_back(begin < 0 ? nullptr : bytes_.data() + begin);
  return values;
}

std::vector<Oid> Query::Types() const {
  std::vector<Oid> types;
  types.reserve(types_.size());
  for (const char type : types_)
    types.push_back(type == kInteger ? kInt8Oid : type == kReal ? kFloat8Oid : 0);
  return types;
}

Result<std::unique_ptr<Connection>> Connection::Open(PostgresUrl url,
                                                     const ConnectionOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const Libpq* pq, Libpq::Load());
  std::unique_ptr<Connection> connection(new Connection(pq, std::move(url), options));
  REEVE_RETURN_IF_ERROR(connection->Connect());
  return connection;
}

Connection::~Connection() { pq_->finish(handle_); }

Status Connection::Connect() {
  // Of a keyword that comes twice the last counts, so the URL may overrule these.
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"connect_timeout", "10"},
      {"tcp_user_timeout", "60000"},
      {"fallback_application_name", "reeve"}};
  parameters.insert(parameters.end(), url_.parameters.begin(), url_.parameters.end());
  parameters.emplace_back("client_encoding", "UTF8");
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [key, value] : parameters) {
    keywords.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  handle_ = pq_->connectdb_params(keywords.data(), values.data(), 0);
  if (handle_ == nullptr || pq_->status(handle_) != CONNECTION_OK) {
    return Failure(nullptr).WithFix(
        "check that the server runs, and host, port, user, password and database of the URL");
  }
  pq_->set_notice_receiver(handle_, IgnoreNotice, nullptr);
  const int version = pq_->server_version(handle_);
  if (version < kOldestVersion) {
    return Status::Unavailable("database " + Quote(url_.name, 400) + ": the server is PostgreSQL " +
                               std::to_string(version / 10'000) + ", expected 12 or newer");
  }
  return RunScript(("SET lock_timeout = " + std::to_string(options_.lock_ms)).c_str());
}

Status Connection::Reconnect() {
  pq_->finish(handle_);
  handle_ = nullptr;
  kept_.clear();
  return Connect();
}

Status Connection::Forget() {
  kept_.clear();
  return RunScript("DEALLOCATE ALL");
}

bool Connection::IsLost() {
  if (handle_ == nullptr || pq_->status(handle_) != CONNECTION_OK) return true;
  // A server says goodbye and closes, or just closes: either way there is something to read.
  pollfd socket{.fd = pq_->socket(handle_), .events = POLLIN, .revents = 0};
  while (::poll(&socket, 1, 0) > 0) {
    if (pq_->consume_input(handle_) == 0 || pq_->status(handle_) != CONNECTION_OK) return true;
  }
  return false;
}

Status Connection::RunScript(const char* sql) {
  const Answer answer(pq_, pq_->exec(handle_, sql));
  return Finish(answer.get());
}

Status Connection::Finish(PGresult* result) {
  const ExecStatusType status = pq_->result_status(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
    return Failure(result);
  changes_ = ParseInteger(pq_->cmd_tuples(result)).value_or(0);
  return Status::Ok();
}

Result<std::vector<ResultColumn>> Connection::Describe(const std::string& sql) {
  // The statement without a name, which the next one replaces.
  const Answer prepared(pq_, pq_->prepare(handle_, "", sql.c_str(), 0, nullptr));
  REEVE_RETURN_IF_ERROR(Finish(prepared.get()));
  const Answer answer(pq_, pq_->describe_prepared(handle_, ""));
  REEVE_RETURN_IF_ERROR(Finish(answer.get()));
  std::vector<ResultColumn> columns;
  for (int i = 0; i < pq_->nfields(answer.get()); ++i) {
    columns.push_back(
        {.name = pq_->fname(answer.get(), i), .type = ResultTypeOf(pq_->ftype(answer.get(), i))});
  }
  return columns;
}

Result<std::string> Connection::Prepare(const Query& query) {
  if (kept_.size() >= kMostKept) REEVE_RETURN_IF_ERROR(Forget());
  Kept& kept = kept_[query.types() + query.sql()];
  // What is said once costs one journey to the server less unprepared.
  if (++kept.uses < 2 || !kept.name.empty()) return kept.name;
  const std::string name = "reeve_" + std::to_string(++prepared_);
  const std::vector<Oid> types = query.Types();
  const Answer answer(pq_, pq_->prepare(handle_, name.c_str(), query.sql().c_str(),
                                        static_cast<int>(types.size()), types.data()));
  REEVE_RETURN_IF_ERROR(Finish(answer.get()));
  kept.name = name;
  return name;
}

Status Connection::Send(const Query& query) {
  REEVE_ASSIGN_OR_RETURN(const std::string name, Prepare(query));
  const std::vector<const char*> values = query.Values();
  const int count = static_cast<int>(values.size());
  int sent = 0;
  if (name.empty()) {
    const std::vector<Oid> types = query.Types();
    sent = pq_->send_query_params(handle_, query.sql().c_str(), count, types.data(), values.data(),
                                  nullptr, nullptr, 0);
  } else {
    sent =
        pq_->send_query_prepared(handle_, name.c_str(), count, values.data(), nullptr, nullptr, 0);
  }
  if (sent == 0) return Failure(nullptr);
  pq_->set_single_row_mode(handle_);
  return Status::Ok();
}

Result<Answer> Connection::Next() {
  Answer answer(pq_, pq_->get_result(handle_));
  if (!answer || pq_->result_status(answer.get()) == PGRES_SINGLE_TUPLE) return answer;
  Status status = Finish(answer.get());
  // libpq takes the next statement only when it has said that this one has no more answers.
  while (Answer(pq_, pq_->get_result(handle_))) {
  }
  if (!status.ok()) return status;
  return Answer();
}

Status Connection::Failure(const PGresult* result) {
  const char* const state =
      result != nullptr ? pq_->result_error_field(result, PG_DIAG_SQLSTATE) : nullptr;
  sqlstate_ = state != nullptr ? state : "";
  std::string message = "database " + Quote(url_.name, 400) + ": ";
  const char* const primary =
      result != nullptr ? pq_->result_error_field(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  message += primary != nullptr   ? OneLine(primary)
             : handle_ != nullptr ? OneLine(pq_->error_message(handle_))
                                  : "no memory";
  return StatusOfSqlState(sqlstate_, std::move(message));
}

}  // namespace reeve::sql
