#include "reeve/server/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using Kind = RouteMatch::Kind;

Route RouteOf(std::string method, std::string pattern) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.handle = [](const Request&, Response&) {};
  return route;
}

Router MakeRouter() {
  auto router = Router::Make({
      RouteOf("POST", "/predict"),
      RouteOf("GET", "/"),
      RouteOf("GET", "/model"),
      RouteOf("PUT", "/model"),
      RouteOf("GET", "/v2/models/{name}"),
      RouteOf("GET", "/v2/models/all"),
      RouteOf("POST", "/v2/models/{name}/infer"),
      RouteOf("POST", "/v2/models/{name}/versions/{version}/infer"),
      RouteOf("POST", "/v1/models/{name}:predict"),
      RouteOf("GET", "/v1/models/{name}"),
      RouteOf("GET", "/files"),
      RouteOf("GET", "/files/{path...}"),
      RouteOf("PUT", "/files/{path...}"),
      RouteOf("GET", "/files/{kind}/of/{path...}"),
      RouteOf("GET", "/files/{kind}/size"),
  });
  EXPECT_TRUE(router.ok()) << router.status().message();
  return std::move(router).value();
}

class RouterTest : public testing::Test {
 protected:
  // The pattern that takes it, or the kind of refusal.
  std::string Find(std::string_view method, std::string_view target) {
    router_.Match(method, target, match_);
    EXPECT_NE(match_.error_body, nullptr);
    switch (match_.kind) {
      case Kind::kFound:
        return match_.route->method + " " + match_.route->pattern;
      case Kind::kNotFound:
        return "not found";
      case Kind::kMethodNotAllowed:
        return "allow " + std::string(match_.allow);
      case Kind::kBadPath:
        return "bad path";
    }
    return "";
  }

  Router router_ = MakeRouter();
  RouteMatch match_;
};

TEST_F(RouterTest, FindsLiteralPaths) {
  EXPECT_EQ(Find("POST", "/predict"), "POST /predict");
  EXPECT_EQ(match_.path, "/predict");
  EXPECT_EQ(Find("GET", "/"), "GET /");
  EXPECT_EQ(Find("PUT", "/model"), "PUT /model");
  EXPECT_EQ(Find("GET", "/model?a=b?c%20&d"), "GET /model");
  EXPECT_EQ(match_.query, "a=b?c%20&d");
  EXPECT_EQ(match_.route->label, "/model");
}

TEST_F(RouterTest, TakesTheAbsoluteForm) {
  EXPECT_EQ(Find("GET", "http://host:80/model?x"), "GET /model");
  EXPECT_EQ(match_.query, "x");
  EXPECT_EQ(Find("GET", "http://host"), "GET /");
  EXPECT_EQ(Find("GET", "host:80"), "bad path");
  EXPECT_EQ(Find("OPTIONS", "*"), "bad path");
  EXPECT_EQ(Find("GET", ""), "bad path");
}

TEST_F(RouterTest, FillsNamesOfPatterns) {
  EXPECT_EQ(Find("POST", "/v2/models/a%20b/versions/3/infer"),
            "POST /v2/models/{name}/versions/{version}/infer");
  EXPECT_THAT(match_.params,
              testing::ElementsAre(testing::Pair("name", "a b"), testing::Pair("version", "3")));
  EXPECT_EQ(match_.path, "/v2/models/a b/versions/3/infer");
}

TEST_F(RouterTest, TriesTheMoreLiteralPatternFirst) {
  EXPECT_EQ(Find("GET", "/v2/models/all"), "GET /v2/models/all");
  EXPECT_EQ(Find("GET", "/v2/models/al"), "GET /v2/models/{name}");
  EXPECT_EQ(Find("POST", "/v1/models/m:predict"), "POST /v1/models/{name}:predict");
  EXPECT_EQ(match_.params.at(0).second, "m");
  EXPECT_EQ(Find("GET", "/v1/models/m"), "GET /v1/models/{name}");
  EXPECT_EQ(Find("POST", "/v1/models/:predict"), "allow GET, HEAD");
}

TEST_F(RouterTest, TakesTheRestOfAPath) {
  const auto rest = [&](std::string_view target, std::string_view method = "GET") {
    const auto found = Find(method, target);
    return found + " " + std::string(match_.params.empty() ? "" : match_.params.back().second);
  };
  EXPECT_EQ(rest("/files/a"), "GET /files/{path...} a");
  EXPECT_EQ(rest("/files/a/b.txt?x=1", "PUT"), "PUT /files/{path...} a/b.txt");
  EXPECT_EQ(match_.query, "x=1");
  EXPECT_EQ(rest("/files/a//b/"), "GET /files/{path...} a//b/");
  EXPECT_EQ(rest("/files//etc"), "GET /files/{path...} /etc");
  EXPECT_EQ(rest("/files/a%20b/c%2fd"), "GET /files/{path...} a b/c/d");
  EXPECT_EQ(match_.path, "/files/a b/c/d");
  EXPECT_EQ(rest("/files/..%2fsecret"), "GET /files/{path...} ../secret")
      << "for the handler to refuse";
  EXPECT_EQ(rest("/files"), "GET /files ");
  EXPECT_EQ(rest("/files/"), "not found ") << "the rest is not nothing";
  EXPECT_EQ(rest("/files/../secret"), "bad path ");
  EXPECT_EQ(rest("/files/%2e%2e/secret"), "bad path ");
  EXPECT_EQ(rest("/files/a", "POST"), "allow GET, HEAD, PUT a");
}

