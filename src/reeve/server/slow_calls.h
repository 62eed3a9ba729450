#pragma once

#include "reeve/server/http.h"

namespace reeve::server {

/// Marks a route whose calls take as long as what they look through is large: they run on another
/// thread (Route::takes_long) while one of the last few took longer than a millisecond, and where
/// the request arrives else, since the way to another thread costs more than a short call. So at
/// most one slow call in a row keeps an I/O thread. REQUIRES: `handle` is set.
void MoveWhenSlow(Route& route);

}  // namespace reeve::server
