#include "reeve/server/transport/load_monitor.h"

#include <deque>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Time = LoadMonitor::Time;

// A thread, the line of ready sockets before it, and a clock: requests arrive evenly, each costs
// `work` to answer and `refusal` to refuse.
struct Simulation {
  LoadMonitor monitor{LoadMonitor::Options{}};
  microseconds work{1000}, refusal{5};
  Time now = Time() + std::chrono::hours(1), next_arrival = now;
  // When each became ready; a probe is one with `is_probe`.
  struct Ready {
    Time since;
    bool is_probe;
  };
  std::deque<Ready> line;
  int answered = 0, refused = 0;
  microseconds longest{0};

  // Lets requests come every `gap` for `length`.
  void Run(microseconds gap, milliseconds length) {
    const Time end = now + length;
    next_arrival = std::max(next_arrival, now);
    while (now < end) {
      for (; next_arrival <= now; next_arrival += gap) line.push_back({next_arrival, false});
      if (line.empty()) {
        now = next_arrival;
        continue;
      }
      const Ready ready = line.front();
      line.pop_front();
      if (ready.is_probe) {
        monitor.OnProbe(now);
      } else if (monitor.Admit(now)) {
        ++answered;
        longest = std::max(longest, std::chrono::duration_cast<microseconds>(now - ready.since));
        now += work;
        monitor.Done(now);
      } else {
        ++refused;
        now += refusal;
        monitor.Done(now);
      }
      if (monitor.TakeProbe()) line.push_back({now, true});
    }
  }
  void Forget() {
    answered = refused = 0;
    longest = microseconds(0);
  }
};

TEST(LoadMonitorTest, AnswersEverythingItCanCarry) {
  Simulation simulation;
  simulation.Run(microseconds(1100), milliseconds(10'000));
  EXPECT_EQ(simulation.refused, 0);
  EXPECT_GT(simulation.answered, 9000);
}

TEST(LoadMonitorTest, AtTwiceTheLoadAnswersKeepABoundedWait) {
  Simulation simulation;
  // Not overloaded before it has lasted.
  simulation.Run(microseconds(500), milliseconds(400));
  EXPECT_EQ(simulation.refused, 0);
  simulation.Run(microseconds(500), milliseconds(1000));
  simulation.Forget();
  simulation.Run(microseconds(500), milliseconds(10'000));
  EXPECT_LE(simulation.longest, milliseconds(101));
  // It still answers nearly as much as it can, which is half of what comes.
  EXPECT_GT(simulation.answered, 9500);
  EXPECT_GT(simulation.refused, 8500);
}

TEST(LoadMonitorTest, AtTenTimesTheLoadToo) {
  Simulation simulation;
  simulation.Run(microseconds(100), milliseconds(2000));
  simulation.Forget();
  simulation.Run(microseconds(100), milliseconds(10'000));
  EXPECT_LE(simulation.longest, milliseconds(101));
  EXPECT_GT(simulation.answered, 9000);
}

TEST(LoadMonitorTest, WorksABurstOff) {
  Simulation simulation;
  simulation.Run(microseconds(2000), milliseconds(1000));
  for (int i = 0; i < 200; ++i) simulation.line.push_back({simulation.now, false});
  simulation.Run(microseconds(2000), milliseconds(2000));
  EXPECT_EQ(simulation.refused, 0);
  EXPECT_TRUE(simulation.line.empty());
}

TEST(LoadMonitorTest, AnswersEverythingAgainWhenItIsOver) {
  Simulation simulation;
  simulation.Run(microseconds(500), milliseconds(3000));
  EXPECT_GT(simulation.refused, 0);
  simulation.Run(microseconds(1500), milliseconds(1000));
  simulation.Forget();
  simulation.Run(microseconds(1500), milliseconds(5000));
  EXPECT_EQ(simulation.refused, 0);
}

TEST(LoadMonitorTest, AFewHeavyRequestsAreNoOverload) {
  Simulation simulation;
  simulation.work = std::chrono::milliseconds(60);
  // Eight clients that ask again as soon as they are answered.
  for (int round = 0; round < 100; ++round) {
    while (simulation.line.size() < 8) simulation.line.push_back({simulation.now, false});
    simulation.next_arrival = simulation.now + std::chrono::hours(1);
    simulation.Run(microseconds(1), milliseconds(60));
  }
  EXPECT_EQ(simulation.refused, 0);
  EXPECT_GE(simulation.answered, 80);
}

}  // namespace
}  // namespace reeve::server
