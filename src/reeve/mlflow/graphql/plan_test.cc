#include "reeve/mlflow/graphql/plan.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/mlflow/graphql/parser.h"

namespace reeve::mlflow::graphql {
namespace {

std::string Show(const std::vector<PlannedField>& fields) {
  std::string shown;
  for (const PlannedField& field : fields) {
    if (!shown.empty()) shown += " ";
    shown += field.response_name;
    if (field.argument) shown += "(" + *field.argument + ")";
    if (!field.children.empty()) shown += "{" + Show(field.children) + "}";
  }
  return shown;
}

/// The plan's fields, or what is wrong.
std::string Plan(std::string_view text, const Json& variables = {},
                 const std::string& operation = "") {
  const Result<Document> document = ParseDocument(text);
  if (!document.ok()) return document.status().message();
  const auto plan = MakePlan(*document, {.operation = operation, .variables = variables});
  return plan.ok() ? Show(plan->fields) : plan.status().message();
}

constexpr const char* kRun =
    "query Q($d: MlflowGetRunInput!) {mlflowGetRun(input: $d) {run {info "
    "{runId}}}}";

TEST(PlanTest, FragmentsAreSpreadAndFieldsMerged) {
  EXPECT_EQ(Plan("{mlflowGetRun(input: {runId: \"a\"}) {...R run {info {n: runName}} ... "
                 "{__typename}}} fragment R on MlflowGetRunResponse {run {info {...I} data {tags "
                 "{key}}}} fragment I on MlflowRunInfo {runId runId}"),
            R"(mlflowGetRun({"run_id":"a"}){run{info{runId n} data{tags{key}}} __typename})");
}

TEST(PlanTest, SkipAndInclude) {
  const char* const query =
      "query Q($s: Boolean!) {a: test @skip(if: $s) {output} ...F @include(if: $s) "
      "... @include(if: false) {c: test {output}}} fragment F on Query {b: test {output}}";
  EXPECT_EQ(Plan(query, {{"s", true}}), "b{output}");
  EXPECT_EQ(Plan(query, {{"s", false}}), "a{output}");
  EXPECT_EQ(Plan("{test @skip(if: true) {nope}}"), "Cannot query field 'nope' on type 'Test'.");
  EXPECT_EQ(Plan("query Q($s: Boolean) {test @skip(if: $s) {output}}"),
            "Variable '$s' of type 'Boolean' used in position expecting type 'Boolean!'.");
  EXPECT_EQ(Plan("query Q($s: Boolean = true) {test @skip(if: $s) {output}}"), "");
}

TEST(PlanTest, VariablesHaveTheirTypes) {
  EXPECT_EQ(Plan(kRun, {{"d", {{"runId", "a"}}}}),
            R"(mlflowGetRun({"run_id":"a"}){run{info{runId}}})");
  EXPECT_EQ(Plan(kRun), "Variable '$d' of required type 'MlflowGetRunInput!' was not provided.");
  EXPECT_EQ(Plan(kRun, {{"d", nullptr}}),
            "Variable '$d' of non-null type 'MlflowGetRunInput!' must not be null.");
  EXPECT_EQ(Plan(kRun, {{"d", {{"runId", 5}}}}),
            "Variable '$d' got invalid value 5 at 'd.runId'; String cannot represent a non string "
            "value: 5");
  EXPECT_EQ(Plan(kRun, {{"d", {{"nope", 5}}}}),
            "Variable '$d' got invalid value {\"nope\":5}; Field 'nope' is not defined by type "
            "'MlflowGetRunInput'.");
  EXPECT_EQ(Plan(kRun, {{"d", "a"}}),
            "Variable '$d' got invalid value \"a\"; Expected type 'MlflowGetRunInput' to be a "
            "mapping.");
}

TEST(PlanTest, NumbersListsAndEnums) {
  const char* const query =
      "query Q($i: [String], $n: Int = 7, $v: MlflowViewType) {mlflowSearchRuns(input: "
      "{experimentIds: $i, maxResults: $n, runViewType: $v}) {nextPageToken}}";
  EXPECT_EQ(Plan(query), R"(mlflowSearchRuns({"max_results":7}){nextPageToken})");
  EXPECT_EQ(
      Plan(query, {{"i", "1"}, {"n", 2.0}, {"v", "ALL"}}),
      R"(mlflowSearchRuns({"experiment_ids":["1"],"max_results":2,"run_view_type":"ALL"}){nextPageToken})");
  EXPECT_EQ(Plan(query, {{"i", {"1", 2}}}),
            "Variable '$i' got invalid value 2 at 'i[1]'; String cannot represent a non string "
            "value: 2");
  EXPECT_EQ(Plan(query, {{"n", 1.5}}),
            "Variable '$n' got invalid value 1.5; Int cannot represent non-integer value: 1.5");
  EXPECT_EQ(Plan(query, {{"n", 3000000000}}),
            "Variable '$n' got invalid value 3000000000; Int cannot represent non 32-bit signed "
            "integer value: 3000000000");
  EXPECT_EQ(Plan(query, {{"v", "X"}}),
            "Variable '$v' got invalid value \"X\"; Value 'X' does not exist in 'MlflowViewType' "
            "enum.");
  const auto literal = [](const std::string& input) {
    return Plan("{mlflowSearchRuns(input: " + input + ") {nextPageToken}}");
  };
  EXPECT_EQ(literal("{runViewType: \"ALL\"}"),
            "Enum 'MlflowViewType' cannot represent non-enum value: \"ALL\".");
  EXPECT_EQ(literal("{maxResults: \"1\"}"), "Int cannot represent non-integer value: \"1\"");
  EXPECT_EQ(literal("{orderBy: \"a\", orderBy: \"b\"}"),
            "There can be only one input field named 'orderBy'.");
  EXPECT_EQ(literal("5"), "Expected value of type 'MlflowSearchRunsInput', found 5.");
}

TEST(PlanTest, LongNumbersMayBeTexts) {
  const char* const query =
      "query Q($m: LongString) {mlflowSearchModelVersions(input: {maxResults: $m}) "
      "{nextPageToken}}";
  EXPECT_EQ(Plan(query, {{"m", "3000000000"}}),
            R"(mlflowSearchModelVersions({"max_results":3000000000}){nextPageToken})");
  EXPECT_EQ(Plan(query, {{"m", "x"}}),
            "Variable '$m' got invalid value \"x\"; Expected value of type 'LongString', found "
            "\"x\".");
}

TEST(PlanTest, MistakesInFields) {
  EXPECT_EQ(Plan("{test}"),
            "Field 'test' of type 'Test' must have a selection of subfields. Did you mean 'test { "
            "... }'?");
  EXPECT_EQ(Plan("{test {output {x}}}"),
            "Field 'output' must not have a selection since type 'String' has no subfields.");
  EXPECT_EQ(Plan("{test(input: \"a\") {output}}"),
            "Unknown argument 'input' on field 'Query.test'.");
  EXPECT_EQ(Plan("{test(inputString: \"a\", inputString: \"b\") {output}}"),
            "There can be only one argument named 'inputString'.");
  EXPECT_EQ(Plan("{test {output} test(inputString: \"b\") {output}}"),
            "Fields 'test' conflict because they have differing arguments. Use different aliases "
            "on the fields to fetch both if this was intentional.");
  EXPECT_EQ(Plan("{a: test {output} a: __typename}"),
            "Fields 'a' conflict because 'test' and '__typename' are different fields. Use "
            "different aliases on the fields to fetch both if this was intentional.");
}

TEST(PlanTest, MistakesInFragments) {
  EXPECT_EQ(Plan("{...F}"), "Unknown fragment 'F'.");
  EXPECT_EQ(Plan("{__typename} fragment F on Query {__typename}"), "Fragment 'F' is never used.");
  EXPECT_EQ(Plan("{...F} fragment F on Query {...F}"), "Cannot spread fragment 'F' within itself.");
  EXPECT_EQ(Plan("{...F} fragment F on Nope {a}"), "Unknown type 'Nope'.");
  EXPECT_EQ(Plan("{... on String {a}}"),
            "Fragment cannot condition on non composite type 'String'.");
  EXPECT_EQ(Plan("{...F} fragment F on Test {output}"),
            "Fragment 'F' cannot be spread here as objects of type 'Query' can never be of type "
            "'Test'.");
}

TEST(PlanTest, MistakesInOperations) {
  EXPECT_EQ(Plan("subscription {a}"),
            "Schema is not configured to execute subscription operation.");
  EXPECT_EQ(Plan("{__typename}", {}, "B"), "Unknown operation named 'B'.");
  EXPECT_EQ(Plan("query A {__typename} query B {b: __typename}", {}, "B"), "b");
  EXPECT_EQ(Plan("query A {__typename} query B {__typename}"),
            "Must provide operation name if query contains multiple operations.");
  EXPECT_EQ(Plan("query A {__typename} query A {__typename}"),
            "There can be only one operation named 'A'.");
  EXPECT_EQ(Plan("{__typename} {__typename}"),
            "This anonymous operation must be the only defined operation.");
  EXPECT_EQ(Plan("query Q @component {__typename}"),
            "Directive '@component' argument 'name' of type 'String!' is required, but it was not "
            "provided.");
  EXPECT_EQ(Plan("query Q @nope {__typename}"), "Unknown directive '@nope'.");
}

TEST(PlanTest, MistakesInVariables) {
  EXPECT_EQ(Plan("{test(inputString: $x) {output}}"), "Variable '$x' is not defined.");
  EXPECT_EQ(Plan("query Q($x: String) {__typename}"),
            "Variable '$x' is never used in operation 'Q'.");
  EXPECT_EQ(Plan("query Q($x: Int) {test(inputString: $x) {output}}"),
            "Variable '$x' of type 'Int' used in position expecting type 'String'.");
  EXPECT_EQ(Plan("query Q($x: Nope) {test(inputString: $x) {output}}"), "Unknown type 'Nope'.");
  EXPECT_EQ(Plan("query Q($x: Test) {test(inputString: $x) {output}}"),
            "Variable '$x' cannot be non-input type 'Test'.");
  EXPECT_EQ(Plan("query Q($x: String, $x: String) {test(inputString: $x) {output}}"),
            "There can be only one variable named '$x'.");
}

}  // namespace
}  // namespace reeve::mlflow::graphql
