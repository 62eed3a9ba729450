#pragma once

#include <curl/curl.h>

#include "reeve/base/result.h"

namespace reeve::tracking {

/// The functions of libcurl that are used here. The library is opened by the first call to a
/// server, not linked: it brings two dozen others along (TLS twice, Kerberos, LDAP …), and loading
/// them would make every start of the program a quarter longer.
struct Libcurl {
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_nextheader) easy_nextheader = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;

  /// Opened and initialised once, never closed. Fails with kUnavailable when the machine has none.
  /// Thread-safe.
  static Result<const Libcurl*> Load();
};

}  // namespace reeve::tracking
