#include "reeve/mlflow/metric_intake.h"

#include <chrono>
#include <utility>

#include "reeve/base/log.h"

namespace reeve::mlflow {
namespace {

// Points that are written at once, and how long the first of fewer waits.
constexpr std::size_t kEnough = 5'000;
constexpr std::chrono::milliseconds kSoon{50};
// Beyond that the database does not keep up, and clients wait for it.
constexpr std::size_t kMost = 20'000;
// Until the next attempt when the database could not be written.
constexpr std::chrono::milliseconds kLater{1'000};

}  // namespace

Result<std::unique_ptr<MetricIntake>> MetricIntake::Open(const std::string& database_path,
                                                         sql::Pool& pool) {
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<tracking::PendingMetrics> pending,
                         tracking::PendingMetrics::Open(database_path));
  std::unique_ptr<MetricIntake> intake(new MetricIntake(std::move(pending), pool));
  REEVE_RETURN_IF_ERROR(intake->Settle());
  intake->thread_ = std::thread([raw = intake.get()] { raw->Run(); });
  return intake;
}

MetricIntake::~MetricIntake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (const Status status = Settle(); !status.ok()) {
    Log(LogLevel::kError, "metrics wait in their file until a server starts: " + status.message());
  }
}

Status MetricIntake::Add(std::span<const tracking::MetricRow> rows) {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool too_many = waiting_ >= kMost;
  lock.unlock();
  if (too_many) REEVE_RETURN_IF_ERROR(Settle());
  REEVE_RETURN_IF_ERROR(pending_->Add(rows));
  lock.lock();
  const std::size_t before = std::exchange(waiting_, waiting_ + rows.size());
  if (before == 0 || (before < kEnough && waiting_ >= kEnough)) changed_.notify_all();
  return Status::Ok();
}

Status MetricIntake::Settle() {
  REEVE_ASSIGN_OR_RETURN(const bool any, pending_->Any());
  return any ? SettleNow() : Status::Ok();
}

Status MetricIntake::SettleNow() {
  const std::lock_guard<std::mutex> settling(settling_);
  std::unique_lock<std::mutex> lock(mutex_);
  // Before they are read: what is counted later may be read as well, and is looked for once more.
  const std::size_t counted = waiting_;
  lock.unlock();
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, pool_.Write());
  REEVE_RETURN_IF_ERROR(pending_->Settle(*database));
  lock.lock();
  waiting_ -= counted;
  return Status::Ok();
}

void MetricIntake::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto stops = [this] { return stop_; };
  while (!stop_) {
    changed_.wait(lock, [this] { return stop_ || waiting_ > 0; });
    changed_.wait_for(lock, kSoon, [this] { return stop_ || waiting_ >= kEnough; });
    if (stop_) return;
    lock.unlock();
    const Status status = SettleNow();
    lock.lock();
    if (status.ok()) continue;
    Log(LogLevel::kWarning, "metrics wait for their database: " + status.message());
    changed_.wait_for(lock, kLater, stops);
  }
}

}  // namespace reeve::mlflow
