#include "reeve/report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/report/test_report.h"

namespace reeve::report {
namespace {

using testing::HasSubstr;
using testing::Not;

RunComparison TwoRuns(const std::string& name) {
  RunComparison comparison;
  comparison.a = {.id = "1111", .name = name, .status = "FINISHED", .data_digest = "d1"};
  comparison.b = {.id = "2222", .name = "other", .status = "FAILED", .data_digest = "d2"};
  comparison.a.pictures = comparison.b.pictures = FullReport(name).pictures;
  comparison.params = {{"eta", "0.1", std::nullopt}};
  comparison.same_params = 7;
  comparison.metrics = {{"test_auc", 0.8, 0.9, evaluation::Interval{0.75, 0.85},
                         evaluation::Interval{0.86, 0.94}, true},
                        {"test_log_loss", 0.4, 0.5, evaluation::Interval{0.35, 0.45},
                         evaluation::Interval{0.42, 0.58}, false},
                        {"threshold", 0.5, 0.4, std::nullopt, std::nullopt, std::nullopt},
                        {"test_f1", 0.5, std::nullopt, std::nullopt, std::nullopt, true}};
  comparison.new_warnings = {{"tiny_class", "", "a class has 3 rows", ""}};
  comparison.gone_warnings = {{"constant_column", name, "one value", ""}};
  return comparison;
}

TEST(ComparisonTest, VerdictsFollowTheDirectionOfTheMetric) {
  const RunComparison comparison = TwoRuns("first");
  EXPECT_EQ(comparison.metrics[0].Verdict(), "better, intervals apart");
  EXPECT_EQ(comparison.metrics[1].Verdict(), "worse, intervals overlap");
  EXPECT_EQ(comparison.metrics[2].Verdict(), "");
  EXPECT_EQ(comparison.metrics[3].Verdict(), "");
  EXPECT_FALSE(comparison.metrics[3].Difference().has_value());
  MetricDifference same{.name = "test_auc", .a = 0.5, .b = 0.5, .higher_is_better = true};
  EXPECT_EQ(same.Verdict(), "same");
}

TEST(ComparisonTest, UnknownDataAreNotCalledTheSame) {
  RunComparison comparison = TwoRuns("first");
  EXPECT_EQ(comparison.IsSameData(), false);
  EXPECT_THAT(comparison.DataSentence(), HasSubstr("a difference may be that of the data"));
  comparison.b.data_digest = "d1";
  EXPECT_EQ(comparison.IsSameData(), true);
  comparison.a.data_digest = "";
  comparison.b.data_digest = "";
  EXPECT_FALSE(comparison.IsSameData().has_value());
}

TEST(ComparisonTest, ThePageDrawsBothRunsIntoOnePicture) {
  const std::string html = ComparisonHtml(TwoRuns("first"));
  EXPECT_THAT(html, HasSubstr("A: first: AUC 0.800"));
  EXPECT_THAT(html, HasSubstr("B: other: AUC 0.800"));
  EXPECT_THAT(html, HasSubstr("class=\"series s1\""));
  EXPECT_THAT(html, HasSubstr("id=\"score_distribution_a-title\""));
  EXPECT_THAT(html, HasSubstr("id=\"score_distribution_b-title\""));
  EXPECT_THAT(html, HasSubstr("tiny_class"));
  RunComparison without = TwoRuns("first");
  without.b.pictures.reset();
  EXPECT_THAT(ComparisonHtml(without), Not(HasSubstr("id=\"roc-title\"")));
}

TEST(ComparisonTest, NamesAreNeverMarkup) {
  const RunComparison comparison = TwoRuns("<script>x</script>");
  EXPECT_THAT(ComparisonHtml(comparison), Not(HasSubstr("<script")));
  EXPECT_THAT(ComparisonMarkdown(comparison), Not(HasSubstr("<script")));
}

TEST(ComparisonTest, MarkdownHasTheDifferences) {
  const std::string markdown = ComparisonMarkdown(TwoRuns("first"));
  EXPECT_THAT(markdown,
              HasSubstr("| test_auc | 0.8000 | 0.9000 | +0.1000 | better, intervals apart |"));
  EXPECT_THAT(markdown, HasSubstr("| eta | 0.1 | – |"));
  EXPECT_THAT(markdown, HasSubstr("### New warnings"));
  EXPECT_THAT(markdown, HasSubstr("- **constant_column** (first) one value"));
}

}  // namespace
}  // namespace reeve::report
