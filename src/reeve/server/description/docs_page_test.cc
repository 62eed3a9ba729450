#include "reeve/server/description/docs_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/description/openapi.h"
#include "reeve/server/description/route_docs.h"
#include "reeve/server/description/test_small_models.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Docs(const ServedModel& model, const std::string& model_query = "") {
  std::vector<RouteName> routes = {{"PUT", "/undescribed"}};
  for (const RouteDoc& doc : RouteDocs())
    routes.push_back({std::string(doc.method), std::string(doc.pattern)});
  return RenderDocs(OpenApi(model, routes, {.origin = "http://h:1", .model_query = model_query}),
                    model_query);
}

TEST(DocsPageTest, ShowsEveryOperationWithItsCommand) {
  const std::string html = Docs(*MakeSmallModel());
  for (const RouteDoc& doc : RouteDocs()) {
    if (doc.tag.empty()) continue;
    EXPECT_THAT(html, HasSubstr("<article class=\"operation\" id=\"" + std::string(doc.id)));
  }
  EXPECT_THAT(html, HasSubstr("/undescribed"));
  EXPECT_THAT(html, HasSubstr("curl &#39;http://h:1/predict&#39;"));
  EXPECT_THAT(html, HasSubstr("<code>education</code>"));
}

TEST(DocsPageTest, LoadsNothingFromElsewhere) {
  const std::string html = Docs(*MakeSmallModel());
  EXPECT_THAT(html, Not(testing::ContainsRegex("(src|href)=[\"']https?:")));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

TEST(DocsPageTest, RequestsGoToTheModelThatThePageIsAbout) {
  const std::string html = Docs(*MakeSmallModel(), "?model=loans");
  EXPECT_THAT(html, HasSubstr("data-path=\"./predict?model=loans\""));
  EXPECT_THAT(html, HasSubstr("data-path=\"./v2/models/loans/ready\""));
  EXPECT_THAT(html, HasSubstr("href=\"openapi.json?model=loans\""));
}

TEST(DocsPageTest, NamesCannotBecomeMarkup) {
  const std::string html = Docs(*MakeSmallModel({.name = "<script>a</script>`",
                                                 .classes = {"<b>no</b>", "\"><script>y</script>"},
                                                 .category_column = "</textarea><script>c`"}));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("<b>no")));
  EXPECT_THAT(html, Not(HasSubstr("</textarea><")));
}

}  // namespace
}  // namespace reeve::server
