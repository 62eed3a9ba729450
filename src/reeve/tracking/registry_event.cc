#include "reeve/tracking/registry_event.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "reeve/base/number.h"

namespace reeve::tracking {
namespace {

constexpr std::array<std::pair<RegistryAction, std::string_view>, 8> kActions = {{
    {RegistryAction::kModelCreated, "model_created"},
    {RegistryAction::kModelRenamed, "model_renamed"},
    {RegistryAction::kModelDeleted, "model_deleted"},
    {RegistryAction::kVersionCreated, "version_created"},
    {RegistryAction::kVersionDeleted, "version_deleted"},
    {RegistryAction::kStageChanged, "stage_changed"},
    {RegistryAction::kAliasSet, "alias_set"},
    {RegistryAction::kAliasDeleted, "alias_deleted"},
}};

constexpr std::string_view kFirstStage = "None";

// Follows the events of a model and puts in what nobody recorded.
class Replay {
 public:
  Replay(std::vector<RegistryEvent>& events, std::string model)
      : events_(events), model_(std::move(model)) {}

  // `leaves`: the model goes, and what follows is of another one that gets its name.
  void Follow(const RegistryEvent& event, bool leaves) {
    exists_ = !leaves;
    if (!leaves) model_ = event.action == RegistryAction::kModelRenamed ? event.to : event.model;
    const bool is_alias =
        event.action == RegistryAction::kAliasSet || event.action == RegistryAction::kAliasDeleted;
    if (is_alias) ExpectAlias(event.alias, event.from, event.time_ms);
    if (event.action == RegistryAction::kStageChanged)
      ExpectStage(event.version, event.from, event.time_ms);
    events_.push_back(event);
    if (is_alias) SetAlias(event.alias, event.to);
    if (leaves) {
      aliases_.clear();
      stages_.clear();
      made_.clear();
    }
    switch (event.action) {
      case RegistryAction::kVersionCreated:
        made_.insert(event.version);
        break;
      case RegistryAction::kVersionDeleted:
        stages_.erase(event.version);
        made_.erase(event.version);
        break;
      case RegistryAction::kStageChanged:
        stages_[event.version] = event.to;
        break;
      default:
        break;
    }
  }

  void Arrive(const RegistryState& now) {
    if (!now.exists) {
      if (exists_) AddModelDeleted(now.time_ms);
      return;
    }
    for (const ModelVersion& version : now.versions) ExpectVersion(version);
    ExpectGone(now);
    for (const ModelVersion& version : now.versions)
      ExpectStage(version.version, version.stage, now.time_ms);
    for (const auto& [alias, version] : now.aliases)
      ExpectAlias(alias, std::to_string(version), now.time_ms);
    const auto left = aliases_;
    for (const auto& [alias, version] : left) {
      if (now.aliases.count(alias) == 0) ExpectAlias(alias, "", now.time_ms);
    }
  }

 private:
  RegistryEvent Unrecorded(RegistryAction action, std::int64_t time_ms) const {
    RegistryEvent event;
    event.time_ms = time_ms;
    event.action = action;
    event.model = model_;
    event.is_recorded = false;
    return event;
  }

  void SetAlias(const std::string& alias, const std::string& version) {
    if (version.empty()) {
      aliases_.erase(alias);
    } else {
      aliases_[alias] = version;
    }
  }

  void ExpectAlias(const std::string& alias, const std::string& version, std::int64_t time_ms) {
    const auto known = aliases_.find(alias);
    const std::string before = known == aliases_.end() ? "" : known->second;
    if (before == version) return;
    RegistryEvent event = Unrecorded(
        version.empty() ? RegistryAction::kAliasDeleted : RegistryAction::kAliasSet, time_ms);
    event.alias = alias;
    event.from = before;
    event.to = version;
    events_.push_back(std::move(event));
    SetAlias(alias, version);
  }

