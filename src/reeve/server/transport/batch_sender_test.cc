#include "reeve/server/transport/batch_sender.h"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reeve::server {
namespace {

// Two ends of a connection.
class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0); }
  ~Pair() {
    CloseReader();
    ::close(ends_[0]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int writer() const { return ends_[0]; }
  void CloseReader() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  // What has arrived.
  std::string Read() const {
    std::string got(1 << 20, '\0');
    const auto count = ::recv(ends_[1], got.data(), got.size(), MSG_DONTWAIT);
    got.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return got;
  }

 private:
  int ends_[2] = {-1, -1};
};

class BatchSenderTest : public testing::TestWithParam<BatchSender::Means> {
 protected:
  BatchSender sender_{GetParam()};
};

TEST_P(BatchSenderTest, SendsEachToItsOwnSocket) {
  // More than a ring holds.
  std::vector<Pair> pairs(150);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < pairs.size(); ++i) texts.push_back("answer " + std::to_string(i));
  for (int round = 0; round < 3; ++round) {
    std::vector<Outgoing> batch;
    for (std::size_t i = 0; i < pairs.size(); ++i) batch.push_back({pairs[i].writer(), texts[i]});
    sender_.Send(batch);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      EXPECT_EQ(batch[i].result, static_cast<int>(texts[i].size()));
      EXPECT_EQ(pairs[i].Read(), texts[i]);
    }
  }
}

TEST_P(BatchSenderTest, TellsWhatWasNotSent) {
  Pair sound, gone, full;
  gone.CloseReader();
  const std::string much(16 << 20, 'x');
  Outgoing batch[] = {
      {gone.writer(), "a"}, {full.writer(), much}, {-1, "c"}, {sound.writer(), "d"}};
  sender_.Send(batch);
  EXPECT_EQ(batch[0].result, -EPIPE);
  EXPECT_GT(batch[1].result, 0);
  EXPECT_LT(batch[1].result, 16 << 20);
  EXPECT_EQ(batch[2].result, -EBADF);
  EXPECT_EQ(batch[3].result, 1);
  EXPECT_EQ(sound.Read(), "d");
  // Nothing waits for a reader.
  Outgoing again[] = {{full.writer(), much}, {sound.writer(), "e"}};
  sender_.Send(again);
  EXPECT_EQ(again[0].result, -EAGAIN);
  EXPECT_EQ(sound.Read(), "e");
}

TEST_P(BatchSenderTest, TakesNothingAndOne) {
  Pair pair;
  sender_.Send({});
  Outgoing one{pair.writer(), "alone"};
  sender_.Send({&one, 1});
  EXPECT_EQ(one.result, 5);
  EXPECT_EQ(pair.Read(), "alone");
}

INSTANTIATE_TEST_SUITE_P(Means, BatchSenderTest,
                         testing::Values(BatchSender::Means::kBest, BatchSender::Means::kPlain),
                         [](const auto& means) {
                           return means.param == BatchSender::Means::kBest ? "Best" : "Plain";
                         });

}  // namespace
}  // namespace reeve::server
