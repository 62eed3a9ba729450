#pragma once

#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "reeve/server/server_metrics.h"

namespace reeve::server {

/// "name{labels}" -> value.
inline std::map<std::string, double> Samples(const ServerMetrics& metrics) {
  std::map<std::string, double> samples;
  std::istringstream text(metrics.Render(false));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("#")) continue;
    const std::size_t space = line.rfind(' ');
    EXPECT_TRUE(samples.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second)
        << line;
  }
  return samples;
}

}  // namespace reeve::server