TEST_F(RouterTest, TriesTheRestLast) {
  EXPECT_EQ(Find("GET", "/files/x/size"), "GET /files/{kind}/size");
  EXPECT_EQ(Find("GET", "/files/x/of/y/z"), "GET /files/{kind}/of/{path...}");
  EXPECT_THAT(match_.params,
              testing::ElementsAre(testing::Pair("kind", "x"), testing::Pair("path", "y/z")));
  EXPECT_EQ(Find("GET", "/files/x/of/"), "GET /files/{path...}");
}

TEST_F(RouterTest, HeadGoesWhereGetGoes) {
  EXPECT_EQ(Find("HEAD", "/model"), "GET /model");
  EXPECT_EQ(Find("HEAD", "/predict"), "allow POST");
}

TEST_F(RouterTest, NamesTheMethodsOfAPath) {
  EXPECT_EQ(Find("DELETE", "/model"), "allow GET, HEAD, PUT");
  EXPECT_EQ(Find("GET", "/v2/models/m/infer"), "allow POST");
}

TEST_F(RouterTest, DoesNotCleanPathsUp) {
  for (const char* path : {"/nothing", "/predict/", "//", "//predict", "/predict//", "/v2/models/",
                           "/v2/models//infer", "/..%2f..%2fetc/passwd", "/Predict"}) {
    EXPECT_EQ(Find("GET", path), "not found") << path;
  }
}

TEST_F(RouterTest, RefusesWhatIsNoPath) {
  for (const char* path :
       {"/%00", "/%", "/%2", "/%zz", "/a%0ab", "/../etc/passwd", "/model/..", "/model/./x",
        "/%2e%2e/etc", "/.%2E", "/a#b", "/a\\b", "/\xc3\xa4", "/%ff", "/a\x01", "/a b"}) {
    EXPECT_EQ(Find("GET", path), "bad path") << path;
  }
}

TEST_F(RouterTest, TakesEscapedLiterals) {
  EXPECT_EQ(Find("POST", "/%70redict"), "POST /predict");
  EXPECT_EQ(match_.path, "/predict");
  // An escaped slash separates nothing.
  EXPECT_EQ(Find("GET", "/v2%2fmodels/all"), "not found");
  EXPECT_EQ(Find("GET", "/v2/models/a%2Fb"), "GET /v2/models/{name}");
  EXPECT_EQ(match_.params.at(0).second, "a/b");
}

TEST_F(RouterTest, LongestPrefixGivesTheFormOfErrors) {
  Find("GET", "/v2/nothing");
  EXPECT_EQ((*match_.error_body)(404, "not_found", "m"), R"({"error":"m"})");
  Find("GET", "/v2/../etc/passwd");
  EXPECT_EQ((*match_.error_body)(400, "bad_path", "m"), R"({"error":"m"})");
  Find("GET", "/v20");
  EXPECT_EQ((*match_.error_body)(404, "not_found", "m"),
            R"({"error":{"code":"not_found","message":"m"}})");
  Find("POST", "/invocations");
  EXPECT_EQ((*match_.error_body)(400, "x", "m"), R"({"error_code":"BAD_REQUEST","message":"m"})");
}

TEST(RouterMakeTest, RefusesRoutesThatMakeNoSense) {
  const auto message = [](std::vector<Route> routes) {
    const auto router = Router::Make(std::move(routes));
    return router.ok() ? std::string("ok") : router.status().message();
  };
  EXPECT_THAT(message({RouteOf("GET", "x")}), testing::HasSubstr("starts with a slash"));
  EXPECT_THAT(message({RouteOf("GET", "/{}")}), testing::HasSubstr("at most one {name}"));
  EXPECT_THAT(message({RouteOf("GET", "/{a}{b}")}), testing::HasSubstr("at most one {name}"));
  EXPECT_THAT(message({RouteOf("GET", "/{a")}), testing::HasSubstr("at most one {name}"));
  EXPECT_THAT(message({RouteOf("GET", "/{a}/{a}")}), testing::HasSubstr("stands twice"));
  EXPECT_THAT(message({RouteOf("GET", "/a"), RouteOf("GET", "/a")}), testing::HasSubstr("twice"));
  EXPECT_THAT(message({RouteOf("GET", "/{a}"), RouteOf("PUT", "/{b}")}),
              testing::HasSubstr("other names"));
  EXPECT_EQ(message({RouteOf("GET", "/{a}"), RouteOf("PUT", "/{a}")}), "ok");
  EXPECT_EQ(message({RouteOf("GET", "/{a}"), RouteOf("PUT", "/{b...}")}), "ok");
  EXPECT_THAT(message({RouteOf("GET", "/{a...}/b")}), testing::HasSubstr("at the end"));
  EXPECT_THAT(message({RouteOf("GET", "/x{a...}")}), testing::HasSubstr("of its own"));
  EXPECT_THAT(message({RouteOf("GET", "/{...}")}), testing::HasSubstr("of its own"));
  EXPECT_THAT(message({RouteOf("GET", "/{a...}"), RouteOf("PUT", "/{b...}")}),
              testing::HasSubstr("other names"));
  Route neither = RouteOf("GET", "/a");
  neither.handle = nullptr;
  EXPECT_THAT(message({neither}), testing::HasSubstr("exactly one"));
}

}  // namespace
}  // namespace reeve::server
