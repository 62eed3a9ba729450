#include "reeve/tracking/s3/settings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/credentials.h"
#include "reeve/base/environment.h"
#include "reeve/base/file_system.h"
#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/tracking/s3/profile.h"

namespace reeve::tracking {
namespace {

using Profile = std::map<std::string, std::string>;

constexpr const char* kKeyId = "AWS_ACCESS_KEY_ID";
constexpr const char* kSecret = "AWS_SECRET_ACCESS_KEY";

// What MLFLOW_S3_UPLOAD_EXTRA_ARGS may hold, and the header it is.
constexpr std::pair<const char*, const char*> kUploadArguments[] = {
    {"ACL", "x-amz-acl"},
    {"BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled"},
    {"SSEKMSEncryptionContext", "x-amz-server-side-encryption-context"},
    {"SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"},
    {"ServerSideEncryption", "x-amz-server-side-encryption"},
    {"StorageClass", "x-amz-storage-class"},
    {"Tagging", "x-amz-tagging"}};

// The first of some variables that says something.
std::string FirstOf(std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (std::string value = EnvironmentVariable(name); !value.empty()) return value;
  }
  return "";
}

std::string ValueOf(const Profile& profile, const std::string& key) {
  const auto found = profile.find(key);
  return found != profile.end() ? found->second : "";
}

// Fit for a line of a request's head.
bool IsOneLine(const std::string& value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

Status NotOneLine(const std::string& what) {
  return Status::InvalidArgument(what + " holds a line break or another control character");
}

// What AWS's two files say of the profile that was chosen; the credentials file counts before the
// other.
struct Profiles {
  std::string name;
  std::string credentials_file;
  Profile settings;
};

Result<Profiles> ReadProfiles() {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  const std::string chosen = FirstOf({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"});
  const std::string folder = JoinPath(HomeFolder(), ".aws");
  const auto path_of = [&](const char* variable, const char* name) {
    const std::string own = EnvironmentVariable(variable);
    return own.empty() ? JoinPath(folder, name) : own;
  };
  Profiles profiles{.name = chosen.empty() ? "default" : chosen,
                    .credentials_file = path_of("AWS_SHARED_CREDENTIALS_FILE", "credentials")};
  const std::string of_config = profiles.name == "default" ? "default" : "profile " + profiles.name;
  bool is_known = false;
  for (const auto& [path, section] : {std::pair(profiles.credentials_file, profiles.name),
                                      std::pair(path_of("AWS_CONFIG_FILE", "config"), of_config)}) {
    const Result<std::string> text = FileSystem::System().Read(path, kMostBytes);
    if (!text.ok() && text.status().code() == StatusCode::kNotFound) continue;
    if (!text.ok()) return text.status();
    std::optional<Profile> found = FindProfile(*text, section);
    if (!found) continue;
    is_known = true;
    profiles.settings.merge(*found);
  }
  if (is_known || chosen.empty()) return profiles;
  return Status::InvalidArgument("profile " + Quote(chosen) + " of AWS_PROFILE is neither in " +
                                 Quote(profiles.credentials_file, 400) + " nor in " +
                                 Quote(path_of("AWS_CONFIG_FILE", "config"), 400));
}

Status NoKey(const Profiles& profiles) {
  return Status::InvalidArgument(std::string("no key pair for S3 is known: ") + kKeyId + " and " +
                                 kSecret + " are not set, and profile " + Quote(profiles.name) +
                                 " has none in " + Quote(profiles.credentials_file, 400))
      .WithFix(std::string("export ") + kKeyId + "=… " + kSecret + "=…")
      .WithFix(
          "for roles and single sign-on, which are not asked for: "
          "eval \"$(aws configure export-credentials --format env)\"");
}

Result<S3Key> FindKey(const Profiles& profiles) {
  S3Key key{.id = EnvironmentVariable(kKeyId), .secret = EnvironmentVariable(kSecret)};
  if (key.id.empty() != key.secret.empty())
    return Status::InvalidArgument(std::string(key.id.empty() ? kSecret : kKeyId) + " is set and " +
                                   (key.id.empty() ? kKeyId : kSecret) +
                                   " is not, expected both or none");
  if (!key.id.empty()) {
    key.session_token = EnvironmentVariable("AWS_SESSION_TOKEN");
  } else {
    key = {.id = ValueOf(profiles.settings, "aws_access_key_id"),
           .secret = ValueOf(profiles.settings, "aws_secret_access_key"),
           .session_token = ValueOf(profiles.settings, "aws_session_token")};
  }
  if (key.id.empty() || key.secret.empty()) return NoKey(profiles);
  if (!IsOneLine(key.id) || !IsOneLine(key.session_token)) return NotOneLine("the key pair for S3");
  return key;
}

// Without a user, which means nothing there.
Result<std::string> FindEndpoint(const Profiles& profiles) {
  std::string endpoint =
      FirstOf({"MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (endpoint.empty()) endpoint = ValueOf(profiles.settings, "endpoint_url");
  if (endpoint.empty()) return endpoint;
  const Result<ServerUrl> url = ParseServerUrl(endpoint);
  if (url.ok()) return url->base;
  return Status::InvalidArgument("endpoint of S3 is " + Quote(MaskCredentials(endpoint), 300) +
                                 ", expected http://HOST:PORT or https://HOST")
      .WithFix("export MLFLOW_S3_ENDPOINT_URL=https://…");
}

Result<S3Addressing> FindAddressing() {
  constexpr const char* kName = "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE";
  const std::string style = EnvironmentVariable(kName);
  if (style.empty() || style == "auto") return S3Addressing::kAuto;
  if (style == "path") return S3Addressing::kPath;
  if (style == "virtual") return S3Addressing::kVirtual;
  return Status::InvalidArgument(std::string(kName) + " is " + Quote(style) +
                                 ", expected auto, path or virtual");
}

// An argument that is not known may be the one that keeps a file secret: it is not passed over.
Result<std::vector<std::string>> FindUploadHeaders() {
  constexpr const char* kName = "MLFLOW_S3_UPLOAD_EXTRA_ARGS";
  std::vector<std::string> headers;
  const std::string text = EnvironmentVariable(kName);
  if (text.empty()) return headers;
  const Result<Json> arguments = ParseJson(text);
  if (!arguments.ok() || !arguments->is_object())
    return Status::InvalidArgument(std::string(kName) +
                                   " is no JSON object, expected such as "
                                   "{\"ServerSideEncryption\": \"aws:kms\"}");
  for (const auto& [name, value] : arguments->items()) {
    const auto* const known =
        std::find_if(std::begin(kUploadArguments), std::end(kUploadArguments),
                     [&](const auto& argument) { return name == argument.first; });
    if (known == std::end(kUploadArguments) || (!value.is_string() && !value.is_boolean())) {
      std::vector<std::string> names;
      for (const auto& argument : kUploadArguments) names.emplace_back(argument.first);
      return Status::InvalidArgument(std::string(kName) + " holds " + Quote(name) +
                                     ", expected texts of " + Join(names, ", "));
    }
    headers.push_back(std::string(known->second) + ": " +
                      (value.is_string() ? value.get<std::string>() : DumpJson(value)));
    if (!IsOneLine(headers.back())) return NotOneLine(kName);
  }
  return headers;
}

}  // namespace

Result<S3Settings> S3SettingsFromEnvironment() {
  S3Settings settings;
  REEVE_ASSIGN_OR_RETURN(const Profiles profiles, ReadProfiles());
  REEVE_ASSIGN_OR_RETURN(settings.key, FindKey(profiles));
  std::string region = FirstOf({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (region.empty()) region = ValueOf(profiles.settings, "region");
  if (!region.empty()) settings.region = region;
  if (!IsS3Region(settings.region))
    return Status::InvalidArgument("region of S3 is " + Quote(settings.region) +
                                   ", expected such as eu-central-1");
  REEVE_ASSIGN_OR_RETURN(settings.endpoint, FindEndpoint(profiles));
  settings.authority_file = FirstOf({"AWS_CA_BUNDLE"});
  REEVE_ASSIGN_OR_RETURN(settings.trusts_anyone, EnvironmentSwitch("MLFLOW_S3_IGNORE_TLS"));
  REEVE_ASSIGN_OR_RETURN(settings.addressing, FindAddressing());
  if (const std::string owner = EnvironmentVariable("MLFLOW_S3_EXPECTED_BUCKET_OWNER");
      !owner.empty()) {
    if (!IsOneLine(owner)) return NotOneLine("MLFLOW_S3_EXPECTED_BUCKET_OWNER");
    settings.headers.push_back("x-amz-expected-bucket-owner: " + owner);
  }
  REEVE_ASSIGN_OR_RETURN(settings.upload_headers, FindUploadHeaders());
  return settings;
}

bool IsS3Region(std::string_view text) {
  constexpr std::string_view kBytes =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !text.empty() && text.size() <= 63 &&
         text.find_first_not_of(kBytes) == std::string_view::npos;
}

}  // namespace reeve::tracking
