#include "reeve/tracking/http/libcurl.h"

#include <dlfcn.h>

#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

// Of version 7.85 on, which has CURLOPT_PROTOCOLS_STR.
constexpr const char* kLibrary = "libcurl.so.4";

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Result<Libcurl> Open() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Status::Unavailable("servers cannot be reached without libcurl: " +
                               Quote(::dlerror(), 300))
        .WithFix("apt-get install libcurl4");
  }
  Libcurl curl;
  decltype(&::curl_global_init) global_init = nullptr;
  const bool found = Find(library, "curl_global_init", global_init) &&
                     Find(library, "curl_easy_init", curl.easy_init) &&
                     Find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                     Find(library, "curl_easy_reset", curl.easy_reset) &&
                     Find(library, "curl_easy_setopt", curl.easy_setopt) &&
                     Find(library, "curl_easy_perform", curl.easy_perform) &&
                     Find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                     Find(library, "curl_easy_nextheader", curl.easy_nextheader) &&
                     Find(library, "curl_easy_strerror", curl.easy_strerror) &&
                     Find(library, "curl_slist_append", curl.slist_append) &&
                     Find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!found || global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Status::Unavailable(std::string(kLibrary) + " of this machine cannot be used");
  return curl;
}

}  // namespace

Result<const Libcurl*> Libcurl::Load() {
  static const Result<Libcurl> opened = Open();
  if (!opened.ok()) return opened.status();
  return &*opened;
}

}  // namespace reeve::tracking
