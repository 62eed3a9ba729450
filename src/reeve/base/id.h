#pragma once

#include <string>

namespace reeve {

/// 32 lower-case hexadecimal digits of a random (version 4) UUID: the form of MLflow's run ids.
/// From the system's entropy, so never the same twice and not subject to --seed. Thread-safe.
std::string NewId();

/// The same with dashes: "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
std::string NewUuid();

}  // namespace reeve
