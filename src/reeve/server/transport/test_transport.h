#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/server/transport.h"

namespace reeve::server {

/// Counts what it is told.
class CountingObserver : public TransportObserver {
 public:
  void OnRequestBegin() override { Count("begin"); }
  void OnRequestEnd(const RequestEnd& request) override {
    Count(std::string(request.route) + " " + std::to_string(request.status));
  }
  void OnRefused(std::string_view reason) override { Count("refused " + std::string(reason)); }
  void SetConnections(std::int64_t open) override {
    const std::lock_guard lock(mutex_);
    connections_ = open;
  }
  int count(const std::string& what) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(seen_.begin(), seen_.end(), what));
  }
  std::int64_t connections() {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void Count(std::string what) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(what));
  }
  std::mutex mutex_;
  std::vector<std::string> seen_;
  std::int64_t connections_ = 0;
};

/// A transport that runs on a thread until the test stops it or ends.
class RunningTransport {
 public:
  RunningTransport(const TransportOptions& options, TransportParts parts) {
    if (parts.observer == nullptr) parts.observer = &observer_;
    auto listening = Transport::Listen(options, std::move(parts));
    EXPECT_TRUE(listening.ok()) << listening.status().message();
    transport_ = std::move(listening).value();
    thread_ = std::thread([this] { EXPECT_TRUE(transport_->Run(stop_).ok()); });
  }
  ~RunningTransport() { Stop(); }

  /// Asks for the end; it comes when everything is drained.
  void AskToStop() { stop_.Request(); }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  void Stop() {
    AskToStop();
    Join();
  }
  int port() const { return transport_->port(); }
  int admin_port() const { return transport_->admin_port(); }
  CountingObserver& observer() { return observer_; }

 private:
  CountingObserver observer_;
  Cancellation stop_;
  std::unique_ptr<Transport> transport_;
  std::thread thread_;
};

}  // namespace reeve::server
