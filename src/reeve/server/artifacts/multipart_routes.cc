#include "reeve/server/artifacts/multipart_routes.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_error.h"
#include "reeve/server/artifacts/upload_stream.h"

namespace reeve::server {

namespace {

using nlohmann::json;

// A list of ten thousand parts with their addresses.
constexpr std::size_t kLargestBody = 16 << 20;

Status Missing(const char* member, const char* expected) {
  return Status::InvalidArgument("Missing value for required parameter '" + std::string(member) +
                                 "': expected " + expected);
}

Result<json> ReadObject(const Request& request) {
  auto object = json::parse(request.body.begin(), request.body.end(), nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    return Status::InvalidArgument("the body is no JSON object");
  }
  return object;
}

Result<std::string> ReadText(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string() || found->get<std::string>().empty()) {
    return Missing(member, "a text");
  }
  return found->get<std::string>();
}

std::optional<std::int64_t> ToInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Clients write 64-bit numbers as texts, too.
Result<std::int64_t> ReadInteger(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found != object.end() && found->is_number_integer()) return found->get<std::int64_t>();
  if (found != object.end() && found->is_string()) {
    if (const auto value = ToInteger(found->get<std::string>())) return *value;
  }
  return Missing(member, "an integer");
}

// The last name of a path on the client's machine, which may be one with backslashes.
std::string LastName(const std::string& local_path) {
  const bool windows = local_path.starts_with("\\\\") ||
                       (local_path.size() > 2 && local_path[1] == ':' && local_path[2] == '\\');
  return local_path.substr(local_path.find_last_of(windows ? "/\\" : "/") + 1);
}

// The address has the folder, the body the file on the client's machine.
Result<std::string> ReadTarget(const Request& request, const json& object) {
  REEVE_ASSIGN_OR_RETURN(const std::string local, ReadText(object, "path"));
  const auto name = LastName(local);
  if (name.empty()) return Missing("path", "the path of a file");
  return std::string(request.Param("path")) + "/" + name;
}

