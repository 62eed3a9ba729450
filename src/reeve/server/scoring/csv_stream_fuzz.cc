// Any bytes as a CSV body and as a form: nothing may crash, and where the pieces of the body end
// must make no difference to the answer.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "reeve/server/scoring/csv_stream.h"
#include "reeve/server/scoring/test_service.h"

namespace {

using namespace reeve;

class FixedClock final : public Clock {
 public:
  std::int64_t NowMs() const override { return 0; }
  double MonotonicSeconds() const override { return 0; }
};

std::string Answer(const server::Route& route, const server::Request& request,
                   std::string_view body, std::size_t piece) {
  server::Response response;
  const auto stream = route.open(request, response);
  if (stream == nullptr) std::abort();
  std::string out;
  bool ready = false;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    // A copy of its own, so that a look outside of it is noticed.
    stream->OnBytes(std::string(body.substr(at, piece)), out);
    ready = ready || stream->Ready(response);
    if (response.status >= 400) return response.body;
  }
  stream->OnEnd(out);
  if (!ready && !stream->Ready(response)) std::abort();
  return response.status >= 400 ? response.body : out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FixedClock clock;
  static server::TestService service;
  service.context.clock = &clock;
  static const server::Route route = server::CsvRoute(service.context);
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 16 + 1;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const char* type : {"text/csv", "multipart/form-data; boundary=X"}) {
    const server::Request request =
        server::TestService::MakeRequest("/predict/csv?keep_all=1", {{"Content-Type", type}});
    if (Answer(route, request, body, piece) != Answer(route, request, body, size)) std::abort();
  }
  return 0;
}
