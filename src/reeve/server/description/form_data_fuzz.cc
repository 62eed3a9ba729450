// Whatever comes as a form is read without harm, and what was read can be written and read again.

#include <cstdint>
#include <cstdlib>

#include "reeve/server/description/form_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto data = reeve::server::ParseFormData({reinterpret_cast<const char*>(bytes), size});
  std::string again;
  for (const auto& [name, value] : data) {
    again +=
        "&" + reeve::server::EncodeQueryValue(name) + "=" + reeve::server::EncodeQueryValue(value);
  }
  if (reeve::server::ParseFormData(again) != data) std::abort();
  return 0;
}
