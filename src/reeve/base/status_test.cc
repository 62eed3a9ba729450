#include "reeve/base/status.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "reeve/base/result.h"

namespace reeve {
namespace {

TEST(StatusTest, CarriesMessageFixesAndContext) {
  const Status status =
      Status::InvalidData("line 3: found 4 fields").WithFix("mend it").WithContext("t.csv");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.message(), "t.csv: line 3: found 4 fields");
  EXPECT_EQ(status.fixes(), std::vector<std::string>{"mend it"});
}

TEST(StatusTest, SuccessTakesNoContext) {
  const Status status = Status::Ok().WithContext("t.csv");
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.message(), "");
}

TEST(StatusTest, EachMakerSetsItsCodeAndEachCodeHasANameOfItsOwn) {
  const std::vector<std::pair<Status, StatusCode>> made = {
      {Status::Ok(), StatusCode::kOk},
      {Status::InvalidArgument("x"), StatusCode::kInvalidArgument},
      {Status::InvalidData("x"), StatusCode::kInvalidData},
      {Status::RequirementUnmet("x"), StatusCode::kRequirementUnmet},
      {Status::NotFound("x"), StatusCode::kNotFound},
      {Status::AlreadyExists("x"), StatusCode::kAlreadyExists},
      {Status::Io("x"), StatusCode::kIo},
      {Status::Unavailable("x"), StatusCode::kUnavailable},
      {Status::Corrupt("x"), StatusCode::kCorrupt},
      {Status::Cancelled("x"), StatusCode::kCancelled},
      {Status::Internal("x"), StatusCode::kInternal},
  };
  std::set<std::string_view> names;
  for (const auto& [status, code] : made) {
    EXPECT_EQ(status.code(), code);
    EXPECT_TRUE(names.insert(StatusCodeName(code)).second) << StatusCodeName(code);
  }
  EXPECT_EQ(StatusCodeName(StatusCode::kInvalidData), "invalid_data");
}

Result<int> Half(int value) {
  if (value % 2 != 0) return Status::InvalidArgument("odd").WithFix("add one");
  return value / 2;
}

Result<int> Quarter(int value) {
  REEVE_ASSIGN_OR_RETURN(const int half, Half(value));
  REEVE_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status CanBeQuartered(int value) {
  REEVE_RETURN_IF_ERROR(Quarter(value).status());
  return Status::Ok();
}

TEST(ResultTest, HoldsAValueOrTheReasonThereIsNone) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_TRUE(Quarter(8).status().ok());
  EXPECT_FALSE(Quarter(6).ok());
}

TEST(ResultTest, ErrorsTravelOutwardsWhole) {
  const Status status = CanBeQuartered(6);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "odd");
  EXPECT_EQ(status.fixes(), std::vector<std::string>{"add one"});
  EXPECT_TRUE(CanBeQuartered(8).ok());
}

struct Animal {
  virtual ~Animal() = default;
  virtual int Legs() const = 0;
};
struct Bird : Animal {
  int Legs() const override { return 2; }
};

Result<std::unique_ptr<Animal>> MakeBird() { return std::make_unique<Bird>(); }

TEST(ResultTest, TakesWhatConvertsAndMovesOut) {
  EXPECT_EQ((*MakeBird())->Legs(), 2);
  const std::unique_ptr<Animal> owned = MakeBird().value();
  EXPECT_EQ(owned->Legs(), 2);
}

}  // namespace
}  // namespace reeve
