#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "reeve/server/transport/session.h"

namespace {

using namespace reeve::server;

// A loop that is never behind: nobody sends the monitor's probes here.
constexpr LoadMonitor::Options kNoLoad{std::chrono::hours(1'000), std::chrono::hours(1'000)};

// Whether a stream was opened: its status may be out before its body turns out to be malformed.
bool streamed = false;

class Copying : public BodyStream {
 public:
  void OnBytes(std::string_view bytes, std::string& out) override { out.append(bytes); }
  void OnEnd(std::string&) override {}
};

// "pieces", one byte after the other.
class Pieces : public BodySource {
 public:
  std::uint64_t length() const override { return kText.size(); }
  reeve::Status Next(std::string& piece) override {
    piece = kText[at_++];
    return reeve::Status::Ok();
  }

 private:
  static constexpr std::string_view kText = "pieces";
  std::size_t at_ = 0;
};

Router MakeRouter() {
  Route whole;
  whole.method = "POST";
  whole.pattern = "/w";
  whole.handle = [](const Request& request, Response& response) { response.body = request.body; };
  Route named = whole;
  named.method = "GET";
  named.pattern = "/n/{name}";
  Route stream;
  stream.method = "POST";
  stream.pattern = "/s";
  stream.open = [](const Request&, Response&) {
    streamed = true;
    return std::make_unique<Copying>();
  };
  Route file = named;
  file.pattern = "/f/{path...}";
  file.handle = [](const Request&, Response& response) {
    const int text = ::memfd_create("file", MFD_CLOEXEC);
    if (::write(text, "content", 7) != 7) std::abort();
    response.file = std::make_shared<FileBody>(text, 1, 5);
  };
  Route pieces = named;
  pieces.pattern = "/p/{name}";
  pieces.handle = [](const Request&, Response& response) {
    response.source = std::make_shared<Pieces>();
  };
  return std::move(*Router::Make({whole, named, stream, file, pieces}));
}

// Gives `bytes` in pieces and returns what was answered; the number of answers must not depend on
// the pieces.
std::string Run(std::string_view bytes, std::size_t step) {
  static const Router router = MakeRouter();
  static const TransportLimits limits = [] {
    TransportLimits small;
    small.max_body = 500;
    small.max_header = 400;
    return small;
  }();
  TransportObserver observer;
  SharedState shared;
  ThreadState thread{LoadMonitor(kNoLoad)};
  SessionContext context{limits, router, nullptr, observer, shared, thread};
  std::string out;
  {
    Session session(context, "peer");
    const auto send = [&] {
      const auto output = session.output();
      out.append(output.head).append(output.body);
      if (output.file_length > 5 || (output.file_length > 0 && output.file < 0)) std::abort();
      out.append(output.file_length, 'f');
      session.Sent(output.size());
    };
    while (session.wants() == Session::Wants::kInput && !bytes.empty()) {
      const auto space = session.Space();
      const auto count = std::min({bytes.size(), step, space.size()});
      std::copy_n(bytes.begin(), count, space.begin());
      bytes.remove_prefix(count);
      session.Received(count);
      send();
      while (session.wants() == Session::Wants::kFlush) {
        session.Advance();
        send();
      }
    }
    if (session.wants() == Session::Wants::kInput) session.Ended();
    send();
  }
  if (shared.in_flight != 0 || shared.buffered != 0) std::abort();
  return out;
}

// The status lines, in order.
std::string Statuses(const std::string& out) {
  std::string statuses;
  for (auto at = out.find("HTTP/1.1 "); at != out.npos; at = out.find("HTTP/1.1 ", at + 9)) {
    if (out.compare(at + 9, 3, "100") != 0) statuses += out.substr(at + 9, 3) + " ";
  }
  return statuses;
}

}  // namespace

// Requests, pipelined, well-formed or not: whole and byte by byte, they are answered alike.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Bodies are sent back, so bytes that look like an answer would be counted as one.
  const bool ambiguous = bytes.find("HTTP/1.1 ") != bytes.npos;
  streamed = false;
  const auto whole = Statuses(Run(bytes, SIZE_MAX));
  const auto pieces = Statuses(Run(bytes, 1));
  if (!ambiguous && !streamed && whole != pieces) std::abort();
  return 0;
}
