#include "reeve/server/access/failed_logins.h"

#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

TEST(FailedLoginsTest, AnAddressWaitsAfterItsFailuresWhateverItsPort) {
  HandClock clock;
  FailedLogins failed({.most = 3, .seconds = 60}, clock);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(failed.Wait("10.0.0.1:1"), 0);
    failed.Add("10.0.0.1:" + std::to_string(i));
  }
  EXPECT_EQ(failed.Wait("10.0.0.1:9"), 60);
  EXPECT_EQ(failed.Wait("10.0.0.2:9"), 0);
  clock.seconds += 30.5;
  EXPECT_EQ(failed.Wait("10.0.0.1:9"), 30);
  clock.seconds += 30;
  EXPECT_EQ(failed.Wait("10.0.0.1:9"), 0);
  failed.Add("10.0.0.1:9");
  EXPECT_EQ(failed.Wait("10.0.0.1:9"), 0) << "old failures count again";
}

TEST(FailedLoginsTest, AddressesLoseTheirPort) {
  EXPECT_EQ(AddressOf("127.0.0.1:40312"), "127.0.0.1");
  EXPECT_EQ(AddressOf("[::1]:40312"), "[::1]");
  EXPECT_EQ(AddressOf(""), "");
}

}  // namespace
}  // namespace reeve::server