bool IsHost(std::string_view host) {
  return !host.empty() && host.size() < 300 && std::all_of(host.begin(), host.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// "http://host:5000": how the client reached this server.
Result<std::string> PublicUrl(const Request& request, const ArtifactRouteOptions& options) {
  if (!options.public_url.empty()) {
    auto url = options.public_url;
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  const auto first = [&](std::string_view header) {
    const auto value = request.Header(header);
    return Trim(value.substr(0, value.find(',')));
  };
  auto scheme = first("X-Forwarded-Proto"), host = first("X-Forwarded-Host");
  if (scheme != "http" && scheme != "https") scheme = options.https ? "https" : "http";
  if (host.empty()) host = first("Host");
  if (!IsHost(host)) {
    return Status::InvalidArgument("the header Host is " + Quote(host) +
                                   ", expected the name under which this server was reached");
  }
  return std::string(scheme) + "://" + std::string(host) + options.static_prefix;
}

Result<std::vector<PartedUploads::Claim>> ReadClaims(const json& object) {
  const auto found = object.find("parts");
  if (found == object.end() || !found->is_array()) return Missing("parts", "a list of parts");
  std::vector<PartedUploads::Claim> claims;
  for (const auto& part : *found) {
    if (!part.is_object()) return Missing("parts", "a list of objects");
    REEVE_ASSIGN_OR_RETURN(const std::int64_t number, ReadInteger(part, "part_number"));
    PartedUploads::Claim claim{static_cast<int>(std::clamp<std::int64_t>(number, 0, INT32_MAX)),
                               {}};
    if (const auto tag = part.find("etag"); tag != part.end() && tag->is_string()) {
      claim.etag = tag->get<std::string>();
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

Status Create(const Request& request, const ArtifactRouteOptions& options,
              const std::string& prefix, PartedUploads& uploads, Response& response) {
  REEVE_ASSIGN_OR_RETURN(const json object, ReadObject(request));
  REEVE_ASSIGN_OR_RETURN(const std::string target, ReadTarget(request, object));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t count, ReadInteger(object, "num_parts"));
  REEVE_ASSIGN_OR_RETURN(const std::string url, PublicUrl(request, options));
  REEVE_ASSIGN_OR_RETURN(const std::string id, uploads.Begin(target, count));
  nlohmann::ordered_json answer;
  answer["upload_id"] = id;
  answer["credentials"] = json::array();
  for (std::int64_t number = 1; number <= count; ++number) {
    nlohmann::ordered_json credential;
    REEVE_ASSIGN_OR_RETURN(const std::string part,
                           uploads.PartUrl(id, target, static_cast<int>(number)));
    credential["url"] = part.starts_with('/') ? url + prefix + part : part;
    credential["part_number"] = number;
    credential["headers"] = json::object();
    answer["credentials"].push_back(std::move(credential));
  }
  response.body = answer.dump();
  return Status::Ok();
}

Status Complete(const Request& request, PartedUploads& uploads, bool& disk_full) {
  REEVE_ASSIGN_OR_RETURN(const json object, ReadObject(request));
  REEVE_ASSIGN_OR_RETURN(const std::string target, ReadTarget(request, object));
  REEVE_ASSIGN_OR_RETURN(const std::string id, ReadText(object, "upload_id"));
  REEVE_ASSIGN_OR_RETURN(const auto claims, ReadClaims(object));
  Status status = uploads.Complete(id, target, claims);
  disk_full = !status.ok() && uploads.DiskFull(id);
  return status;
}

Status Abort(const Request& request, PartedUploads& uploads) {
  REEVE_ASSIGN_OR_RETURN(const json object, ReadObject(request));
  REEVE_ASSIGN_OR_RETURN(const std::string target, ReadTarget(request, object));
  REEVE_ASSIGN_OR_RETURN(const std::string id, ReadText(object, "upload_id"));
  return uploads.Abort(id, target);
}

class PartStream final : public UploadStream {
 public:
  explicit PartStream(std::unique_ptr<IncomingPart> part) : part_(std::move(part)) {}

 private:
  Status Write(std::string_view bytes) override { return part_->Write(bytes); }
  Status Finish() override {
    REEVE_ASSIGN_OR_RETURN(etag_, part_->Finish());
    return Status::Ok();
  }
  void Describe(Response& response) override { response.headers.emplace_back("ETag", etag_); }
  bool disk_full() const override { return part_->disk_full(); }

  const std::unique_ptr<IncomingPart> part_;
  std::string etag_;
};

std::unique_ptr<BodyStream> OpenPart(const Request& request, PartedUploads& uploads,
                                     Response& response) {
  const auto number = ToInteger(request.Param("number"));
  auto part = uploads.OpenPart(std::string(request.Param("upload")), number.value_or(0),
                               AnnouncedLength(request));
  if (part.ok()) return std::make_unique<PartStream>(std::move(part).value());
  RefuseArtifact(part.status(), response);
  return nullptr;
}

Route Post(std::string pattern, const ArtifactRouteOptions& options,
           std::function<Status(const Request&, Response&)> answer) {
  Route route;
  if (options.repository->is_remote()) route.takes_long = Always;
  route.method = "POST";
  route.pattern = std::move(pattern);
  route.role = options.write_role;
  route.max_body = kLargestBody;
  route.handle = [answer = std::move(answer)](const Request& request, Response& response) {
    response.body = "{}";
    if (const Status status = answer(request, response); !status.ok()) {
      RefuseArtifact(status, response, response.status == 507);
    }
  };
  return route;
}

}  // namespace

std::vector<Route> MultipartRoutes(const ArtifactRouteOptions& options, const std::string& prefix,
                                   const std::shared_ptr<PartedUploads>& uploads) {
  Route part;
  part.method = "PUT";
  part.pattern = prefix + "/mpu/part/{upload}/{number}";
  // Whoever knows the address may: it is a secret.
  part.role = Role::kPublic;
  part.open = [uploads](const Request& request, Response& response) {
    return OpenPart(request, *uploads, response);
  };
  return {
      std::move(part),
      Post(prefix + "/mpu/create/{path...}", options,
           [=](const Request& request, Response& response) {
             return Create(request, options, prefix, *uploads, response);
           }),
      Post(prefix + "/mpu/complete/{path...}", options,
           [=](const Request& request, Response& response) {
             bool disk_full = false;
             Status status = Complete(request, *uploads, disk_full);
             if (disk_full) response.status = 507;
             return status;
           }),
      Post(prefix + "/mpu/abort/{path...}", options,
           [=](const Request& request, Response&) { return Abort(request, *uploads); }),
  };
}

}  // namespace reeve::server
