#include "reeve/server/transport/outbox.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using std::chrono::microseconds;

class NamedSender final : public Outbox::Sender {
 public:
  NamedSender(std::string& log, char name) : log_(log), name_(name) {}
  Outgoing Waiting() override { return {}; }
  void Sent(int /*result*/) override { log_.push_back(name_); }

 private:
  std::string& log_;
  const char name_;
};

class OutboxTest : public testing::Test {
 protected:
  // A request whose answer waits, in line with others.
  void Post(NamedSender& sender, microseconds made_at = microseconds(0)) {
    net::post(io_, [this, &sender, made_at] {
      log_.push_back('(');
      outbox_.Add(sender, kBytes, start_ + made_at);
      log_.push_back(')');
    });
  }

  static constexpr std::size_t kBytes = Outbox::kMostBytes / 4;
  net::io_context io_{1};
  Outbox outbox_{io_};
  const Outbox::Clock::time_point start_ = Outbox::Clock::now();
  std::string log_;
  NamedSender a_{log_, 'a'}, b_{log_, 'b'}, c_{log_, 'c'}, d_{log_, 'd'};
};

TEST_F(OutboxTest, SendsBehindTheRequestsThatAreReady) {
  Post(a_);
  Post(b_);
  io_.run();
  EXPECT_EQ(log_, "()()ab");
  io_.restart();
  Post(b_);
  Post(a_);
  io_.run();
  EXPECT_EQ(log_, "()()ab()()ba");
}

TEST_F(OutboxTest, SendsWhatBecameMuch) {
  for (NamedSender* const sender : {&a_, &b_, &c_, &d_}) Post(*sender);
  Post(a_);
  io_.run();
  EXPECT_EQ(log_, "()()()(abcd)()a");
}

TEST_F(OutboxTest, SendsWhenTheOldestWaitedLong) {
  Post(a_);
  Post(b_, Outbox::kLongWait);
  Post(c_, Outbox::kLongWait);
  io_.run();
  EXPECT_EQ(log_, "()(ab)()c");
}

TEST_F(OutboxTest, LeavesAloneWhoLeft) {
  Post(a_);
  Post(b_);
  net::post(io_, [this] { outbox_.Remove(a_); });
  io_.run();
  EXPECT_EQ(log_, "()()b");
}

TEST_F(OutboxTest, AfterAnAnswerThatWaitedAloneTheNextOnesDoNot) {
  Post(a_);
  Post(b_);
  io_.run();
  EXPECT_TRUE(outbox_.TakesNext());
  io_.restart();
  Post(c_);
  io_.run();
  for (int i = 1; i < Outbox::kSkips; ++i) EXPECT_FALSE(outbox_.TakesNext());
  EXPECT_TRUE(outbox_.TakesNext());
  EXPECT_TRUE(outbox_.TakesNext());
}

}  // namespace
}  // namespace reeve::server
