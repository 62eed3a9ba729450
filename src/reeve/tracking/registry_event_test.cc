#include "reeve/tracking/registry_event.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

RegistryEvent Event(RegistryAction action, std::int64_t time_ms) {
  RegistryEvent event;
  event.time_ms = time_ms;
  event.action = action;
  event.model = "loans";
  event.actor = "ann";
  return event;
}

RegistryEvent Alias(const std::string& from, const std::string& to, std::int64_t time_ms = 10) {
  RegistryEvent event =
      Event(to.empty() ? RegistryAction::kAliasDeleted : RegistryAction::kAliasSet, time_ms);
  event.alias = "champion";
  event.from = from;
  event.to = to;
  return event;
}

RegistryEvent Renamed(const std::string& from, const std::string& to) {
  RegistryEvent event = Event(RegistryAction::kModelRenamed, 10);
  event.model = event.from = from;
  event.to = to;
  return event;
}

RegistryEvent Made(std::int64_t version, std::int64_t time_ms) {
  RegistryEvent event = Event(RegistryAction::kVersionCreated, time_ms);
  event.version = version;
  return event;
}

ModelVersion Present(std::int64_t version, std::int64_t created_ms,
                     const std::string& stage = "None") {
  ModelVersion present;
  present.version = version;
  present.created_ms = created_ms;
  present.stage = stage;
  return present;
}

RegistryState State() {
  RegistryState state;
  state.name = "loans";
  state.exists = true;
  state.time_ms = 99;
  return state;
}

// "alias_set 1>2", with "?" behind what nobody recorded.
std::vector<std::string> Words(const std::vector<RegistryEvent>& events) {
  std::vector<std::string> words;
  for (const RegistryEvent& event : events) {
    std::string word(RegistryActionName(event.action));
    word += " " + event.from + ">" + event.to;
    if (event.version > 0) word += " v" + std::to_string(event.version);
    if (!event.is_recorded) word += "?" + std::to_string(event.time_ms);
    words.push_back(word);
  }
  return words;
}

using Texts = std::vector<std::string>;

TEST(RegistryEventTest, NamesOfActionsAreReadBack) {
  for (int i = 0; i < 8; ++i) {
    const auto action = static_cast<RegistryAction>(i);
    EXPECT_EQ(ParseRegistryAction(RegistryActionName(action)), action);
  }
  EXPECT_FALSE(ParseRegistryAction("model_eaten"));
}

TEST(RegistryEventTest, ACompleteRecordStaysAsItIs) {
  const std::vector<RegistryEvent> recorded = {Event(RegistryAction::kModelCreated, 1), Made(1, 2),
                                               Alias("", "1"), Made(2, 11), Alias("1", "2", 12)};
  RegistryState now = State();
  now.versions = {Present(1, 2), Present(2, 11)};
  now.aliases["champion"] = 2;
  EXPECT_EQ(Words(WithUnrecorded(recorded, now)), Words(recorded));
}

TEST(RegistryEventTest, WhatAnotherProgramMovedIsPutBetween) {
  const auto events = WithUnrecorded({Alias("", "1"), Alias("3", "2", 20)}, State());
  EXPECT_EQ(Words(events),
            (Texts{"alias_set >1", "alias_set 1>3?20", "alias_set 3>2", "alias_deleted 2>?99"}));
  EXPECT_EQ(events[1].actor, "");
}

TEST(RegistryEventTest, WhatIsThereNowIsComparedWithTheLastRecord) {
  RegistryState now = State();
  now.aliases = {{"champion", 2}, {"other", 1}};
  now.versions = {Present(1, 5), Present(2, 15, "Production")};
  EXPECT_EQ(Words(WithUnrecorded({Alias("", "1")}, now)),
            (Texts{"version_created > v1?5", "alias_set >1", "version_created > v2?15",
                   "stage_changed None>Production v2?99", "alias_set 1>2?99", "alias_set >1?99"}));
}

TEST(RegistryEventTest, VersionsAndModelsThatAreGoneAreNoted) {
  EXPECT_EQ(Words(WithUnrecorded({Made(1, 2)}, State())),
            (Texts{"version_created > v1", "version_deleted > v1?99"}));
  RegistryState gone = State();
  gone.exists = false;
  EXPECT_EQ(Words(WithUnrecorded({Made(1, 2)}, gone)),
            (Texts{"version_created > v1", "model_deleted >?99"}));
  EXPECT_EQ(WithUnrecorded({Made(1, 2), Event(RegistryAction::kModelDeleted, 3)}, gone).size(), 2u);
}

TEST(RegistryEventTest, ARenamedModelIsGoneUnderItsOldNameAndGoesOnUnderTheNew) {
  const std::vector<RegistryEvent> recorded = {Alias("", "1"), Renamed("loans", "credits")};
  RegistryState old = State();
  old.exists = false;
  EXPECT_EQ(WithUnrecorded(recorded, old).size(), 2u);
  RegistryState now = State();
  now.name = "credits";
  now.aliases["champion"] = 1;
  EXPECT_EQ(WithUnrecorded(recorded, now).size(), 2u);
}

TEST(RegistryEventTest, ATrailGoesBackAndForward) {
  EXPECT_EQ(AliasTrail({Alias("", "1"), Alias("1", "2"), Alias("2", "5")}, "champion"),
            (std::vector<std::int64_t>{1, 2, 5}));
  EXPECT_EQ(
      AliasTrail({Alias("", "1"), Alias("1", "2"), Alias("2", "5"), Alias("5", "2")}, "champion"),
      (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(AliasTrail({Alias("", "3"), Alias("3", "1"), Alias("1", "4")}, "champion"),
            (std::vector<std::int64_t>{3, 1, 4}));
  EXPECT_TRUE(AliasTrail({Alias("", "1")}, "challenger").empty());
  RegistryEvent deleted = Event(RegistryAction::kVersionDeleted, 13);
  deleted.version = 2;
  EXPECT_EQ(AliasTrail({Alias("", "1"), Alias("1", "2"), Alias("2", "1"), Alias("1", "2"),
                        Alias("2", "4"), deleted, Alias("4", "1")},
                       "champion"),
            (std::vector<std::int64_t>{1}));
  EXPECT_EQ(AliasTrail({Alias("", "1"), Event(RegistryAction::kModelDeleted, 3), Alias("", "2")},
                       "champion"),
            (std::vector<std::int64_t>{2}));
}

}  // namespace
}  // namespace reeve::tracking
