#include "reeve/server/transport.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <latch>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reeve/server/transport/test_client.h"
#include "reeve/server/transport/test_transport.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

Route HandledBy(std::string method, std::string pattern,
                std::function<void(const Request&, Response&)> handle, Role role = Role::kScore,
                bool at_admin_address = false) {
  Route route;
  route.at_admin_address = at_admin_address;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.handle = std::move(handle);
  route.role = role;
  return route;
}

class Upper : public BodyStream {
 public:
  void OnBytes(std::string_view bytes, std::string& out) override {
    for (const char c : bytes) out.push_back(c == 'a' ? 'A' : c);
  }
  void OnEnd(std::string& out) override { out.push_back('!'); }
};

// What byte `at` of a test's file is: no two stretches look alike.
char FileByte(std::uint64_t at) { return static_cast<char>((at * 2654435761u) >> 13); }

std::string FileText(std::uint64_t offset, std::uint64_t length) {
  std::string text(length, '\0');
  for (std::uint64_t i = 0; i < length; ++i) text[i] = FileByte(offset + i);
  return text;
}

// "?OFFSET-LENGTH" of a file of `size` bytes that has no name.
Route FileRoute(std::uint64_t size) {
  const auto content = std::make_shared<const std::string>(FileText(0, size));
  return HandledBy("GET", "/file", [content](const Request& request, Response& response) {
    const std::string query(request.query);
    const int file = ::memfd_create("file", MFD_CLOEXEC);
    EXPECT_EQ(::write(file, content->data(), content->size()),
              static_cast<ssize_t>(content->size()));
    response.content_type = "application/octet-stream";
    response.file =
        std::make_shared<FileBody>(file, std::strtoull(query.c_str(), nullptr, 10),
                                   std::strtoull(query.c_str() + query.find('-') + 1, nullptr, 10));
  });
}

std::string GetFile(std::uint64_t offset, std::uint64_t length, const std::string& method = "GET") {
  return method + " /file?" + std::to_string(offset) + "-" + std::to_string(length) +
         " HTTP/1.1\r\nHost: x\r\n\r\n";
}

std::vector<Route> Routes() {
  Route stream;
  stream.method = "POST";
  stream.pattern = "/stream";
  stream.open = [](const Request&, Response&) { return std::make_unique<Upper>(); };
  return {
      HandledBy("POST", "/echo",
                [](const Request& request, Response& response) { response.body = request.body; }),
      HandledBy("GET", "/peer",
                [](const Request& request, Response& response) { response.body = request.peer; }),
      HandledBy("GET", "/large",
                [](const Request&, Response& response) { response.body.assign(8 << 20, 'x'); }),
      HandledBy(
          "GET", "/metrics", [](const Request&, Response&) {}, Role::kRead, true),
      HandledBy(
          "GET", "/livez", [](const Request&, Response&) {}, Role::kPublic),
      stream,
  };
}

TransportOptions SmallOptions() {
  TransportOptions options;
  options.threads = 2;
  options.drain_accept_seconds = 0;
  return options;
}

TransportParts Parts(std::vector<Route> routes = Routes()) {
  TransportParts parts;
  parts.routes = std::move(routes);
  return parts;
}

std::string Post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Spins until `reached`, which another thread makes true; false after 20 s.
template <typename Reached>
bool Eventually(Reached reached) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!reached()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(TransportTest, AnswersManyRequestsOnManyConnections) {
  RunningTransport transport(SmallOptions(), Parts());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&transport, t] {
      TestClient client(transport.port());
      for (int i = 0; i < 200; ++i) {
        const auto body = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = client.Ask(Post("/echo", body));
        ASSERT_EQ(answer.status, 200);
        ASSERT_EQ(answer.body, body);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(transport.observer().count("/echo 200"), 1600);
  EXPECT_EQ(transport.observer().count("begin"), 1600);
}

// Answers of a size that waits for those of other connections, some to clients with little room.
TEST(TransportTest, AnswersThatLeaveTogetherKeepTheirPlaces) {
  auto options = SmallOptions();
  options.threads = 1;
  RunningTransport transport(options, Parts());
  constexpr int kRequests = 40;
  const auto body = [](int client, int request) {
    return std::string(8 << 10, static_cast<char>('a' + client)) + std::to_string(request);
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      TestClient client(transport.port(), t % 2 == 0 ? 4096 : 0);
      std::thread sender([&] {
        for (int i = 0; i < kRequests; ++i) ASSERT_TRUE(client.Send(Post("/echo", body(t, i))));
      });
      for (int i = 0; i < kRequests; ++i) ASSERT_EQ(client.Read().body, body(t, i));
      sender.join();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(transport.observer().count("/echo 200"), 8 * kRequests);
}

TEST(TransportTest, TellsThePeer) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  EXPECT_THAT(client.Ask("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").body,
              testing::MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
}

TEST(TransportTest, TakesLargeBodiesBothWays) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  const std::string body(20 << 20, 'b');
  std::thread sender([&] { client.Send(Post("/echo", body)); });
  const auto answer = client.Read();
  sender.join();
  EXPECT_EQ(answer.body.size(), body.size());
  EXPECT_EQ(answer.body, body);
}

TEST(TransportTest, TakesRequestsByteByByte) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  for (const char c : Post("/echo", "slowly")) client.Send(std::string_view(&c, 1));
  EXPECT_EQ(client.Read().body, "slowly");
}

