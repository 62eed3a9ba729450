#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/inference/linear.h"
#include "reeve/server/scoring/scoring.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/server/scoring/test_model.h"

namespace reeve::server {

/// A small model put together by hand, for tests of the protocols: age (integer, required), income
/// (real), city (category: York, Ely) and married (boolean), in this order.
inline std::shared_ptr<const ServedModel> MakeLoanModel(std::vector<std::string> classes) {
  contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.table.Add(Column::Numbers("income", ColumnType::kReal, {1.5, 2.5, kMissingNumber, 9.25}));
  typed.table.Add(
      Column::Codes("city", ColumnType::kCategory, {0, 1, 0, kMissingCode}, {"York", "Ely"}));
  typed.table.Add(Column::Numbers("married", ColumnType::kBoolean, {0, 1, kMissingNumber, 1}));
  typed.typing.resize(4);
  const std::vector<std::string> features = {"age", "income", "city", "married"};
  for (std::size_t i = 0; i < features.size(); ++i)
    typed.typing[i].type = typed.table.column(i).type();
  contract::Contract contract = contract::MakeContract(typed, features);
  contract.target = "answer";
  contract.classes = std::move(classes);
  if (contract.classes.size() == 2) contract.positive = contract.classes[1];
  auto pipeline = features::Pipeline::Fit(typed.table, AllRows(4), features,
                                          features::PipelineOptions::ForLinear())
                      .value();
  const std::size_t width = pipeline.outputs().size();
  const std::size_t outputs = contract.classes.size() == 2 ? 1 : contract.classes.size();
  inference::Linear linear{.features = static_cast<std::int64_t>(width),
                           .classes = static_cast<int>(contract.classes.size())};
  for (std::size_t i = 0; i < width * outputs; ++i)
    linear.weights.push_back(0.25 + 0.5 * static_cast<double>(i % 3));
  linear.intercepts.assign(outputs, -0.25);
  inference::Decision decision;
  if (outputs == 1) decision.threshold = 0.5;
  auto model = std::make_shared<ServedModel>();
  model->name = "loans";
  model->version = "3";
  Assemble(*model, std::move(contract), std::move(pipeline), std::move(linear), decision);
  return model;
}

/// Calls routes as the transport does.
class TestService {
 public:
  explicit TestService(std::vector<std::string> classes = {"no", "yes"})
      : model(classes.empty() ? nullptr : MakeLoanModel(std::move(classes))),
        directory_(model ? std::vector{model} : std::vector<std::shared_ptr<const ServedModel>>()) {
    context.models = &directory_;
  }

  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  static Request MakeRequest(std::string_view path, Headers headers = {}) {
    Request request;
    request.method = "POST";
    request.path = path.substr(0, path.find('?'));
    if (request.path.size() < path.size()) request.query = path.substr(request.path.size() + 1);
    request.headers = std::move(headers);
    request.request_id = "r1";
    return request;
  }

  /// The answer of the route of `routes` with that method and pattern.
  static Response Call(const std::vector<Route>& routes, std::string_view method,
                       std::string_view pattern, Request request, std::string body = "") {
    body.append(Request::kBodyPadding, '\0');
    request.body = std::string_view(body).substr(0, body.size() - Request::kBodyPadding);
    Response response;
    response.status = 0;
    for (const Route& route : routes) {
      if (route.method != method || route.pattern != pattern) continue;
      response.status = 200;
      route.handle(request, response);
    }
    return response;
  }

  std::shared_ptr<const ServedModel> model;
  ScoringContext context;

 private:
  TestDirectory directory_;
};

}  // namespace reeve::server
