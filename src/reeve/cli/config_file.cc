#include "reeve/cli/config_file.h"

#include <filesystem>
#include <sstream>

#include <toml++/toml.h>

#include "reeve/base/file_system.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/cli/option.h"

namespace reeve::cli {
namespace {

constexpr std::uint64_t kMaxBytes = 1 << 20;
constexpr std::string_view kColumns = "data.columns";

std::vector<std::string> KnownKeys() {
  std::vector<std::string> keys;
  for (const Option& option : AllOptions()) {
    if (!option.key.empty()) keys.emplace_back(option.key);
  }
  return keys;
}

std::string ValueText(const toml::node& node) {
  if (const auto* const text = node.as_string()) return text->get();
  if (const auto* const flag = node.as_boolean()) return flag->get() ? "true" : "false";
  std::ostringstream out;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) out << value;
  });
  return out.str();
}

class Flattener {
 public:
  explicit Flattener(ConfigFile& config) : config_(config), known_(KnownKeys()) {}

  Status Table(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name =
          prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
      if (prefix == kColumns) {
        REEVE_RETURN_IF_ERROR(ColumnEntry(std::string(key.str()), node));
      } else if (const toml::table* const inner = node.as_table()) {
        REEVE_RETURN_IF_ERROR(Table(*inner, name));
      } else {
        REEVE_RETURN_IF_ERROR(Value(name, node));
      }
    }
    return Status::Ok();
  }

 private:
  std::string Where(const toml::node& node) const {
    return config_.path + ", line " + std::to_string(node.source().begin.line);
  }

  Status Value(const std::string& name, const toml::node& node) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      return Status::InvalidArgument(Where(node) + ": unknown key " + Quote(name) + "." +
                                     Suggest(name, known_));
    }
    std::vector<std::string>& values = config_.values[name];
    if (const toml::array* const array = node.as_array()) {
      for (const toml::node& element : *array) values.push_back(ValueText(element));
    } else {
      values.push_back(ValueText(node));
    }
    return Status::Ok();
  }

  Status ColumnEntry(const std::string& column, const toml::node& node) {
    const Result<ColumnType> type = ParseColumnType(ValueText(node));
    if (!type.ok()) return Status::InvalidArgument(Where(node) + ": " + type.status().message());
    config_.column_types[column] = *type;
    return Status::Ok();
  }

  ConfigFile& config_;
  std::vector<std::string> known_;
};

}  // namespace

std::optional<std::string> FindConfigFile() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::current_path(error);
  while (!error && !folder.empty()) {
    const std::filesystem::path candidate = folder / "reeve.toml";
    if (std::filesystem::is_regular_file(candidate, error)) return candidate.string();
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
    error.clear();
  }
  return std::nullopt;
}

Result<ConfigFile> ReadConfigFile(const std::string& path) {
  REEVE_ASSIGN_OR_RETURN(const std::string text, FileSystem::System().Read(path, kMaxBytes));
  ConfigFile config{.path = path, .values = {}, .column_types = {}};
  try {
    const toml::table table = toml::parse(text, path);
    REEVE_RETURN_IF_ERROR(Flattener(config).Table(table, ""));
  } catch (const toml::parse_error& error) {
    return Status::InvalidArgument(path + ", line " + std::to_string(error.source().begin.line) +
                                   ": " + std::string(error.description()));
  }
  return config;
}

}  // namespace reeve::cli