  void ExpectStage(std::int64_t version, const std::string& stage, std::int64_t time_ms) {
    const auto known = stages_.find(version);
    const std::string before(known == stages_.end() ? kFirstStage : known->second);
    stages_[version] = stage;
    if (before == stage) return;
    RegistryEvent event = Unrecorded(RegistryAction::kStageChanged, time_ms);
    event.version = version;
    event.from = before;
    event.to = stage;
    events_.push_back(std::move(event));
  }

  // The registry knows itself when a version was made, so that it stands in its place.
  void ExpectVersion(const ModelVersion& version) {
    if (!made_.insert(version.version).second) return;
    RegistryEvent event = Unrecorded(RegistryAction::kVersionCreated, version.created_ms);
    event.version = version.version;
    const auto place = std::find_if(
        events_.begin(), events_.end(),
        [&](const RegistryEvent& other) { return other.time_ms > version.created_ms; });
    events_.insert(place, std::move(event));
  }

  void ExpectGone(const RegistryState& now) {
    std::set<std::int64_t> present;
    for (const ModelVersion& version : now.versions) present.insert(version.version);
    for (const std::int64_t version : made_) {
      if (present.count(version) != 0) continue;
      RegistryEvent event = Unrecorded(RegistryAction::kVersionDeleted, now.time_ms);
      event.version = version;
      events_.push_back(std::move(event));
    }
  }

  void AddModelDeleted(std::int64_t time_ms) {
    events_.push_back(Unrecorded(RegistryAction::kModelDeleted, time_ms));
  }

  std::vector<RegistryEvent>& events_;
  std::string model_;
  bool exists_ = false;
  std::map<std::string, std::string> aliases_;
  // Those that left their first stage.
  std::map<std::int64_t, std::string> stages_;
  std::set<std::int64_t> made_;
};

// Which renamings brought the model to the name it has at last; the others led away from it.
std::vector<bool> Arrivals(const std::vector<RegistryEvent>& events, std::string name) {
  std::vector<bool> arrivals(events.size(), false);
  for (std::size_t i = events.size(); i-- > 0;) {
    if (events[i].action != RegistryAction::kModelRenamed || events[i].to != name) continue;
    arrivals[i] = true;
    name = events[i].from;
  }
  return arrivals;
}

}  // namespace

std::string_view RegistryActionName(RegistryAction action) {
  for (const auto& [known, name] : kActions) {
    if (known == action) return name;
  }
  return "";
}

std::optional<RegistryAction> ParseRegistryAction(std::string_view name) {
  for (const auto& [action, known] : kActions) {
    if (known == name) return action;
  }
  return std::nullopt;
}

std::vector<RegistryEvent> WithUnrecorded(const std::vector<RegistryEvent>& recorded,
                                          const RegistryState& now) {
  std::vector<RegistryEvent> events;
  Replay replay(events, now.name);
  const std::vector<bool> arrivals = Arrivals(recorded, now.name);
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const RegistryAction action = recorded[i].action;
    replay.Follow(recorded[i], action == RegistryAction::kModelDeleted ||
                                   (action == RegistryAction::kModelRenamed && !arrivals[i]));
  }
  replay.Arrive(now);
  return events;
}

std::vector<std::int64_t> AliasTrail(const std::vector<RegistryEvent>& events,
                                     const std::string& alias) {
  std::vector<std::int64_t> trail;
  for (const RegistryEvent& event : events) {
    if (event.action == RegistryAction::kModelDeleted) trail.clear();
    if (event.action == RegistryAction::kVersionDeleted) {
      std::erase(trail, event.version);
      trail.erase(std::unique(trail.begin(), trail.end()), trail.end());
    }
    if (event.action != RegistryAction::kAliasSet || event.alias != alias) continue;
    const std::int64_t version = ParseInteger(event.to).value_or(0);
    if (!trail.empty() && trail.back() == version) continue;
    if (trail.size() > 1 && trail[trail.size() - 2] == version) {
      trail.pop_back();
    } else {
      trail.push_back(version);
    }
  }
  return trail;
}

}  // namespace reeve::tracking
