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

}  // namespace

std::vector<std::string> SignS3Request(const S3Key& key, const std::string& region,
                                       const ServerUrl& server, const HttpRequest& request,
                                       const std::string& body_digest, std::int64_t now_ms) {
  const std::string time = BasicTime(now_ms);
  const std::string date = time.substr(0, 8);
  std::vector<std::string> lines = {"x-amz-content-sha256: " + body_digest, "x-amz-date: " + time};
  if (!key.session_token.empty()) lines.push_back("x-amz-security-token: " + key.session_token);

  std::map<std::string, std::string> headers = {{"host", HostOf(server)}};
  for (const std::vector<std::string>& more : {lines, request.headers}) {
    for (const std::string& line : more) {
      const std::size_t colon = line.find(':');
      headers[ToLower(line.substr(0, colon))] = Trim(std::string_view(line).substr(colon + 1));
    }
  }
  std::string header_lines, names;
  for (const auto& [name, value] : headers) {
    header_lines += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }

  const std::size_t authority = server.base.find("://") + 3;
  const std::string target = server.base.substr(authority + server.authority.size()) + request.path;
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string query = target.substr(std::min(question + 1, target.size()));
  const std::string canonical = request.method + "\n" + target.substr(0, question) + "\n" + query +
                                "\n" + header_lines + "\n" + names + "\n" + body_digest;

  const std::string scope = date + "/" + region + "/s3/aws4_request";
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + Sha256(canonical);
  std::string derived = "AWS4" + key.secret;
  for (const std::string& part : {date, region, std::string("s3"), std::string("aws4_request")})
    derived = HmacSha256(derived, part);
  lines.push_back("Authorization: AWS4-HMAC-SHA256 Credential=" + key.id + "/" + scope +
                  ", SignedHeaders=" + names + ", Signature=" + Hex(HmacSha256(derived, to_sign)));
  return lines;
}

}  // namespace reeve::tracking
