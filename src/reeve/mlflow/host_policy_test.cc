#include "reeve/mlflow/host_policy.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

TEST(HostPolicyTest, PlacesWithoutAHostOfTheCallersAreFine) {
  for (const char* uri : {"s3://bucket/a", "gs://b", "mlflow-artifacts:/a", "/a", "file:///a",
                          "models:/m/1", "runs:/r/m", "dbfs:/a"})
    EXPECT_TRUE(CheckHost(uri, "source", {}).ok()) << uri;
}

TEST(HostPolicyTest, ForeignHostsAreRefusedAndTheServersOwnAreNot) {
  for (const char* uri : {"http://h/a", "HTTPS://h/a", "ftp:///a", "hdfs://h:9000/a",
                          "mlflow-artifacts://h/a", "abfss://c@h/a"})
    EXPECT_FALSE(CheckHost(uri, "source", {}).ok()) << uri;
  EXPECT_EQ(CheckHost("http://h/a", "source", {}).message(),
            "'source' cannot use the 'http' scheme: the 'http' scheme addresses a host other than "
            "the tracking server's configured artifact storage, so the server would connect to the "
            "host named in the URI. Set the MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES "
            "environment variable on the server to allow it.");
  EXPECT_TRUE(CheckHost("https://H/a", "source", {"https://u@h:443/root"}).ok());
  EXPECT_TRUE(CheckHost("mlflow-artifacts://h/a", "source", {"http://h/root"}).ok());
  EXPECT_FALSE(CheckHost("https://h/a", "source", {"http://h/root"}).ok());
  EXPECT_FALSE(CheckHost("http://h:81/a", "source", {"http://h/root"}).ok());
  EXPECT_FALSE(CheckHost("http://h\\@x/a", "source", {"http://x/root", "http://h/root"}).ok());
  EXPECT_FALSE(CheckHost("http://h:x/a", "source", {"http://h/root"}).ok());
}

TEST(HostPolicyTest, TheEnvironmentAllowsSchemes) {
  ::setenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "ftp, HTTP", 1);
  EXPECT_TRUE(CheckHost("http://h/a", "source", {}).ok());
  EXPECT_FALSE(CheckHost("https://h/a", "source", {}).ok());
  ::unsetenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES");
  EXPECT_FALSE(CheckHost("http://h/a", "source", {}).ok());
}

}  // namespace
}  // namespace reeve::mlflow