TEST(TransportTest, AnswersPipelinedRequestsInOrder) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += Post("/echo", std::to_string(i));
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.Read().body, std::to_string(i));
}

TEST(TransportTest, AnswersAClientThatClosedItsSendingSide) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  client.Send(Post("/echo", "half"));
  client.EndSending();
  EXPECT_THAT(client.ReadAll(), HasSubstr("\r\n\r\nhalf"));
}

TEST(TransportTest, ARefusalReachesAClientThatIsStillSending) {
  auto options = SmallOptions();
  options.limits.max_body = 1000;
  RunningTransport transport(options, Parts());
  TestClient client(transport.port());
  // Closing with this unread would reset the connection and take the answer away.
  ASSERT_TRUE(client.Send(Post("/echo", std::string(30 << 20, 'b'))));
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_EQ(transport.observer().count("refused body_too_large"), 1);
}

TEST(TransportTest, SlowHeadsAndBodiesEndInTime) {
  auto options = SmallOptions();
  options.limits.head_seconds = 0.05;
  RunningTransport transport(options, Parts());
  TestClient head(transport.port());
  head.Send("POST /echo HTTP/1.1\r\nHost: x\r\nX-A: ");
  EXPECT_EQ(head.Read().status, 408);
  EXPECT_EQ(head.ReadAll(), "");
  transport.Stop();

  options.limits.head_seconds = 10;
  options.limits.idle_seconds = 0.05;
  RunningTransport impatient(options, Parts());
  TestClient body(impatient.port());
  body.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n{\"a\":");
  EXPECT_EQ(body.Read().status, 408);
  TestClient idle(impatient.port());
  EXPECT_EQ(idle.ReadAll(), "");
  TestClient used(impatient.port());
  EXPECT_EQ(used.Ask(Post("/echo", "x")).status, 200);
  EXPECT_EQ(used.ReadAll(), "");
  EXPECT_EQ(impatient.observer().count("refused timeout"), 1);
}

TEST(TransportTest, BodiesThatTrickleEndInTime) {
  auto options = SmallOptions();
  options.limits.idle_seconds = 0.2;
  // More than any machine sends byte by byte.
  options.limits.min_body_rate = 1e12;
  RunningTransport transport(options, Parts());
  TestClient client(transport.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n");
  // Bytes keep coming without a break, but not enough of them.
  std::atomic<bool> over{false};
  std::thread sender([&] {
    while (!over && client.Send("a")) std::this_thread::yield();
  });
  const auto status = client.Read().status;
  over = true;
  sender.join();
  EXPECT_EQ(status, 408);
}

TEST(TransportTest, AReaderThatStopsLosesItsConnection) {
  auto options = SmallOptions();
  options.limits.write_seconds = 0.05;
  RunningTransport transport(options, Parts());
  TestClient client(transport.port(), 4096);
  client.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 1; }));
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 0; }));
  TestClient other(transport.port());
  EXPECT_EQ(other.Ask(Post("/echo", "x")).status, 200);
}

TEST(TransportTest, VanishingClientsLeaveNoDescriptors) {
  RunningTransport transport(SmallOptions(), Parts());
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = descriptors();
  for (int i = 0; i < 60; ++i) {
    TestClient client(transport.port());
    client.Send(i % 3 == 0 ? Post("/echo", std::string(50'000, 'a'))
                           : "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n{");
    client.Vanish();
  }
  TestClient client(transport.port());
  EXPECT_EQ(client.Ask(Post("/echo", "x")).status, 200);
  client.Close();
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 0; }));
  EXPECT_TRUE(Eventually([&] { return descriptors() <= before; }));
}

