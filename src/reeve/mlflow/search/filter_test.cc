#include "reeve/mlflow/search/filter.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/search/rules.h"

namespace reeve::mlflow {
namespace {

std::string ShownValue(const Operand& value) {
  if (const auto* const integer = std::get_if<std::int64_t>(&value)) {
    return " integer " + std::to_string(*integer);
  }
  if (const auto* const real = std::get_if<double>(&value)) return " real " + FormatNumber(*real);
  if (const auto* const text = std::get_if<std::string>(&value)) return " text " + *text;
  if (const auto* const list = std::get_if<std::vector<std::string>>(&value)) {
    return " [" + Join(*list, ", ") + "]";
  }
  return "";
}

/// "tag x = text a; metric b > real 1", or the message of the refusal.
std::string Read(SearchTarget target, const std::string& text) {
  const Result<Filter> filter = ParseFilter(target, text);
  if (!filter.ok()) return filter.status().message();
  std::vector<std::string> shown;
  for (const Comparison& comparison : *filter) {
    const std::string_view kind =
        comparison.kind == EntityKind::kParam ? "param" : EntityName(comparison.kind);
    shown.push_back(std::string(kind) + " " + comparison.key + " " +
                    std::string(OperatorName(comparison.op)) + ShownValue(comparison.value));
  }
  return Join(shown, "; ");
}

struct Case {
  SearchTarget target;
  const char* text;
  const char* expected;
};

// What MLflow 3.17.2 makes of the same texts; bare attributes under the name of their column, and
// numbers of logged models integers where they are some.
TEST(FilterTest, ReadsWhatMlflowReads) {
  const std::vector<Case> cases = {
      {SearchTarget::kRuns, "metrics.acc >= 0.94", "metric acc >= real 0.94"},
      {SearchTarget::kRuns, "metric.a>-3", "metric a > real -3"},
      {SearchTarget::kRuns, "metrics.a > 1E3", "metric a > real 1000"},
      {SearchTarget::kRuns, "metrics.a > .5 AND metrics.b < 5.",
       "metric a > real 0.5; metric b < real 5"},
      {SearchTarget::kRuns, "metrics.a = 7", "metric a = real 7"},
      {SearchTarget::kRuns, "metrics.`a.b c` != 1e-3", "metric a.b c != real 0.001"},
      {SearchTarget::kRuns, "metrics.\"a/b\" < 2", "metric a/b < real 2"},
      {SearchTarget::kRuns, "metrics.'x y' <= 1", "metric x y <= real 1"},
      {SearchTarget::kRuns, "`metrics`.a > 1", "metric a > real 1"},
      {SearchTarget::kRuns, "params.m = 'LR'", "param m = text LR"},
      {SearchTarget::kRuns, "params.m = \"LR\"", "param m = text LR"},
      {SearchTarget::kRuns, "param.m != 'a''b'", "param m != text a''b"},
      {SearchTarget::kRuns, "parameter.m LIKE '%a'", "param m LIKE text %a"},
      {SearchTarget::kRuns, "parameters.m ilike '_'", "param m ILIKE text _"},
      {SearchTarget::kRuns, "params.1abc = 'x'", "param 1abc = text x"},
      {SearchTarget::kRuns, "params.key = 'and'", "param key = text and"},
      {SearchTarget::kRuns, "tags.a.b.c = 'x'", "tag a.b.c = text x"},
      {SearchTarget::kRuns, "tags.é = 'ü'", "tag é = text ü"},
      {SearchTarget::kRuns, "tag.x = 'it\\'s'", "tag x = text it\\'s"},
      {SearchTarget::kRuns, "tags.x = \"it's\"", "tag x = text it's"},
      {SearchTarget::kRuns, "tags.x = ''", "tag x = text "},
      {SearchTarget::kRuns, "tags. = 'x'", "tag  = text x"},
      {SearchTarget::kRuns, "tags.`a 'quoted' key` = 'x'", "tag a 'quoted' key = text x"},
      {SearchTarget::kRuns, "tags.x IS NULL", "tag x IS NULL"},
      {SearchTarget::kRuns, "params.x is not null AND metrics.a > 1",
       "param x IS NOT NULL; metric a > real 1"},
      {SearchTarget::kRuns, "tags.mlflow.runName = 'x'", "tag mlflow.runName = text x"},
      {SearchTarget::kRuns, "status = 'RUNNING'", "attribute status = text RUNNING"},
      {SearchTarget::kRuns, "attributes.status != 'RUNNING'", "attribute status != text RUNNING"},
      {SearchTarget::kRuns, "attr.user_id LIKE 'a%'", "attribute user_id LIKE text a%"},
      {SearchTarget::kRuns, "run.artifact_uri ILIKE 'S3%'",
       "attribute artifact_uri ILIKE text S3%"},
      {SearchTarget::kRuns, "attribute.run_id IN ('a', \"b\",)", "attribute run_uuid IN [a, b]"},
      {SearchTarget::kRuns, "run_id not in('a' 'b')", "attribute run_uuid NOT IN [ab]"},
      {SearchTarget::kRuns, "run_id IN ('a\\'b')", "attribute run_uuid IN [a'b]"},
      {SearchTarget::kRuns, "run_name = 'x'", "attribute name = text x"},
      {SearchTarget::kRuns, "attributes.`Run name` = 'x'", "attribute name = text x"},
      {SearchTarget::kRuns, "attributes.\"run name\" = 'x'", "attribute name = text x"},
      {SearchTarget::kRuns, "created > 5", "attribute start_time > integer 5"},
      {SearchTarget::kRuns, "Created <= 1.5", "attribute start_time <= real 1.5"},
      {SearchTarget::kRuns, "start_time >= 5 end_time < 6",
       "attribute start_time >= integer 5; attribute end_time < integer 6"},
      {SearchTarget::kRuns, "datasets.name = 'a'", "dataset name = text a"},
      {SearchTarget::kRuns, "dataset.digest LIKE 'a%'", "dataset digest LIKE text a%"},
      {SearchTarget::kRuns, "datasets.context IN ('a', 'b')", "dataset context IN [a, b]"},
      {SearchTarget::kRuns, "tags.x='a'AND tags.y='b'", "tag x = text a; tag y = text b"},
      {SearchTarget::kRuns, "tags.x = 'a'\n and\ttags.y = 'b'", "tag x = text a; tag y = text b"},
      {SearchTarget::kRuns, "metrics.a > 1 AND AND metrics.b > 1",
       "metric a > real 1; metric b > real 1"},
      {SearchTarget::kRuns, "", ""},
      {SearchTarget::kExperiments, "name = 'a'", "attribute name = text a"},
      {SearchTarget::kExperiments, "attribute.name LIKE 'a%'", "attribute name LIKE text a%"},
      {SearchTarget::kExperiments, "tags.x ILIKE 'b'", "tag x ILIKE text b"},
      {SearchTarget::kExperiments, "tag.`a b` IS NULL", "tag a b IS NULL"},
      {SearchTarget::kExperiments, "creation_time > 0 AND last_update_time <= 5",
       "attribute creation_time > integer 0; attribute last_update_time <= integer 5"},
      {SearchTarget::kExperiments, "experiment_id = '3'", "attribute experiment_id = text 3"},
      {SearchTarget::kExperiments, "experiment_id NOT IN ('3', '4')",
       "attribute experiment_id NOT IN [3, 4]"},
      {SearchTarget::kRegisteredModels, "name = 'a'", "attribute name = text a"},
      {SearchTarget::kRegisteredModels, "name IN ('a', 'b')", "attribute name IN [a, b]"},
      {SearchTarget::kRegisteredModels, "attribute.name ilike 'a'", "attribute name ILIKE text a"},
      {SearchTarget::kRegisteredModels, "tags.x != 'a' AND tag.y LIKE 'b'",
       "tag x != text a; tag y LIKE text b"},
      {SearchTarget::kModelVersions, "name = 'a'", "attribute name = text a"},
      {SearchTarget::kModelVersions, "version_number >= 2", "attribute version >= integer 2"},
      {SearchTarget::kModelVersions, "version_number = '2'", "attribute version = integer 2"},
      {SearchTarget::kModelVersions, "run_id IN ('a')", "attribute run_id IN [a]"},
      {SearchTarget::kModelVersions, "source_path LIKE 's3%'", "attribute source LIKE text s3%"},
      {SearchTarget::kModelVersions, "tags.x = 'a'", "tag x = text a"},
      {SearchTarget::kLoggedModels, "name = 'a'", "attribute name = text a"},
      {SearchTarget::kLoggedModels, "name = a", "attribute name = text a"},
      {SearchTarget::kLoggedModels, "attributes.model_id IN ('a', 'b')",
       "attribute model_id IN [a, b]"},
      {SearchTarget::kLoggedModels, "metrics.val/f1 > 0.5", "metric val/f1 > real 0.5"},
      {SearchTarget::kLoggedModels, "metrics.`a b` <= -1", "metric a b <= real -1"},
      {SearchTarget::kLoggedModels, "params.lr = 0.1", "param lr = text 0.1"},
      {SearchTarget::kLoggedModels, "tags.`a.b` LIKE 'x'", "tag a.b LIKE text x"},
      {SearchTarget::kLoggedModels, "creation_time > 5",
       "attribute creation_timestamp_ms > integer 5"},
      {SearchTarget::kLoggedModels, "last_updated_timestamp != 1",
       "attribute last_updated_timestamp_ms != integer 1"},
      {SearchTarget::kLoggedModels, "model_type ILIKE 'a%' AND source_run_id = 'r'",
       "attribute model_type ILIKE text a%; attribute source_run_id = text r"},
  };
  for (const Case& c : cases) EXPECT_EQ(Read(c.target, c.text), c.expected) << c.text;
}

// The messages of MLflow 3.17.2 for the same texts, up to where they list a set.
TEST(FilterTest, RefusesWhatMlflowRefusesInItsWords) {
  const std::vector<Case> cases = {
      {SearchTarget::kRuns, "metric.acc >= 0.94; metrics.rmse < 1",
       "Search filter contained multiple expression 'metric.acc >= 0.94; metrics.rmse < 1'. "
       "Provide AND-ed expression list."},
      {SearchTarget::kRuns, "m.acc >= 0.94",
       "Invalid entity type 'm'. Valid values are ['metric', 'parameter', 'tag', 'attribute', "
       "'dataset']"},
      {SearchTarget::kRuns, "acc >= 0.94",
       "Invalid attribute key 'acc' specified. Valid keys are '"},
      {SearchTarget::kRuns, "attri.x != 1",
       "Invalid entity type 'attri'. Valid values are ['metric', 'parameter', 'tag', 'attribute', "
       "'dataset']"},
      {SearchTarget::kRuns, "metrics.A > 0.1 OR params.B = 'LR'",
       "Invalid clause(s) in filter string: 'OR'"},
      {SearchTarget::kRuns, "metrics.A > 0.1 NAND params.B = 'LR'",
       "Invalid clause(s) in filter string: 'metrics.A > 0.1 NAND'"},
      {SearchTarget::kRuns, "metrics.A > 0.1 AND (params.B = 'LR')",
       "Invalid clause(s) in filter string: '(params.B = 'LR')'"},
      {SearchTarget::kRuns, "`metrics.A > 0.1", "Invalid clause(s) in filter string: '`'"},
      {SearchTarget::kRuns, "param`.A > 0.1",
       "Invalid clause(s) in filter string: 'param', '`', '.'"},
      {SearchTarget::kRuns, "attribute.start != 1",
       "Invalid attribute key 'start' specified. Valid keys are '"},
      {SearchTarget::kRuns, "attribute.status = true",
       "Invalid clause(s) in filter string: 'attribute.status', '=', 'true'"},
      {SearchTarget::kRuns, "params.acc = LR",
       "Parameter value is either not quoted or unidentified quote types used for string value LR. "
       "Use either single or double quotes."},
      {SearchTarget::kRuns, "tags.acc = `LR`",
       "Parameter value is either not quoted or unidentified quote types used for string value "
       "`LR`. Use either single or double quotes."},
      {SearchTarget::kRuns, "params.'acc = LR",
       "Invalid clause(s) in filter string: 'params.', '''"},
      {SearchTarget::kRuns, "params.acc = 'LR",
       "Invalid clause(s) in filter string: 'params.acc', '=', ''', 'LR'"},
      {SearchTarget::kRuns, "params.acc = LR'", "Invalid clause(s) in filter string: '''"},
      {SearchTarget::kRuns, "params.acc = \"LR'",
       "Invalid clause(s) in filter string: 'params.acc', '=', '\"', 'LR', '''"},
      {SearchTarget::kRuns, "tags.acc = 3",
       "Expected a quoted string value for tag (e.g. 'my-value'). Got value 3"},
      {SearchTarget::kRuns, "metrics.acc = 'x'",
       "Expected numeric value type for metric. Found 'x'"},
      {SearchTarget::kRuns, "metrics.a > metrics.b",
       "Expected numeric value type for metric. Found metrics.b"},
      {SearchTarget::kRuns, "metrics.a LIKE 1", "Invalid comparator 'LIKE' not one of '"},
      {SearchTarget::kRuns, "metrics.a == 1", "Invalid comparator '==' not one of '"},
      {SearchTarget::kRuns, "params.a > 'x'", "Invalid comparator '>' not one of '"},
      {SearchTarget::kRuns, "params.a IN ('3')",
       "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('3')"},
      {SearchTarget::kRuns, "tags.a NOT LIKE 'x'", "Invalid comparator 'NOT LIKE' not one of '"},
      {SearchTarget::kRuns, "status > 'x'", "Invalid comparator '>' not one of '"},
      {SearchTarget::kRuns, "status IN ('x')",
       "Only ['run_id'] attributes support comparison with a list of quoted string values."},
      {SearchTarget::kRuns, "status IS NULL",
       "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'status'"},
      {SearchTarget::kRuns, "start_time = 'x'",
       "Expected numeric value type for numeric attribute: start_time. Found 'x'"},
      {SearchTarget::kRuns, "start_time LIKE 1", "Invalid comparator 'LIKE' not one of '"},
      {SearchTarget::kRuns, "run_id IN 'a'",
       "Invalid clause(s) in filter string: 'run_id', 'IN', ''a''"},
      {SearchTarget::kRuns, "run_id IN ()",
       "While parsing a list in the query, expected a non-empty list of string values, but got "
       "empty list"},
      {SearchTarget::kRuns, "run_id IN (1, 2)",
       "While parsing a list in the query, expected string value, punctuation, or whitespace, but "
       "got different type in list: (1, 2)"},
      {SearchTarget::kRuns, "run_id IN (,)",
       "While parsing a list in the query, expected a non-empty list of string values, but got "
       "ill-formed list."},
      {SearchTarget::kRuns, "datasets.colour = 'x'",
       "Invalid dataset key 'colour' specified. Valid keys are '"},
      {SearchTarget::kRuns, "datasets.name > 'x'", "Invalid comparator '>' not one of '"},
      {SearchTarget::kRuns, "dataset.name IS NULL",
       "IS NULL / IS NOT NULL is only supported for tags and params, not for 'dataset' 'name'"},
      {SearchTarget::kRuns, "metrics.a IS NULL",
       "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"},
      {SearchTarget::kRuns, "metrics.a >", "Invalid clause(s) in filter string: 'metrics.a', '>'"},
      {SearchTarget::kRuns, "= 3", "Invalid clause(s) in filter string: '=', '3'"},
      {SearchTarget::kRuns, "'a' = tags.x",
       "Invalid comparison clause. Expected 'Identifier' found ''a''"},
      {SearchTarget::kRuns, "params.a-b = 'x'",
       "Invalid comparison clause. Expected 'Identifier' found 'params.a-b'"},
      {SearchTarget::kRuns, "metrics.a > 1;", "Invalid clause(s) in filter string: ';'"},
      {SearchTarget::kRuns, "metrics.a > 1 foo",
       "Invalid clause(s) in filter string: 'metrics.a > 1 foo'"},
      {SearchTarget::kRuns, "metrics.a > 1 , metrics.b > 2",
       "Invalid clause(s) in filter string: 'metrics.a > 1 , metrics.b > 2'"},
      {SearchTarget::kRuns, "tags.x = 'a' -- c", "Invalid clause(s) in filter string: '-- c'"},
      {SearchTarget::kRuns, "metrics.a BETWEEN 1 AND 2",
       "Invalid clause(s) in filter string: 'metrics.a', 'BETWEEN', '1', '2'"},
      {SearchTarget::kRuns, "NOT metrics.a > 1", "Invalid clause(s) in filter string: 'NOT'"},
      {SearchTarget::kRuns, "tags.x = NULL",
       "Expected a quoted string value for tag (e.g. 'my-value'). Got value NULL"},
      {SearchTarget::kRuns, "  ", "Invalid filter '  '. Could not be parsed."},
      {SearchTarget::kRuns, "type = 'x'", "Invalid clause(s) in filter string: 'type', '=', ''x''"},
      {SearchTarget::kRuns, "tags.a$b = 'x'", "Invalid clause(s) in filter string: 'tags.a', '$'"},
      {SearchTarget::kExperiments, "name > 'a'", "Invalid comparator '>' not one of '"},
      {SearchTarget::kExperiments, "nonsense = 'x'",
       "Invalid attribute key 'nonsense' specified. Valid keys are '"},
      {SearchTarget::kExperiments, "name = 'a' OR name = 'b'",
       "Invalid clause(s) in filter string: OR"},
      {SearchTarget::kExperiments, "name ==", "Invalid clause(s) in filter string: name, =="},
      {SearchTarget::kExperiments, "attributes.name = 'a'",
       "Invalid entity type 'attributes'. Valid entity types are ('attribute', 'tag', 'tags')"},
      {SearchTarget::kExperiments, "name IS NULL",
       "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'"},
      {SearchTarget::kExperiments, "name IN ('a')",
       "Only ['experiment_id'] attributes support comparison with a list of quoted string values."},
      {SearchTarget::kExperiments, "creation_time = 'x'",
       "Expected numeric value type for numeric attribute: creation_time. Found 'x'"},
      {SearchTarget::kExperiments, "creation_time = 1.5",
       "Invalid value for numeric attribute 'creation_time': '1.5'"},
      {SearchTarget::kExperiments, "experiment_id LIKE 'x'",
       "Invalid comparator for experiment_id: LIKE"},
      {SearchTarget::kExperiments, "experiment_id = 'x'",
       "Invalid experiment ID 'x'. Experiment ID must be a valid integer."},
      {SearchTarget::kExperiments, "tags.a > 'x'", "Invalid comparator for tag: >"},
      {SearchTarget::kRegisteredModels, "colour = 'x'",
       "Invalid attribute key 'colour' specified. Valid keys are '"},
      {SearchTarget::kRegisteredModels, "name", "Invalid clause(s) in filter string: name"},
      {SearchTarget::kRegisteredModels, "name > 'a'", "Invalid comparator for attribute: >"},
      {SearchTarget::kRegisteredModels, "tags.k = 1",
       "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"},
      {SearchTarget::kRegisteredModels, "name = 'a' OR name = 'b'",
       "Invalid clause(s) in filter string: OR"},
      {SearchTarget::kRegisteredModels, "name = 1",
       "Expected a quoted string value or a list of quoted string values for attributes. Got value "
       "1"},
      {SearchTarget::kRegisteredModels, "tags.a > 'x'", "Invalid comparator for tag: >"},
      {SearchTarget::kRegisteredModels, "params.a = 'x'",
       "Invalid entity type 'params'. Valid entity types are ('attribute', 'tag', 'tags')"},
      {SearchTarget::kModelVersions, "colour = 'x'",
       "Invalid attribute key 'colour' specified. Valid keys are '"},
      {SearchTarget::kModelVersions, "name > 'a'", "Invalid comparator for attribute: >"},
      {SearchTarget::kModelVersions, "version_number = 1.5",
       "Invalid value for numeric attribute 'version_number': 1.5"},
      {SearchTarget::kModelVersions, "version_number LIKE 1",
       "Invalid comparator for attribute version_number: LIKE"},
      {SearchTarget::kModelVersions, "name = 1", "Only the '"},
      {SearchTarget::kModelVersions, "source_path IN ('a')",
       "Only ['name', 'run_id'] attributes support comparison with a list of quoted string "
       "values."},
      {SearchTarget::kModelVersions, "version_number = 'x'",
       "Invalid value for numeric attribute 'version_number': 'x'"},
      {SearchTarget::kLoggedModels, "name > 'a'",
       "Invalid comparison operator for attributes.name: '>'. Expected one of ("},
      {SearchTarget::kLoggedModels, "metrics.a LIKE 1",
       "Invalid comparison operator for metrics.a: 'LIKE'. Expected one of ("},
      {SearchTarget::kLoggedModels, "metric.a > 1",
       "Invalid entity type: 'metric'. Expected one of ['attributes', 'metrics', 'params', "
       "'tags']."},
      {SearchTarget::kLoggedModels, "name ==",
       "Invalid filter string: 'name =='. Expected a list of comparisons separated by 'AND' (e.g. "
       "'metrics.loss > 0.1 AND params.lr = 0.01')."},
      {SearchTarget::kLoggedModels, "name = 'a' OR name = 'b'",
       "Invalid filter string: \"name = 'a' OR name = 'b'\". Expected a list of comparisons "
       "separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01')."},
      {SearchTarget::kLoggedModels, "creation_time IN ('a')",
       "Invalid comparison operator for attributes.creation_timestamp_ms: 'IN'. Expected one of ("},
  };
  for (const Case& c : cases) {
    const Result<Filter> filter = ParseFilter(c.target, c.text);
    ASSERT_FALSE(filter.ok()) << c.text;
    EXPECT_EQ(filter.status().code(), StatusCode::kInvalidArgument) << c.text;
    EXPECT_TRUE(filter.status().message().starts_with(c.expected))
        << c.text << "\n"
        << filter.status().message() << "\n"
        << c.expected;
  }
}

TEST(FilterTest, TakesMoreThanMlflowWhereItsMeaningIsPlain) {
  // What Python prints for large numbers, and the words of the language in any case or spacing.
  EXPECT_EQ(Read(SearchTarget::kRuns, "metrics.a > 1e+20"), "metric a > real 1e+20");
  EXPECT_EQ(Read(SearchTarget::kRuns, "tags.a Is  Not   Null"), "tag a IS NOT NULL");
  EXPECT_EQ(Read(SearchTarget::kExperiments, "name like 'a%'"), "attribute name LIKE text a%");
  EXPECT_EQ(Read(SearchTarget::kLoggedModels, "name = \"a\""), "attribute name = text a");
}

TEST(FilterTest, RefusesWhatMlflowFailsAt) {
  const std::vector<Case> cases = {
      {SearchTarget::kRuns, "run_id = ('a')", "Invalid comparator '=' for ('a')"},
      {SearchTarget::kRuns, "run_id IN 'a'", "Invalid clause(s) in filter string"},
      {SearchTarget::kRuns, "run_id IN (a)", "While parsing a list in the query"},
      {SearchTarget::kRuns, "datasets.name IN 'a'", "Invalid clause(s) in filter string"},
      {SearchTarget::kRegisteredModels, "name IS NULL", "Invalid comparison clause"},
      {SearchTarget::kLoggedModels, "colour = 'x'", "Invalid attribute key 'colour'"},
      {SearchTarget::kLoggedModels, "metrics.a > 'x'", "Expected a numeric value for metric 'a'"},
      {SearchTarget::kLoggedModels, "status LIKE 'R%'", "Invalid comparison operator for"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Read(c.target, c.text).substr(0, std::string(c.expected).size()), c.expected)
        << c.text;
  }
}

TEST(FilterTest, NumbersBeyondIntegersAreReals) {
  EXPECT_EQ(Read(SearchTarget::kRuns, "start_time < 9223372036854775807"),
            "attribute start_time < integer 9223372036854775807");
  EXPECT_EQ(Read(SearchTarget::kRuns, "start_time < 99999999999999999999"),
            "attribute start_time < real 1e+20");
}

TEST(FilterTest, RefusesMoreThanAQueryCanHold) {
  std::string text = "metrics.a > 1";
  for (std::size_t i = 1; i < kMostComparisons; ++i) text += " AND metrics.a > 1";
  EXPECT_TRUE(ParseFilter(SearchTarget::kRuns, text).ok());
  EXPECT_FALSE(ParseFilter(SearchTarget::kRuns, text + " AND metrics.a > 1").ok());
}

TEST(FilterTest, RefusesWhatNoDatabaseTakes) {
  using std::string_literals::operator""s;
  EXPECT_FALSE(ParseFilter(SearchTarget::kRuns, "tags.a = 'x\0y'"s).ok());
  EXPECT_FALSE(ParseFilter(SearchTarget::kRuns, "tags.a = '\xff'").ok());
}

TEST(FilterTest, MessagesStayOnOneShortLine) {
  const std::string text = "metrics.a = '" + std::string(100'000, 'x') + "\n" + "' ";
  const Status status = ParseFilter(SearchTarget::kRuns, text).status();
  ASSERT_FALSE(status.ok());
  EXPECT_LT(status.message().size(), 900U);
  EXPECT_EQ(status.message().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace reeve::mlflow
