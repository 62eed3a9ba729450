#include "reeve/tracking/s3/signature.h"

#include <algorithm>
#include <map>

#include "reeve/base/clock.h"
#include "reeve/base/digest.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

// "20260313T103000Z".
std::string BasicTime(std::int64_t now_ms) {
  std::string time = FormatIsoSeconds(now_ms);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return time;
}

// As libcurl writes it: without the port that goes without saying.
std::string HostOf(const ServerUrl& server) {
  const std::string host =
      server.host.find(':') != std::string::npos ? "[" + server.host + "]" : server.host;
  const bool is_usual = server.port == (server.is_https() ? 443 : 80);
  return is_usual ? host : host + ":" + std::to_string(server.port);
}

// What is signed of a request, in the form that both ends agree on.
struct Canonical {
  std::string method;
  /// From the host's name on.
  std::string path, query;
  /// "name:value\n" of each line of the head, and the names with ";" between them.
  std::string lines, names;
  std::string body_digest;

  std::string Text() const {
    return method + "\n" + path + "\n" + query + "\n" + lines + "\n" + names + "\n" + body_digest;
  }
};

Canonical CanonicalOf(const ServerUrl& server, const HttpRequest& request) {
  const std::size_t authority = server.base.find("://") + 3;
  const std::string target = server.base.substr(authority + server.authority.size()) + request.path;
  const std::size_t question = std::min(target.find('?'), target.size());
  return {.method = request.method,
          .path = target.substr(0, question),
          .query = target.substr(std::min(question + 1, target.size()))};
}

std::string ScopeOf(const std::string& time, const std::string& region) {
  return time.substr(0, 8) + "/" + region + "/s3/aws4_request";
}

std::string SignatureOf(const S3Key& key, const std::string& region, const std::string& time,
                        const Canonical& canonical) {
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + ScopeOf(time, region) + "\n" + Sha256(canonical.Text());
  std::string derived = "AWS4" + key.secret;
  for (const std::string& part :
       {time.substr(0, 8), region, std::string("s3"), std::string("aws4_request")})
    derived = HmacSha256(derived, part);
  return Hex(HmacSha256(derived, to_sign));
}

}  // namespace

std::vector<std::string> SignS3Request(const S3Key& key, const std::string& region,
                                       const ServerUrl& server, const HttpRequest& request,
                                       const std::string& body_digest, std::int64_t now_ms) {
  const std::string time = BasicTime(now_ms);
  std::vector<std::string> lines = {"x-amz-content-sha256: " + body_digest, "x-amz-date: " + time};
  if (!key.session_token.empty()) lines.push_back("x-amz-security-token: " + key.session_token);

  std::map<std::string, std::string> headers = {{"host", HostOf(server)}};
  for (const std::vector<std::string>& more : {lines, request.headers}) {
    for (const std::string& line : more) {
      const std::size_t colon = line.find(':');
      headers[ToLower(line.substr(0, colon))] = Trim(std::string_view(line).substr(colon + 1));
    }
  }
  Canonical canonical = CanonicalOf(server, request);
  canonical.body_digest = body_digest;
  for (const auto& [name, value] : headers) {
    canonical.lines += name + ":" + value + "\n";
    canonical.names += (canonical.names.empty() ? "" : ";") + name;
  }
  lines.push_back("Authorization: AWS4-HMAC-SHA256 Credential=" + key.id + "/" +
                  ScopeOf(time, region) + ", SignedHeaders=" + canonical.names +
                  ", Signature=" + SignatureOf(key, region, time, canonical));
  return lines;
}

std::string PresignS3Url(const S3Grant& grant, const ServerUrl& server, const HttpRequest& request,
                         std::int64_t now_ms) {
  const std::string time = BasicTime(now_ms);
  Canonical canonical = CanonicalOf(server, request);
  // In the order of their names, all of them escaped.
  std::map<std::string, std::string> parameters = {
      {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
      {"X-Amz-Credential", EscapeUrl(grant.key.id + "/" + ScopeOf(time, grant.region))},
      {"X-Amz-Date", time},
      {"X-Amz-Expires", std::to_string(grant.seconds)},
      {"X-Amz-SignedHeaders", "host"}};
  if (!grant.key.session_token.empty())
    parameters["X-Amz-Security-Token"] = EscapeUrl(grant.key.session_token);
  for (const std::string& line : request.headers) {
    const std::size_t colon = line.find(':');
    parameters[ToLower(line.substr(0, colon))] =
        EscapeUrl(Trim(std::string_view(line).substr(colon + 1)));
  }
  for (const std::string& part : Split(canonical.query, '&')) {
    const std::size_t equals = part.find('=');
    if (equals != std::string::npos) parameters[part.substr(0, equals)] = part.substr(equals + 1);
  }
  canonical.query.clear();
  for (const auto& [name, value] : parameters)
    canonical.query += (canonical.query.empty() ? "" : "&") + name + "=" + value;
  canonical.lines = "host:" + HostOf(server) + "\n";
  canonical.names = "host";
  canonical.body_digest = "UNSIGNED-PAYLOAD";
  return (server.is_https() ? "https://" : "http://") + server.authority + canonical.path + "?" +
         canonical.query +
         "&X-Amz-Signature=" + SignatureOf(grant.key, grant.region, time, canonical);
}

}  // namespace reeve::tracking
