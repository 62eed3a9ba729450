#include "reeve/server/transport/batch_sender.h"

#include <algorithm>
#include <cerrno>

#include <liburing.h>
#include <sys/socket.h>

namespace reeve::server {

namespace {

constexpr unsigned kRingEntries = 64;
constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
// No errno: nothing happened yet.
constexpr int kUnsent = -4096;

void SendPlain(std::span<Outgoing> batch) {
  for (Outgoing& outgoing : batch) {
    const auto sent = ::send(outgoing.socket, outgoing.bytes.data(), outgoing.bytes.size(), kFlags);
    outgoing.result = sent < 0 ? -errno : static_cast<int>(sent);
  }
}

unsigned TakeResults(io_uring& ring) {
  io_uring_cqe* completion = nullptr;
  unsigned head = 0, count = 0;
  io_uring_for_each_cqe(&ring, head, completion) {
    static_cast<Outgoing*>(io_uring_cqe_get_data(completion))->result = completion->res;
    ++count;
  }
  io_uring_cq_advance(&ring, count);
  return count;
}

}  // namespace

void BatchSender::CloseRing::operator()(io_uring* ring) const {
  const std::unique_ptr<io_uring> memory(ring);
  io_uring_queue_exit(ring);
}

bool BatchSender::HasRing() {
  if (ring_ != nullptr || means_ == Means::kPlain) return ring_ != nullptr;
  auto ring = std::make_unique<io_uring>();
  if (io_uring_queue_init(kRingEntries, ring.get(), 0) == 0) {
    ring_.reset(ring.release());
  } else {
    means_ = Means::kPlain;
  }
  return ring_ != nullptr;
}

// False: the ring is of no use, and what is kUnsent still has to be sent.
bool BatchSender::SendByRing(std::span<Outgoing> batch) {
  for (Outgoing& outgoing : batch) outgoing.result = kUnsent;
  for (Outgoing& outgoing : batch) {
    io_uring_sqe* const entry = io_uring_get_sqe(ring_.get());
    if (entry == nullptr) return false;
    io_uring_prep_send(entry, outgoing.socket, outgoing.bytes.data(), outgoing.bytes.size(),
                       kFlags);
    io_uring_sqe_set_data(entry, &outgoing);
  }
  // As no send waits, each is over when it was submitted.
  for (std::size_t done = 0; done < batch.size();) {
    const int result = io_uring_submit_and_wait(ring_.get(), batch.size() - done);
    if (result < 0 && result != -EINTR) return false;
    done += TakeResults(*ring_);
  }
  return true;
}

void BatchSender::Send(std::span<Outgoing> batch) {
  for (std::size_t first = 0; first < batch.size(); first += kRingEntries) {
    const auto part =
        batch.subspan(first, std::min<std::size_t>(kRingEntries, batch.size() - first));
    // For a single one a plain call is cheaper.
    if (part.size() < 2 || !HasRing()) {
      SendPlain(part);
    } else if (!SendByRing(part)) {
      means_ = Means::kPlain;
      ring_.reset();
      for (Outgoing& outgoing : part) {
        if (outgoing.result == kUnsent) SendPlain({&outgoing, 1});
      }
    }
  }
}

}  // namespace reeve::server
