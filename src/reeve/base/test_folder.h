#pragma once

#include <filesystem>
#include <string>

#include "reeve/base/id.h"

namespace reeve {

/// For tests: an empty folder of its own below the system's temporary one, removed with all it
/// holds at the end.
class TestFolder {
 public:
  TestFolder() : path_(std::filesystem::temp_directory_path() / ("reeve-test-" + NewId())) {
    std::filesystem::create_directory(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  /// The path of `name` in the folder; of the folder itself for "".
  std::string Path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace reeve
