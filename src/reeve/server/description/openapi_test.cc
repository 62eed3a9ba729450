#include "reeve/server/description/openapi.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/description/openapi_schemas.h"
#include "reeve/server/description/route_docs.h"
#include "reeve/server/description/test_small_models.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

std::vector<RouteName> EveryRoute() {
  std::vector<RouteName> routes;
  for (const RouteDoc& doc : RouteDocs())
    routes.push_back({std::string(doc.method), std::string(doc.pattern)});
  return routes;
}

Json Document(const ServedModel& model) {
  return OpenApi(model, EveryRoute(), {.origin = "http://h:1"});
}

// Every "$ref" below `json`.
void CollectReferences(const Json& json, std::set<std::string>& references) {
  if (json.is_object() && json.contains("$ref")) references.insert(json["$ref"]);
  if (json.is_structured()) {
    for (const Json& child : json) CollectReferences(child, references);
  }
}

TEST(OpenApiTest, DescribesEveryRouteOnce) {
  const auto model = MakeSmallModel();
  const Json document = Document(*model);
  EXPECT_EQ(document["openapi"], "3.1.0");
  std::set<std::string> ids;
  for (const RouteDoc& doc : RouteDocs()) {
    if (doc.tag.empty()) continue;
    const std::string method = doc.method == "GET" ? "get" : "post";
    const Json& operation = document["paths"][std::string(doc.pattern)][method];
    EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << doc.pattern;
    EXPECT_FALSE(operation["summary"].get<std::string>().empty());
    EXPECT_FALSE(operation["responses"].empty());
  }
}

TEST(OpenApiTest, EveryReferenceLeadsSomewhere) {
  const Json document = Document(*MakeSmallModel());
  std::set<std::string> references;
  CollectReferences(document, references);
  EXPECT_GT(references.size(), 15u);
  for (const std::string& reference : references)
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
}

TEST(OpenApiTest, TheModelsOwnFieldsAreInTheSchema) {
  const auto model = MakeSmallModel();
  model->profile.columns[1].missing = model->profile.columns[1].rows;
  const Json row = Document(*model)["components"]["schemas"]["Row"];
  EXPECT_EQ(row["required"], Json({"score", "education"}));
  EXPECT_EQ(row["properties"]["education"]["examples"], Json({"Graduate", "Not Graduate"}));
  EXPECT_EQ(row["properties"]["score"]["type"], Json({"number", "string"}));
  EXPECT_EQ(row["properties"]["income"]["type"], Json({"number", "string", "null"}));
  // Other categories are scored: no enum.
  EXPECT_FALSE(row["properties"]["education"].contains("enum"));
}

TEST(OpenApiTest, ExamplesAreScored) {
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"no", "yes"}, std::vector<std::string>{"a", "b", "c"}}) {
    const SmallService service({MakeSmallModel({.classes = classes})});
    const auto model = service.context().models->Find("", "");
    const Json document = Document(*model);
    for (const Route& route : PredictRoutes(service.context())) {
      const Json& body = document["paths"][route.pattern]["post"]["requestBody"]["content"];
      std::string example = DumpJson(body["application/json"]["example"]);
      const std::size_t size = example.size();
      example.resize(size + Request::kBodyPadding);
      Response response;
      route.handle({.method = "POST",
                    .path = route.pattern,
                    .headers = {{"Content-Type", "application/json"}},
                    .body = std::string_view(example).substr(0, size)},
                   response);
      EXPECT_EQ(response.status, 200) << response.body;
    }
  }
}

TEST(OpenApiTest, AddressesWithNamesHaveNoExampleButACommand) {
  const Json document = Document(*MakeSmallModel({.name = "a b"}));
  const Json& infer = document["paths"]["/v2/models/{name}/infer"]["post"];
  EXPECT_FALSE(infer["requestBody"]["content"]["application/json"].contains("example"));
  EXPECT_THAT(infer["x-codeSamples"][0]["source"].get<std::string>(),
              testing::HasSubstr("'http://h:1/v2/models/a%20b/infer'"));
  EXPECT_EQ(infer["parameters"][0]["example"], "a b");
}

TEST(OpenApiTest, CallsOfAModelThatIsNotTheFirstNameIt) {
  const auto model = MakeSmallModel();
  const Json document =
      OpenApi(*model, EveryRoute(), {.origin = "http://h:1", .model_query = "?model=loans"});
  EXPECT_THAT(
      document["paths"]["/predict"]["post"]["x-codeSamples"][0]["source"].get<std::string>(),
      testing::HasSubstr("'http://h:1/predict?model=loans'"));
}

TEST(OpenApiTest, ARouteThatNobodyDescribedIsStillThere) {
  const std::vector<RouteName> routes = {{"GET", "/made/{up}"}, {"POST", "/predict"}};
  const Json document = OpenApi(*MakeSmallModel(), routes, {.origin = "http://h:1"});
  EXPECT_EQ(document["paths"]["/made/{up}"]["get"]["parameters"][0]["name"], "up");
  EXPECT_EQ(document["paths"].begin().key(), "/predict");
  EXPECT_THAT(UndescribedRoutes(routes), testing::ElementsAre("GET /made/{up}"));
}

TEST(OpenApiTest, NamesInBracesMayDiffer) {
  EXPECT_NE(FindRouteDoc("GET", "/v2/models/{model}"), nullptr);
  EXPECT_EQ(FindRouteDoc("POST", "/v2/models/{model}"), nullptr);
  EXPECT_EQ(FindRouteDoc("GET", "/v2/models/x"), nullptr);
}

TEST(OpenApiTest, ManyCategoriesDoNotSwellTheDocument) {
  std::vector<std::string> towns;
  for (int i = 0; i < 5000; ++i) towns.push_back("town " + std::to_string(i));
  const Json document = Document(*MakeSmallModel({.more_categories = towns}));
  EXPECT_LT(DumpJson(document).size(), 60'000u);
}

}  // namespace
}  // namespace reeve::server
