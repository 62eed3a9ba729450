#include "reeve/server/access/access.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "reeve/base/file_system.h"
#include "reeve/base/json.h"
#include "reeve/server/access/test_users.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"
#include "reeve/server/tracking_api/graphql_routes.h"

namespace reeve::server {
namespace {

// The routes of a server with users, called as the transport calls them.
class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    const auto tracking = sql::TestDatabaseUri(folder_.Path("mlflow.db"), why);
    const auto users = sql::TestDatabaseUri(folder_.Path("users.db"), why);
    if (!tracking || !users) GTEST_SKIP() << why;
    tracking_uri_ = *tracking;
    users_uri_ = *users;
  }

  void Start(Permission fallback) {
    auto api = mlflow::Api::Open({.database_uri = tracking_uri_});
    ASSERT_TRUE(api.ok()) << api.status().message();
    api_ = std::move(*api);
    auto access = Access::Open({.users_uri = users_uri_,
                                .default_permission = fallback,
                                .admin_name = "root",
                                .admin_password = kPassword,
                                .audit_log = folder_.Path("audit.jsonl")},
                               *api_, clock_);
    ASSERT_TRUE(access.ok()) << access.status().message();
    access_ = std::move(*access);
    routes_ = ApiRoutes(*api_, access_->policy());
    for (Route& route : access_->Routes()) routes_.push_back(std::move(route));
    for (Route& route : GraphqlRoutes(*api_, places_, access_->policy()))
      routes_.push_back(std::move(route));
    access_->guard().Protect(routes_, AccessGuard::Grants::kByHandler);
    std::vector<Route> artifacts = ArtifactLookupRoutes(*api_, places_);
    access_->guard().Protect(artifacts, AccessGuard::Grants::kByArtifact);
    for (Route& route : artifacts) routes_.push_back(std::move(route));
    for (const char* const name : {"ann", "bob"}) {
      EXPECT_EQ(
          Ask("root", "POST", "/api/2.0/mlflow/users/create",
              std::string(R"({"username":")") + name + R"(","password":")" + kPassword + "\"}")
              .status,
          200);
    }
  }

  Response Ask(const std::string& user, const std::string& method, const std::string& path,
               const std::string& fields = "") {
    const std::string header = user.empty() ? "" : Basic(user + ":" + kPassword);
    Request request{.method = method, .path = path, .peer = "10.0.0.1:5"};
    (method == "GET" ? request.query : request.body) = fields;
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", header}};
    Response response;
    for (const Route& route : routes_) {
      if (route.method != method || route.pattern != path) continue;
      route.handle(request, response);
      return response;
    }
    ADD_FAILURE() << "no route " << path;
    return response;
  }

  static std::string Basic(const std::string& text) {
    std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return "Basic " + encoded;
  }

  /// Of ann's; its id.
  std::string MakeRun(const std::string& experiment) {
    const std::string fields = R"({"experiment_id":")" + experiment + R"("})";
    const std::string made = Ask("ann", "POST", "/api/2.0/mlflow/runs/create", fields).body;
    return made.substr(made.find("\"run_id\":\"") + 10, 32);
  }

  /// The "data" of an answer to a query; behind it what went wrong.
  std::string Query(const std::string& user, const std::string& query) {
    const Json body = {{"query", query}};
    const Json answer = Json::parse(Ask(user, "POST", "/graphql", DumpJson(body)).body);
    return DumpJson(answer["data"]) +
           (answer["errors"].is_null() ? "" : DumpJson(answer["errors"]));
  }

  TestFolder folder_;
  std::string tracking_uri_, users_uri_;
  HandClock clock_;
  ArtifactPlaces places_{std::make_shared<ArtifactFolder>(folder_.Path("artifacts")), {}};
  std::unique_ptr<mlflow::Api> api_;
  std::unique_ptr<Access> access_;
  std::vector<Route> routes_;
};

constexpr const char* kMlflow = "/api/2.0/mlflow";

