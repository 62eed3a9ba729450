#include "reeve/sql/database.h"

namespace reeve::sql {
std::vector<Parameter> ViewsOf(const std::vector<Value>& values) {
  std::vector<Parameter> parameters;
  parameters.reserve(values.size());
  for (const Value& value : values) {
    parameters.push_back(std::visit([](const auto& held) { return Parameter(held); }, value));
  }
  return parameters;
}

Result<Statement> Database::PrepareWith(std::string_view sql, const std::vector<Value>& values) {
  const std::vector<Parameter> parameters = ViewsOf(values);
  return Bind(sql, parameters.data(), parameters.size());
}

Status Database::RunWith(std::string_view sql, const std::vector<Value>& values) {
  REEVE_ASSIGN_OR_RETURN(Statement statement, PrepareWith(sql, values));
  return statement.Step().status();
}

Result<Transaction> Transaction::Begin(Database& database, std::string_view subject) {
  REEVE_RETURN_IF_ERROR(database.Begin(subject));
  return Transaction(&database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->Rollback();
}

Status Transaction::Commit() {
  Status status = database_->Commit();
  if (status.ok()) database_ = nullptr;
  return status;
}

}  // namespace reeve::sql
