#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/s3/signature.h"

namespace reeve::tracking {

/// How the name of a bucket becomes part of an address.
enum class S3Addressing {
  kAuto,     ///< in the host of Amazon's own, in the path of others
  kPath,     ///< https://HOST/BUCKET/…
  kVirtual,  ///< https://BUCKET.HOST/…
};

/// How S3, or what speaks like it, is reached.
struct S3Settings {
  S3Key key;
  std::string region = "us-east-1";
  /// http(s)://HOST[:PORT][/PREFIX] without a slash at its end; empty for Amazon's own.
  std::string endpoint = "";
  S3Addressing addressing = S3Addressing::kAuto;
  /// Believe any certificate.
  bool trusts_anyone = false;
  /// Certificates of authorities to trust instead of the system's; empty for the system's.
  std::string authority_file = "";
  /// Lines of the head of every request.
  std::vector<std::string> headers = {};
  /// And of those that make a file: how it is encrypted, whose it is.
  std::vector<std::string> upload_headers = {};
  /// Files that are larger go in parts of that size.
  std::uint64_t part_bytes = 64ULL << 20;
  /// What the bucket does not let us is kRequirementUnmet, and a bucket that is not there
  /// kNotFound: for whoever has to tell. Otherwise both are kUnavailable, as all that keeps from
  /// the files.
  bool tells_refusals = false;
};

/// As boto3 and MLflow read them: AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN, else the key pair of AWS_PROFILE in AWS_SHARED_CREDENTIALS_FILE or
/// AWS_CONFIG_FILE; AWS_REGION, AWS_DEFAULT_REGION, the profile's region; MLFLOW_S3_ENDPOINT_URL,
/// AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's endpoint_url; AWS_CA_BUNDLE,
/// MLFLOW_S3_IGNORE_TLS, MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE, MLFLOW_S3_EXPECTED_BUCKET_OWNER and
/// MLFLOW_S3_UPLOAD_EXTRA_ARGS. Roles, single sign-on and the keys of a machine in the cloud are
/// not asked for. Fails with kInvalidArgument when no key pair is known, or a value cannot be used.
Result<S3Settings> S3SettingsFromEnvironment();

/// Whether it can be the name of a region, which becomes part of a host.
bool IsS3Region(std::string_view text);

}  // namespace reeve::tracking