TEST_F(AccessTest, NobodyPassesUnknown) {
  Start(Permission::kManage);
  const Response response =
      Ask("", "GET", std::string(kMlflow) + "/experiments/get", "experiment_id=0");
  EXPECT_EQ(response.status, 401);
  EXPECT_NE(response.body.find("UNAUTHENTICATED"), std::string::npos) << response.body;
}

TEST_F(AccessTest, WhoMakesAnExperimentManagesItAndOthersGetWhatIsGranted) {
  Start(Permission::kNone);
  const std::string base = kMlflow;
  ASSERT_EQ(Ask("ann", "POST", base + "/experiments/create", R"({"name":"secret"})").status, 200);
  const std::string run = R"({"experiment_id":"1"})";
  EXPECT_EQ(Ask("ann", "POST", base + "/runs/create", run).status, 200);
  EXPECT_EQ(Ask("bob", "POST", base + "/runs/create", run).status, 403);
  EXPECT_EQ(Ask("bob", "GET", base + "/experiments/get", "experiment_id=01").status, 403);
  EXPECT_EQ(Ask("bob", "GET", base + "/experiments/get-by-name", "experiment_name=secret").status,
            403);
  EXPECT_EQ(Ask("bob", "POST", base + "/runs/search", R"({"experiment_ids":["1"]})").body, "{}");
  EXPECT_EQ(Ask("bob", "POST", base + "/experiments/search", R"({"max_results":5})").body, "{}");
  const std::string grant =
      R"({"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"})";
  const std::string path = "/api/3.0/mlflow/users/permissions/grant";
  EXPECT_EQ(Ask("bob", "POST", path, grant).status, 403);
  EXPECT_EQ(Ask("ann", "POST", path, grant).status, 200);
  EXPECT_NE(Ask("bob", "POST", base + "/runs/search", R"({"experiment_ids":["1"]})").body, "{}");
  EXPECT_EQ(Ask("bob", "GET", base + "/experiments/get", "experiment_id=1").status, 200);
  EXPECT_EQ(Ask("bob", "POST", base + "/runs/create", run).status, 403);
  EXPECT_EQ(Ask("root", "POST", base + "/runs/create", run).status, 200);
}

TEST_F(AccessTest, RunsBelongToTheirExperiment) {
  Start(Permission::kNone);
  const std::string base = kMlflow;
  ASSERT_EQ(Ask("ann", "POST", base + "/experiments/create", R"({"name":"secret"})").status, 200);
  const std::string id = MakeRun("1");
  EXPECT_EQ(Ask("ann", "GET", base + "/runs/get", "run_id=" + id).status, 200);
  EXPECT_EQ(Ask("bob", "GET", base + "/runs/get", "run_id=" + id).status, 403);
  EXPECT_EQ(Ask("bob", "GET", base + "/runs/get", "run_id=none").status, 403);
  const std::string tag = R"({"run_uuid":")" + id + R"(","key":"k","value":"v"})";
  EXPECT_EQ(Ask("bob", "POST", base + "/runs/set-tag", tag).status, 403);
  EXPECT_EQ(Ask("ann", "POST", base + "/runs/set-tag", tag).status, 200);
  const auto& policy = *access_->policy();
  sql::Pool users([&] { return OpenAccessDatabase(users_uri_, {.create = false}); });
  const auto id_of = [&](const std::string& name) { return ReadUser(**users.Read(), name)->id; };
  const std::string file = "1/" + id + "/artifacts/model.bin";
  EXPECT_TRUE(*policy.AdmitsArtifact(id_of("ann"), file, Action::kUpdate));
  EXPECT_FALSE(*policy.AdmitsArtifact(id_of("bob"), file, Action::kRead));
  EXPECT_FALSE(*policy.AdmitsArtifact(id_of("bob"), "%31/" + id + "/artifacts", Action::kRead));
  EXPECT_FALSE(*policy.AdmitsArtifact(id_of("ann"), "", Action::kRead));
  for (const std::string path : {"/get-artifact", "//get-artifact"}) {
    EXPECT_EQ(Ask("ann", "GET", path, "path=a&run_id=" + id).status, 404) << path;
    EXPECT_EQ(Ask("bob", "GET", path, "path=a&run_id=" + id).status, 403) << path;
  }
}

