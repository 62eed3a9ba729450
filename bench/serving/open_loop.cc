// Requests at a fixed rate, whether or not earlier ones were answered: what users do, and what a client that waits for its answers
// hides. One thread, one epoll loop.
//
//     reeve_open_loop PORT PATH BODIES RATE SECONDS CONNECTIONS
//
// BODIES is a file with one JSON body a line, sent in turns. RATE is requests a second; a request that is due waits for a free
// connection. Prints one JSON object: answers by status, and milliseconds at the 50th, 99th and 99.9th percentile of answers 2xx, from
// when the request was due and from when it was sent.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

struct Connection {
  int socket = -1;
  Time due, sent;
  std::string in;
  std::string_view left;  // of the request, not sent yet
};

struct Outcome {
  std::map<int, std::int64_t> statuses;
  std::vector<double> since_due, since_sent;  // milliseconds, of answers 2xx
};

std::vector<std::string> Requests(const char* path, const char* file) {
  std::vector<std::string> requests;
  std::ifstream bodies(file);
  for (std::string body; std::getline(bodies, body);) {
    requests.push_back("POST " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  return requests;
}

int Connect(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = 1;
  if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return socket;
}

double Millis(Clock::duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

double Percentile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class Load {
 public:
  Load(int port, std::vector<std::string> requests, std::size_t connections)
      : port_(port), requests_(std::move(requests)), epoll_(::epoll_create1(0)), connections_(connections) {
    for (std::size_t i = 0; i < connections; ++i) {
      Open(i);
      free_.push_back(i);
    }
  }

  Outcome Run(double rate, double seconds) {
    const Time begin = Clock::now();
    const auto span = [](double s) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s)); };
    std::int64_t due = 0;
    const auto all = static_cast<std::int64_t>(rate * seconds);
    const Time end = begin + span(seconds + 5);  // answers that are late are waited for, but not for ever
    while ((due < all || busy_ > 0 || !waiting_.empty()) && Clock::now() < end) {
      for (; due < all && begin + span(static_cast<double>(due) / rate) <= Clock::now(); ++due)
        waiting_.push_back(begin + span(static_cast<double>(due) / rate));
      while (!waiting_.empty() && !free_.empty()) SendNext();
      epoll_event events[64];
      // Spinning: a timer of a millisecond would be coarser than what is measured.
      const int count = ::epoll_wait(epoll_, events, 64, 0);
      for (int i = 0; i < count; ++i) Handle(connections_[events[i].data.u64], events[i].data.u64);
    }
    outcome_.statuses[0] += static_cast<std::int64_t>(busy_ + waiting_.size());
    return std::move(outcome_);
  }

 private:
  void Open(std::size_t i) {
    connections_[i].socket = Connect(port_);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = i;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
  }

  void Free(std::size_t i) {
    connections_[i].in.clear();
    connections_[i].left = {};
    free_.push_back(i);
    --busy_;
  }

  // The server ended the connection: without an answer that counts as -1.
  void Reopen(std::size_t i) {
    ::close(connections_[i].socket);
    Open(i);
    if (std::find(free_.begin(), free_.end(), i) != free_.end()) return;
    ++outcome_.statuses[-1];
    Free(i);
  }

  void SendNext() {
    const std::size_t i = free_.back();
    free_.pop_back();
    Connection& connection = connections_[i];
    connection.due = waiting_.front();
    waiting_.pop_front();
    connection.sent = Clock::now();
    connection.left = requests_[next_++ % requests_.size()];
    ++busy_;
    Send(connection);
  }

  static void Send(Connection& connection) {
    while (!connection.left.empty()) {
      const ssize_t sent = ::send(connection.socket, connection.left.data(), connection.left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return;
      connection.left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void Handle(Connection& connection, std::size_t i) {
    Send(connection);
    char buffer[64 << 10];
    ssize_t got = 0;
    while ((got = ::recv(connection.socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
      connection.in.append(buffer, static_cast<std::size_t>(got));
    TakeAnswer(connection, i);
    if (got == 0) Reopen(i);
  }

  void TakeAnswer(Connection& connection, std::size_t i) {
    const std::size_t head = connection.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t at = connection.in.find("Content-Length: ");
    const std::size_t length = at < head ? std::strtoul(connection.in.c_str() + at + 16, nullptr, 10) : 0;
    if (connection.in.size() < head + 4 + length) return;
    const int status = std::atoi(connection.in.c_str() + 9);
    ++outcome_.statuses[status];
    if (status / 100 == 2) {
      const Time now = Clock::now();
      outcome_.since_due.push_back(Millis(now - connection.due));
      outcome_.since_sent.push_back(Millis(now - connection.sent));
    }
    Free(i);
  }

  const int port_;
  const std::vector<std::string> requests_;
  const int epoll_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> free_;
  std::deque<Time> waiting_;
  std::size_t next_ = 0, busy_ = 0;
  Outcome outcome_;
};

void Print(const char* name, std::vector<double>& values, const char* behind) {
  std::printf("\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}%s", name, Percentile(values, 0.5), Percentile(values, 0.99),
              Percentile(values, 0.999), behind);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: reeve_open_loop PORT PATH BODIES RATE SECONDS CONNECTIONS\n");
    return 2;
  }
  std::vector<std::string> requests = Requests(argv[2], argv[3]);
  if (requests.empty()) {
    std::fprintf(stderr, "%s holds no bodies\n", argv[3]);
    return 1;
  }
  Load load(std::atoi(argv[1]), std::move(requests), std::strtoul(argv[6], nullptr, 10));
  Outcome outcome = load.Run(std::atof(argv[4]), std::atof(argv[5]));
  std::printf("{\"statuses\":{");
  const char* comma = "";
  for (const auto& [status, count] : outcome.statuses) {
    std::printf("%s\"%d\":%lld", comma, status, static_cast<long long>(count));
    comma = ",";
  }
  std::printf("},");
  Print("since_due_ms", outcome.since_due, ",");
  Print("since_sent_ms", outcome.since_sent, "}\n");
}
