#pragma once

namespace reeve::cli {

/// The program. Returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 the data are at fault, 4
/// a required quality is not met, 130 or 143 interrupted.
int Main(int argc, char** argv);

}  // namespace reeve::cli