TEST_F(AccessTest, QueriesShowWhatTheCallsTheyStandForWouldShow) {
  Start(Permission::kNone);
  const std::string base = kMlflow;
  for (const char* const name : {"secret", "shared"}) {
    ASSERT_EQ(
        Ask("ann", "POST", base + "/experiments/create", std::string(R"({"name":")") + name + "\"}")
            .status,
        200);
  }
  const std::string secret = MakeRun("1"), shared = MakeRun("2");
  ASSERT_EQ(Ask("ann", "POST", base + "/registered-models/create", R"({"name":"m"})").status, 200);
  ASSERT_EQ(Ask("ann", "POST", base + "/model-versions/create",
                R"({"name":"m","source":"s3://b/m","run_id":")" + shared + R"("})")
                .status,
            200);
  const auto grant = [&](const std::string& type, const std::string& id) {
    const Json fields = {
        {"username", "bob"}, {"resource_type", type}, {"resource_id", id}, {"permission", "READ"}};
    const std::string path = "/api/3.0/mlflow/users/permissions/grant";
    EXPECT_EQ(Ask("ann", "POST", path, DumpJson(fields)).status, 200);
  };
  grant("experiment", "2");
  const auto get_run = [](const std::string& id) {
    return "{mlflowGetRun(input:{runId:\"" + id +
           "\"}){run{experiment{name} modelVersions{name}}}}";
  };
  EXPECT_EQ(Query("bob", get_run(secret)), R"({"mlflowGetRun":null}["Permission denied"])");
  EXPECT_EQ(Query("bob", get_run("none")), R"({"mlflowGetRun":null}["Permission denied"])");
  EXPECT_EQ(Query("bob", get_run(shared)),
            R"({"mlflowGetRun":{"run":{"experiment":{"name":"shared"},"modelVersions":[]}}})");
  EXPECT_EQ(Query("bob",
                  "{a:mlflowGetExperiment(input:{experimentId:\"1\"}){experiment{name}}"
                  "b:mlflowGetExperiment(input:{experimentId:\"2\"}){experiment{name}}}"),
            R"({"a":null,"b":{"experiment":{"name":"shared"}}}["Permission denied"])");
  EXPECT_EQ(Query("bob",
                  "{mlflowSearchRuns(input:{experimentIds:[\"1\",\"2\"]}){runs{info"
                  "{experimentId}}}}"),
            R"({"mlflowSearchRuns":{"runs":[{"info":{"experimentId":"2"}}]}})");
  EXPECT_EQ(Query("bob", "{mlflowGetMetricHistoryBulkInterval(input:{runIds:[\"" + shared +
                             "\",\"" + secret + "\"],metricKey:\"k\"}){metrics{step}}}"),
            R"({"mlflowGetMetricHistoryBulkInterval":null}["Permission denied"])");
  EXPECT_EQ(Query("bob", "{mlflowListArtifacts(input:{runId:\"" + secret + "\"}){rootUri}}"),
            R"({"mlflowListArtifacts":null}["Permission denied"])");
  const std::string versions = "{mlflowSearchModelVersions(input:{}){modelVersions{name}}}";
  EXPECT_EQ(Query("bob", versions), R"({"mlflowSearchModelVersions":{"modelVersions":[]}})");
  grant("registered_model", "m");
  const std::string shown = R"("modelVersions":[{"name":"m"}]})";
  EXPECT_EQ(Query("bob", versions), R"({"mlflowSearchModelVersions":{)" + shown + "}");
  EXPECT_EQ(Query("bob", get_run(shared)),
            R"({"mlflowGetRun":{"run":{"experiment":{"name":"shared"},)" + shown + "}}");
  EXPECT_EQ(Query("root", get_run(secret)),
            R"({"mlflowGetRun":{"run":{"experiment":{"name":"secret"},"modelVersions":[]}}})");
}

TEST_F(AccessTest, UsersMayNotPutArtifactsWhereOthersLie) {
  Start(Permission::kRead);
  const std::string path = std::string(kMlflow) + "/experiments/create";
  EXPECT_EQ(
      Ask("bob", "POST", path, R"({"name":"a","artifact_location":"mlflow-artifacts:/1"})").status,
      403);
  EXPECT_EQ(Ask("bob", "POST", path, R"({"name":"a","artifact_location":"/etc"})").status, 403);
  EXPECT_EQ(Ask("bob", "POST", path, R"({"name":"a","artifact_location":"s3://b/k"})").status, 200);
}

// An upload to a bucket.
class LongStream final : public BodyStream {
 public:
  void OnBytes(std::string_view /*bytes*/, std::string& /*out*/) override {}
  void OnEnd(std::string& out) override { out = "{}"; }
  bool EndTakesLong() const override { return true; }
};

TEST_F(AccessTest, GuardedUploadsEndWhereOthersDo) {
  Start(Permission::kManage);
  std::vector<Route> routes(1);
  routes[0].method = "PUT";
  routes[0].pattern = "/api/2.0/mlflow-artifacts/artifacts/{path...}";
  routes[0].role = Role::kWrite;
  routes[0].open = [](const Request&, Response&) { return std::make_unique<LongStream>(); };
  access_->guard().Protect(routes, AccessGuard::Grants::kByArtifact);
  const std::string header = Basic("root:" + std::string(kPassword));
  Request request{.method = "PUT", .path = routes[0].pattern, .peer = "10.0.0.1:5"};
  request.headers = {{"Authorization", header}};
  Response response;
  const auto stream = routes[0].open(request, response);
  ASSERT_NE(stream, nullptr) << response.body;
  EXPECT_TRUE(stream->EndTakesLong());
}

TEST_F(AccessTest, UsersAreForAdministratorsAndThemselves) {
  Start(Permission::kRead);
  const std::string base = std::string(kMlflow) + "/users";
  EXPECT_EQ(Ask("ann", "GET", base + "/get", "username=ann").status, 200);
  EXPECT_EQ(Ask("ann", "GET", base + "/get", "username=bob").status, 403);
  EXPECT_EQ(Ask("ann", "DELETE", base + "/delete", R"({"username":"bob"})").status, 403);
  EXPECT_EQ(
      Ask("ann", "PATCH", base + "/update-admin", R"({"username":"ann","is_admin":true})").status,
      403);
  EXPECT_EQ(Ask("ann", "PATCH", base + "/update-password",
                R"({"username":"ann","password":"another password"})")
                .status,
            400);
  EXPECT_EQ(Ask("root", "DELETE", base + "/delete", R"({"username":"root"})").status, 400);
  EXPECT_EQ(Ask("root", "DELETE", base + "/delete", R"({"username":"bob"})").status, 200);
  EXPECT_EQ(Ask("bob", "GET", base + "/current").status, 401);
}

TEST_F(AccessTest, UsersMayLieInTheDatabaseOfTheRuns) {
  users_uri_ = tracking_uri_;
  Start(Permission::kNone);
  const std::string base = kMlflow;
  EXPECT_EQ(Ask("ann", "POST", base + "/experiments/create", R"({"name":"mine"})").status, 200);
  EXPECT_EQ(Ask("bob", "GET", base + "/experiments/get", "experiment_id=1").status, 403);
}

TEST_F(AccessTest, TheAuditLogTellsWhoChangedWhatAndWhoWasRefused) {
  Start(Permission::kNone);
  const std::string base = kMlflow;
  ASSERT_EQ(Ask("ann", "POST", base + "/experiments/create", R"({"name":"secret"})").status, 200);
  Ask("ann", "GET", base + "/experiments/get", "experiment_id=1");
  Ask("ann", "POST", base + "/experiments/search", R"({"max_results":7})");
  Ask("bob", "GET", base + "/experiments/get", "experiment_id=1");
  const std::string log = *FileSystem::System().Read(folder_.Path("audit.jsonl"), 100'000);
  EXPECT_NE(log.find(R"("user":"ann","peer":"10.0.0.1:5","method":"POST",)"
                     R"("path":"/api/2.0/mlflow/experiments/create","name":"secret",)"
                     R"("experiment":"1","status":200)"),
            std::string::npos)
      << log;
  EXPECT_NE(log.find(R"("user":"bob","peer":"10.0.0.1:5","method":"GET",)"
                     R"("path":"/api/2.0/mlflow/experiments/get","experiment":"1","status":403)"),
            std::string::npos)
      << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 4) << log;
  EXPECT_EQ(log.find(kPassword), std::string::npos);
}

TEST_F(AccessTest, TheAuditLogTellsWhatWasRefusedWithinAQuery) {
  Start(Permission::kNone);
  ASSERT_EQ(Ask("ann", "POST", std::string(kMlflow) + "/experiments/create", R"({"name":"secret"})")
                .status,
            200);
  const std::string query = "{mlflowGetExperiment(input:{experimentId:\"1\"}){experiment{name}}}";
  Query("ann", query);
  const std::string before = *FileSystem::System().Read(folder_.Path("audit.jsonl"), 100'000);
  EXPECT_EQ(before.find("/graphql"), std::string::npos) << before;
  Query("bob", query);
  const std::string log = *FileSystem::System().Read(folder_.Path("audit.jsonl"), 100'000);
  EXPECT_NE(log.find(R"("user":"bob","peer":"10.0.0.1:5","method":"POST","path":"/graphql",)"
                     R"("experiment":"1","status":403)"),
            std::string::npos)
      << log;
}

TEST(AccessOpenTest, ThereIsNoDefaultPassword) {
  const TestFolder folder;
  const auto api = mlflow::Api::Open({.database_uri = "sqlite:///" + folder.Path("mlflow.db")});
  HandClock clock;
  AccessOptions options{.users_uri = "sqlite:///" + folder.Path("users.db")};
  EXPECT_EQ(Access::Open(options, **api, clock).status().code(), StatusCode::kRequirementUnmet);
  options.admin_password = "password1234";
  EXPECT_EQ(Access::Open(options, **api, clock).status().code(), StatusCode::kInvalidArgument);
  options.admin_password = kPassword;
  EXPECT_TRUE(Access::Open(options, **api, clock).ok());
  options.admin_password = "";
  EXPECT_TRUE(Access::Open(options, **api, clock).ok()) << "there is an administrator now";
}

TEST_F(AccessTest, UsersMayAskTheModelsThatTheyMayRead) {
  Start(Permission::kNone);
  const std::string create = std::string(kMlflow) + "/registered-models/create";
  ASSERT_EQ(Ask("ann", "POST", create, R"({"name":"hers"})").status, 200);
  ASSERT_EQ(Ask("bob", "POST", create, R"({"name":"his"})").status, 200);
  Route score{.method = "GET", .pattern = "/score", .role = Role::kScore};
  score.handle = [](const Request&, Response& response) { response.body = "scored"; };
  Route list = score;
  list.pattern = "/list";
  access_->guard().ProtectScoring(score, [](const Request& request) {
    return std::vector<std::string>{std::string(request.query)};
  });
  access_->guard().ProtectScoring(list, [](const Request&) {
    return std::vector<std::string>{"hers", "his"};
  });
  Append({score, list}, routes_);
  EXPECT_EQ(Ask("ann", "GET", "/score", "hers").body, "scored");
  EXPECT_EQ(Ask("ann", "GET", "/score", "his").body,
            R"({"error":{"code":"forbidden","message":"Permission denied"}})");
  EXPECT_EQ(Ask("root", "GET", "/score", "his").status, 200);
  EXPECT_EQ(Ask("", "GET", "/score", "hers").status, 401);
  // What tells of several is for those who may read each of them.
  EXPECT_EQ(Ask("ann", "GET", "/list").status, 403);
  EXPECT_EQ(Ask("root", "GET", "/list").status, 200);
}

}  // namespace
}  // namespace reeve::server
