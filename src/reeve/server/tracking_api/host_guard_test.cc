#include "reeve/server/tracking_api/host_guard.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(HostGuardTest, ThisMachineAndPrivateNetworksAreTheDefault) {
  const HostGuard guard({});
  for (const char* host : {"", "localhost", "LOCALHOST:5000", "127.0.0.1:80", "[::1]:5000",
                           "10.1.2.3", "192.168.0.7:5000", "172.16.0.1", "[fd00::1]:80"})
    EXPECT_TRUE(guard.AllowsHost(host)) << host;
  for (const char* host : {"evil.example", "localhost.evil.example", "172.32.0.1", "11.0.0.1",
                           "10.evil.example", "10.0.0.1.evil.example", "[2001:db8::1]:80"})
    EXPECT_FALSE(guard.AllowsHost(host)) << host;
}

TEST(HostGuardTest, NamedHostsReplaceTheDefault) {
  const HostGuard guard({.hosts = {"mlflow.example.org", "app-*.example.org", "a:5000"}});
  for (const char* host :
       {"mlflow.example.org", "mlflow.example.org:443", "app-7.example.org", "a:5000"})
    EXPECT_TRUE(guard.AllowsHost(host)) << host;
  for (const char* host : {"localhost", "a:5001", "app-7.example.org.evil", "xmlflow.example.org"})
    EXPECT_FALSE(guard.AllowsHost(host)) << host;
  EXPECT_TRUE(HostGuard({.hosts = {"*"}}).AllowsHost("anything"));
}

TEST(HostGuardTest, OnlyPagesOfThisMachineMayWrite) {
  const HostGuard guard({.origins = {"https://*.example.org"}});
  for (const char* origin :
       {"", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:1", "https://a.example.org"})
    EXPECT_TRUE(guard.AllowsOrigin("POST", origin)) << origin;
  for (const char* origin : {"http://evil.example", "null", "http://localhost.evil.example",
                             "http://a.example.org", "localhost"})
    EXPECT_FALSE(guard.AllowsOrigin("DELETE", origin)) << origin;
  EXPECT_TRUE(guard.AllowsOrigin("GET", "http://evil.example"));
}

TEST(HostGuardTest, ItsOwnPagesMayWrite) {
  const HostGuard guard({.hosts = {"mlflow.example.org", "*.lan"}});
  EXPECT_TRUE(guard.IsOwnPage("https://mlflow.example.org", "mlflow.example.org"));
  EXPECT_TRUE(guard.IsOwnPage("http://Box.lan:5000", "box.lan:5000"));
  EXPECT_FALSE(guard.IsOwnPage("http://box.lan:5001", "box.lan:5000"));
  EXPECT_FALSE(guard.IsOwnPage("http://evil.example", "mlflow.example.org"));
  EXPECT_FALSE(guard.IsOwnPage("http://evil.example", "evil.example"));
  EXPECT_FALSE(guard.IsOwnPage("", ""));
  EXPECT_FALSE(guard.IsOwnPage("null", "null"));
  EXPECT_TRUE(HostGuard({}).IsOwnPage("http://192.168.0.7:5000", "192.168.0.7:5000"));
  EXPECT_FALSE(HostGuard({.hosts = {"*"}}).IsOwnPage("http://evil.example", "evil.example"));
}

TEST(HostGuardTest, ProtectedRoutesRefuseBeforeTheyWork) {
  const HostGuard guard({});
  int calls = 0;
  Route route{.method = "POST", .pattern = "/x"};
  route.handle = [&](const Request&, Response&) { ++calls; };
  std::vector<Route> routes = {route};
  guard.Protect(routes);
  Response response;
  Request request{.method = "POST", .path = "/x", .headers = {{"Host", "evil.example"}}};
  routes[0].handle(request, response);
  EXPECT_EQ(response.status, 403);
  request.headers = {{"Host", "localhost"}, {"Origin", "http://evil.example"}};
  response = {};
  routes[0].handle(request, response);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(calls, 0);
  request.headers = {{"Host", "10.0.0.7:5000"}, {"Origin", "http://10.0.0.7:5000"}};
  response = {};
  routes[0].handle(request, response);
  EXPECT_EQ(response.status, 200);
  request.headers = {{"Host", "localhost:5000"}};
  response = {};
  routes[0].handle(request, response);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(response.headers[0].first, "X-Content-Type-Options");
}

TEST(HostGuardTest, SaysWhoMayFrameItsAnswers) {
  for (const std::string options : {"SAMEORIGIN", "DENY", ""}) {
    const HostGuard guard({.frame_options = options});
    std::vector<Route> routes = {{.method = "GET", .pattern = "/x"}};
    routes[0].handle = [](const Request&, Response&) {};
    guard.Protect(routes);
    Response response;
    routes[0].handle({.method = "GET", .path = "/x"}, response);
    std::string said;
    for (const auto& [name, value] : response.headers) {
      if (name == "X-Frame-Options") said = value;
    }
    EXPECT_EQ(said, options);
  }
}

}  // namespace
}  // namespace reeve::server
