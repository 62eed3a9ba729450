#include "reeve/base/test_damage.h"

#include <iterator>
#include <vector>

#include <nlohmann/json.hpp>

namespace reeve {
namespace {

void Collect(Json& json, std::vector<Json*>& nodes) {
  nodes.push_back(&json);
  if (!json.is_structured()) return;
  for (Json& member : json) Collect(member, nodes);
}

// What members may become: of each type, and numbers at the edges of what readers check.
const std::vector<Json>& Values() {
  static const std::vector<Json> kValues = {
      nullptr, true,   false, 0,   1,  2,   -1,  64,  0.5,           -0.5,
      1e300,   -1e300, 1e-9,  4e9, "", "x", "n", "0", Json::array(), Json::object()};
  return kValues;
}

}  // namespace

std::size_t Damage::Below(std::size_t end) {
  std::size_t value = 0;
  for (int i = 0; i < 2 && !choices_.empty(); ++i) {
    value = value << 8 | static_cast<unsigned char>(choices_.front());
    choices_.remove_prefix(1);
  }
  return value % end;
}

void Damage::ApplyOnce(Json& document) {
  std::vector<Json*> nodes;
  Collect(document, nodes);
  Json& node = *nodes[Below(nodes.size())];
  const std::size_t copy = Values().size(), erase = copy + 1, repeat = copy + 2;
  const std::size_t kind = Below(repeat + 1);
  if (kind < copy) {
    node = Values()[kind];
  } else if (kind == copy) {
    node = Json(*nodes[Below(nodes.size())]);
  } else if (node.is_structured() && !node.empty()) {
    const auto member = std::next(node.begin(), static_cast<std::ptrdiff_t>(Below(node.size())));
    if (kind == erase) {
      node.erase(member);
    } else if (node.is_array()) {
      node.push_back(Json(*member));
    }
  }
}

void Damage::Apply(Json& document, int most) {
  for (int i = 0; i < most && !choices_.empty(); ++i) ApplyOnce(document);
}

}  // namespace reeve