TEST(TransportTest, SendsFiles) {
  constexpr std::uint64_t kSize = 3 << 20;
  RunningTransport transport(SmallOptions(), Parts({FileRoute(kSize), Routes()[0]}));
  TestClient client(transport.port());
  for (const auto& [offset, length] : {std::pair<std::uint64_t, std::uint64_t>{0, kSize},
                                       {0, 0},
                                       {kSize, 0},
                                       {17, 1},
                                       {70'001, 1'500'000},
                                       {kSize - 10, 10}}) {
    const auto answer = client.Ask(GetFile(offset, length));
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Header("Content-Length"), std::to_string(length));
    EXPECT_TRUE(answer.body == FileText(offset, length)) << offset << " " << length;
  }
  client.Send(GetFile(0, kSize, "HEAD"));
  const auto head = client.Read(/*to_head=*/true);
  EXPECT_EQ(head.Header("Content-Length"), std::to_string(kSize));
  EXPECT_EQ(client.Ask(Post("/echo", "next")).body, "next");
}

TEST(TransportTest, FilesKeepTheirPlaceInAPipeline) {
  constexpr std::uint64_t kSize = 2 << 20;
  RunningTransport transport(SmallOptions(), Parts({FileRoute(kSize), Routes()[0]}));
  TestClient client(transport.port(), 4096);
  std::string requests;
  for (int i = 0; i < 12; ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    requests += Post("/echo", std::to_string(i)) + GetFile(number, number * 150'000);
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 12; ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    EXPECT_EQ(client.Read().body, std::to_string(i));
    EXPECT_TRUE(client.Read().body == FileText(number, number * 150'000)) << i;
  }
}

TEST(TransportTest, AFileThatGotShorterBreaksTheAnswerOff) {
  RunningTransport transport(SmallOptions(), Parts({FileRoute(1000)}));
  TestClient client(transport.port());
  client.Send(GetFile(0, 2000));
  const auto bytes = client.ReadAll();
  EXPECT_THAT(bytes, HasSubstr("Content-Length: 2000\r\n"));
  EXPECT_TRUE(bytes.ends_with(FileText(0, 1000)));
}

TEST(TransportTest, AReaderThatStopsWithinAFileLosesItsConnection) {
  auto options = SmallOptions();
  options.limits.write_seconds = 0.05;
  RunningTransport transport(options, Parts({FileRoute(16 << 20), Routes()[0]}));
  TestClient client(transport.port(), 4096);
  client.Send(GetFile(0, 16 << 20));
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 1; }));
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 0; }));
  TestClient gone(transport.port(), 4096);
  gone.Send(GetFile(0, 16 << 20));
  gone.Vanish();
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 0; }));
  TestClient other(transport.port());
  EXPECT_EQ(other.Ask(Post("/echo", "x")).status, 200);
}

TEST(TransportTest, OneThreadSendsManyFilesAtOnce) {
  constexpr std::uint64_t kSize = 8 << 20;
  auto options = SmallOptions();
  options.threads = 1;
  RunningTransport transport(options, Parts({FileRoute(kSize), Routes()[0]}));
  TestClient stuck(transport.port(), 4096);
  stuck.Send(GetFile(0, kSize));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      TestClient client(transport.port());
      EXPECT_TRUE(client.Ask(GetFile(0, kSize)).body == FileText(0, kSize));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(stuck.Read().body == FileText(0, kSize));
}

TEST(TransportTest, StreamsWhileTheClientReads) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port());
  const std::string piece(1 << 20, 'a');
  client.Send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::thread sender([&] {
    for (int i = 0; i < 40; ++i) client.Send("100000\r\n" + piece + "\r\n");
    client.Send("0\r\n\r\n");
  });
  const auto answer = client.Read();
  sender.join();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, std::string(40 << 20, 'A') + "!");
}

TEST(TransportTest, StreamsToAClientThatSendsEverythingFirst) {
  RunningTransport transport(SmallOptions(), Parts());
  TestClient client(transport.port(), 4096);
  ASSERT_TRUE(client.Send(Post("/stream", std::string(30 << 20, 'a'))));
  EXPECT_EQ(client.Read().body, std::string(30 << 20, 'A') + "!");
  EXPECT_EQ(client.Ask(Post("/echo", "next")).body, "next");
}

