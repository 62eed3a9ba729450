#include "reeve/tracking/process_mark.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reeve/base/text.h"
#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

/// A process that waits to be ended, and the mark it would give itself.
class Child {
 public:
  Child() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const std::string mark = CurrentProcessMark();
      const bool written =
          ::write(ends[1], mark.data(), mark.size()) == static_cast<ssize_t>(mark.size());
      ::close(ends[1]);
      if (written) ::pause();
      ::_exit(0);
    }
    ::close(ends[1]);
    char buffer[512];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
      mark_.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
  }
  ~Child() { End(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Dead, but still in the table of processes because nobody has asked how it ended.
  void KillWithoutReaping() {
    ::kill(pid_, SIGKILL);
    siginfo_t info;
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT), 0);
  }
  void End() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  const std::string& mark() const { return mark_; }

 private:
  pid_t pid_ = -1;
  std::string mark_;
};

TEST(ProcessMarkTest, NamesThisProcess) {
  const std::vector<std::string> parts = Split(CurrentProcessMark(), ':');
  ASSERT_GE(parts.size(), 3u);
  EXPECT_EQ(parts[0], std::to_string(::getpid()));
  EXPECT_THAT(parts[1], testing::MatchesRegex("[0-9]+"));
  EXPECT_THAT(parts[2], testing::MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(CurrentProcessMark(), CurrentProcessMark());
}

TEST(ProcessMarkTest, ThisProcessIsAlive) { EXPECT_TRUE(IsAlive(CurrentProcessMark())); }

TEST(ProcessMarkTest, AnotherProcessIsAliveUntilItEnds) {
  Child child;
  EXPECT_TRUE(IsAlive(child.mark())) << child.mark();
  child.End();
  EXPECT_FALSE(IsAlive(child.mark())) << child.mark();
}

TEST(ProcessMarkTest, AKilledProcessThatNobodyWaitsForIsNotAlive) {
  Child child;
  child.KillWithoutReaping();
  EXPECT_FALSE(IsAlive(child.mark())) << child.mark();
}

// The mark of this process with one part changed.
std::string With(std::size_t part, const std::string& text) {
  std::vector<std::string> parts = Split(CurrentProcessMark(), ':');
  parts.at(part) = text;
  return Join(parts, ":");
}

TEST(ProcessMarkTest, ANumberUsedAgainIsAnotherProcess) {
  EXPECT_FALSE(IsAlive(With(1, "1")));
  EXPECT_FALSE(IsAlive(With(0, "999999999")));
}

TEST(ProcessMarkTest, WhatCannotBeToldIsAlive) {
  for (const char* mark : {"", "x", "1:2", "pid:1:boot", "::", "a:b:c:d:e:f:g"})
    EXPECT_TRUE(IsAlive(mark)) << mark;
}

TEST(ProcessMarkTest, ProcessesOfAnotherContainerAreAlive) {
  // Containers share the boot id, but not the numbers of processes.
  std::string mark = With(3, "1");
  EXPECT_TRUE(IsAlive(mark));
  std::vector<std::string> parts = Split(mark, ':');
  parts[0] = "999999999";
  EXPECT_TRUE(IsAlive(Join(parts, ":")));
}

TEST(ProcessMarkTest, AnotherMachineIsAlive) {
  std::vector<std::string> parts = Split(CurrentProcessMark(), ':');
  ASSERT_EQ(parts.size(), 5u);
  parts[2] = "00000000-0000-4000-8000-000000000000";
  parts[4] = "another-machine";
  EXPECT_TRUE(IsAlive(Join(parts, ":")));
}

TEST(ProcessMarkTest, AMachineThatWasStartedAgainHasNoneOfItsOldProcesses) {
  std::vector<std::string> parts = Split(CurrentProcessMark(), ':');
  ASSERT_EQ(parts.size(), 5u);
  if (parts[3] != "4026531836" || parts[4].empty()) GTEST_SKIP() << "in a container";
  parts[2] = "00000000-0000-4000-8000-000000000000";
  EXPECT_FALSE(IsAlive(Join(parts, ":")));
}

using FailAbandonedRunsTest = StoreTest;

TEST_F(FailAbandonedRunsTest, MarksRunsOfDeadProcessesOnly) {
  Child living;
  Child dead;
  dead.End();
  const auto start = [&](const std::string& name, const Tags& tags) {
    return store_->CreateRun({.experiment_id = "0", .name = name, .tags = tags})->id;
  };
  const std::string abandoned = start("abandoned", {{kProcessTag, dead.mark()}});
  const std::string running = start("running", {{kProcessTag, living.mark()}});
  const std::string own = start("own", {{kProcessTag, CurrentProcessMark()}});
  const std::string foreign = start("foreign", {});
  const std::string finished = start("finished", {{kProcessTag, dead.mark()}});
  ASSERT_TRUE(store_->EndRun(finished, RunStatus::kFinished).ok());

  const Result<int> count = FailAbandonedRuns(*store_);
  ASSERT_TRUE(count.ok()) << count.status().message();
  EXPECT_EQ(*count, 1);
  const Run failed = *store_->GetRun(abandoned);
  EXPECT_EQ(failed.status, RunStatus::kFailed);
  EXPECT_GT(failed.end_ms, failed.start_ms);
  EXPECT_EQ(failed.tags.at("reeve.note"), "its process ended without finishing it");
  for (const std::string& id : {running, own, foreign})
    EXPECT_EQ(store_->GetRun(id)->status, RunStatus::kRunning);
  EXPECT_EQ(store_->GetRun(finished)->status, RunStatus::kFinished);
  EXPECT_EQ(*FailAbandonedRuns(*store_), 0);
}

TEST_F(FailAbandonedRunsTest, FindsThemBehindThousandsOfOthers) {
  Child dead;
  dead.End();
  const Run run = *store_->CreateRun({.experiment_id = "0", .tags = {{kProcessTag, dead.mark()}}});
  const std::unique_ptr<sql::Database> raw = Raw();
  ASSERT_TRUE(
      raw->RunScript("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
                     "WHERE i < 3000) INSERT INTO runs (run_uuid, name, status, start_time, "
                     "lifecycle_stage, experiment_id) SELECT 'r' || i, 'n', 'FINISHED', "
                     "1900000000000 + i, 'active', 0 FROM n")
          .ok());
  EXPECT_EQ(*FailAbandonedRuns(*store_), 1);
  EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kFailed);
}

TEST_F(FailAbandonedRunsTest, DeletedRunsAreLeftAlone) {
  Child dead;
  dead.End();
  const Run run = *store_->CreateRun({.experiment_id = "0", .tags = {{kProcessTag, dead.mark()}}});
  ASSERT_TRUE(store_->DeleteRun(run.id).ok());
  EXPECT_EQ(*FailAbandonedRuns(*store_), 0);
}

}  // namespace
}  // namespace reeve::tracking