TEST(TransportTest, TurnsConnectionsAwayBeyondTheLimit) {
  auto options = SmallOptions();
  options.limits.max_connections = 2;
  RunningTransport transport(options, Parts());
  TestClient a(transport.port()), b(transport.port());
  EXPECT_EQ(a.Ask(Post("/echo", "a")).status, 200);
  EXPECT_EQ(b.Ask(Post("/echo", "b")).status, 200);
  TestClient c(transport.port());
  const auto answer = c.Read();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.Header("Retry-After"), "1");
  EXPECT_EQ(a.Ask(Post("/echo", "a")).status, 200);
  a.Close();
  EXPECT_TRUE(Eventually([&] { return transport.observer().connections() == 1; }));
  TestClient d(transport.port());
  EXPECT_EQ(d.Ask(Post("/echo", "d")).status, 200);
}

TEST(TransportTest, RefusesWhatWaitedTooLongAndAnswersProbes) {
  auto options = SmallOptions();
  options.threads = 1;
  options.limits.max_wait_seconds = 0.001;
  options.limits.overload_after_seconds = 0;
  auto routes = Routes();
  routes.push_back(HandledBy("POST", "/heavy", [](const Request&, Response&) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    while (std::chrono::steady_clock::now() < end) {
    }
  }));
  RunningTransport transport(options, Parts(routes));
  std::atomic<int> answered{0}, refused{0}, other{0};
  std::latch start(32);
  std::vector<std::thread> threads;
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += Post("/heavy", "");
  for (int t = 0; t < 32; ++t) {
    threads.emplace_back([&] {
      TestClient client(transport.port());
      start.arrive_and_wait();
      client.Send(requests);
      for (int i = 0; i < 20; ++i) {
        const auto answer = client.Read();
        const bool is_refusal = answer.status == 429 && answer.Header("Retry-After") == "1";
        ++(answer.status == 200 ? answered : is_refusal ? refused : other);
      }
      EXPECT_EQ(client.Ask("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(answered, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(transport.observer().count("refused overload"), refused);
}

TEST(TransportTest, DrainAnswersWhatIsOnItsWay) {
  auto options = SmallOptions();
  options.drain_accept_seconds = 0.3;
  std::promise<void> draining;
  auto parts = Parts();
  parts.on_drain = [&] { draining.set_value(); };
  RunningTransport transport(options, std::move(parts));
  TestClient halfway(transport.port()), kept(transport.port()), idle(transport.port());
  halfway.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_EQ(kept.Ask(Post("/echo", "1")).status, 200);
  transport.AskToStop();
  draining.get_future().wait();
  // A new connection is still served, and told that it was the last request.
  TestClient late(transport.port());
  auto answer = late.Ask(Post("/echo", "late"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Connection"), "close");
  answer = kept.Ask(Post("/echo", "2"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_EQ(idle.ReadAll(), "");
  halfway.Send("dy");
  answer = halfway.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "body");
  transport.Join();
  EXPECT_FALSE(TestClient(transport.port()).connected());
}

TEST(TransportTest, DrainCutsWhatDoesNotEnd) {
  auto options = SmallOptions();
  options.drain_seconds = 0.1;
  RunningTransport transport(options, Parts());
  TestClient client(transport.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_TRUE(Eventually([&] { return transport.observer().count("begin") == 1; }));
  transport.Stop();
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(transport.observer().count("/echo 499"), 1);
}

TEST(TransportTest, NoRequestIsLostAtTheEnd) {
  auto options = SmallOptions();
  options.drain_accept_seconds = 0.2;
  RunningTransport transport(options, Parts());
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (;;) {
        TestClient client(transport.port());
        if (!client.connected()) return;
        for (bool open = true; open;) {
          if (!client.Send(Post("/echo", "x"))) return;
          const auto bytes = client.Read();
          if (bytes.status == 0) return;
          EXPECT_EQ(bytes.status, 200);
          ++answered;
          open = bytes.Header("Connection") != "close";
        }
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return answered > 100; }));
  transport.Stop();
  for (auto& thread : threads) thread.join();
  // Whatever was begun was answered: the server saw no client leave before its answer.
  EXPECT_EQ(transport.observer().count("begin"), transport.observer().count("/echo 200"));
  EXPECT_EQ(answered, transport.observer().count("/echo 200"));
}

TEST(TransportTest, AdminRoutesHaveAnAddressOfTheirOwn) {
  auto options = SmallOptions();
  options.admin_port = 0;
  RunningTransport transport(options, Parts());
  const auto status = [](int port, const std::string& path) {
    return TestClient(port).Ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").status;
  };
  ASSERT_NE(transport.admin_port(), 0);
  EXPECT_EQ(status(transport.port(), "/metrics"), 404);
  EXPECT_EQ(status(transport.port(), "/livez"), 200);
  EXPECT_EQ(status(transport.port(), "/peer"), 200);
  EXPECT_EQ(status(transport.admin_port(), "/metrics"), 200);
  EXPECT_EQ(status(transport.admin_port(), "/livez"), 200);
  EXPECT_EQ(status(transport.admin_port(), "/peer"), 404);
}

// Answers once it is let go, and tells how many calls have begun.
struct LongCalls {
  std::atomic<int> begun{0};
  std::promise<void> let_go;
  std::shared_future<void> may_go = let_go.get_future().share();

  TransportParts Parts() {
    std::vector<Route> routes = Routes();
    routes.push_back(HandledBy("GET", "/long", [this](const Request& request, Response& response) {
      ++begun;
      may_go.wait();
      response.body = request.query;
    }));
    routes.back().takes_long = Always;
    return reeve::server::Parts(std::move(routes));
  }
};

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

TransportOptions OneOfEach() {
  TransportOptions options = SmallOptions();
  options.threads = options.long_threads = 1;
  return options;
}

TEST(TransportTest, LongCallsKeepOthersNotWaiting) {
  LongCalls calls;
  RunningTransport transport(OneOfEach(), calls.Parts());
  TestClient waits(transport.port()), other(transport.port());
  waits.Send(Get("/long?1") + Get("/peer") + Get("/long?2"));
  ASSERT_TRUE(Eventually([&] { return calls.begun == 1; }));
  EXPECT_EQ(other.Ask(Post("/echo", "here")).body, "here");
  calls.let_go.set_value();
  EXPECT_EQ(waits.Read().body, "1");
  EXPECT_THAT(waits.Read().body, HasSubstr("127.0.0.1:"));
  EXPECT_EQ(waits.Read().body, "2");
}

TEST(TransportTest, LongCallsBeyondTheLimitAreRefused) {
  LongCalls calls;
  TransportOptions options = OneOfEach();
  options.limits.max_long_per_thread = 2;
  RunningTransport transport(options, calls.Parts());
  TestClient first(transport.port()), second(transport.port()), third(transport.port());
  first.Send(Get("/long?1"));
  second.Send(Get("/long?2"));
  ASSERT_TRUE(Eventually([&] { return calls.begun == 1; }));
  ASSERT_TRUE(Eventually([&] { return transport.observer().count("begin") == 2; }));
  EXPECT_EQ(third.Ask(Get("/long?3")).status, 429);
  calls.let_go.set_value();
  EXPECT_EQ(first.Read().body, "1");
  EXPECT_EQ(second.Read().body, "2");
  EXPECT_EQ(third.Ask(Get("/long?3")).body, "3");
}

TEST(TransportTest, LongCallsOutliveTheirClientsAndAreDrained) {
  LongCalls calls;
  RunningTransport transport(OneOfEach(), calls.Parts());
  TestClient stays(transport.port());
  {
    TestClient leaves(transport.port());
    leaves.Send(Get("/long?1"));
    ASSERT_TRUE(Eventually([&] { return calls.begun == 1; }));
    leaves.Vanish();
  }
  stays.Send(Get("/long?2"));
  ASSERT_TRUE(Eventually([&] { return transport.observer().count("begin") == 2; }));
  transport.AskToStop();
  calls.let_go.set_value();
  EXPECT_EQ(stays.Read().body, "2");
  transport.Join();
  EXPECT_EQ(calls.begun, 2);
}

TEST(TransportListenTest, NamesWhatIsWrong) {
  const auto listen = [](const std::string& host, int port) {
    TransportOptions options;
    options.host = host;
    options.port = port;
    const auto transport = Transport::Listen(options, Parts());
    return transport.ok() ? Status() : transport.status();
  };
  RunningTransport transport(SmallOptions(), Parts());
  const auto in_use = listen("127.0.0.1", transport.port());
  EXPECT_EQ(in_use.code(), StatusCode::kUnavailable);
  EXPECT_THAT(in_use.message(), HasSubstr(std::to_string(transport.port())));
  EXPECT_THAT(in_use.message(), HasSubstr("in use"));
  EXPECT_THAT(listen("127.0.0.1", 99999).message(), HasSubstr("99999"));
  EXPECT_THAT(listen("127.0.0.1", -1).message(), HasSubstr("0 to 65535"));
  EXPECT_THAT(listen("no such host", 0).message(), HasSubstr("no such host"));
  EXPECT_THAT(listen("192.0.2.1", 0).message(), HasSubstr("no such address"));
  EXPECT_THAT(listen("", 0).message(), HasSubstr("host"));
}

}  // namespace
}  // namespace reeve::server
