#include <algorithm>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/text.h"
#include "reeve/report/sections.h"
#include "reeve/report/style.h"
#include "reeve/report/test_report.h"
#include "reeve/report/training_report.h"

namespace reeve::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Every opened element is closed, in order; returns what is wrong, or nothing.
std::string NotWellFormed(const std::string& html) {
  const std::set<std::string> empty = {"meta", "path", "rect", "circle", "polyline", "polygon"};
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"]|\"[^\"]*\")*?)(/?)>");
  std::size_t tags = 0;
  for (auto it = std::sregex_iterator(html.begin(), html.end(), tag); it != std::sregex_iterator();
       ++it) {
    ++tags;
    const std::string name = (*it)[2];
    if ((*it)[1] == "/") {
      if (open.empty() || open.back() != name) return "</" + name + ">";
      open.pop_back();
    } else if ((*it)[4] != "/" && name != "meta") {
      open.push_back(name);
    } else if (!empty.contains(name)) {
      return "<" + name + "/>";
    }
  }
  // What is no tag is escaped.
  const auto signs = static_cast<std::size_t>(std::count(html.begin(), html.end(), '<'));
  if (signs != tags + 1) return "a < that opens nothing";  // the doctype
  return open.empty() ? "" : "open: " + open.back();
}

std::vector<std::string> Headings(const std::string& html) {
  std::vector<std::string> headings;
  const std::regex heading("<h2 id=\"([a-z_]+)\">");
  for (auto it = std::sregex_iterator(html.begin(), html.end(), heading);
       it != std::sregex_iterator(); ++it)
    headings.push_back((*it)[1]);
  return headings;
}

TEST(TrainingPageTest, HoldsItsSectionsInOrderWarningsFirst) {
  const std::string html = TrainingHtml(FullReport("income"));
  EXPECT_THAT(Headings(html), ElementsAre("warnings", "scores", "champion", "leaderboard",
                                          "threshold", "calibration", "confusion", "curves",
                                          "importance", "slices", "data", "parameters", "lineage"));
  for (const std::string& id : Headings(html))
    EXPECT_THAT(html, HasSubstr("<a href=\"#" + id + "\">"));
  EXPECT_EQ(NotWellFormed(html), "");
  EXPECT_THAT(html, HasSubstr("<code>leak_suspected</code>"));
  EXPECT_THAT(html, HasSubstr("What to do:</strong> --drop it"));
  EXPECT_THAT(html, HasSubstr("requirement_unmet"));
  EXPECT_THAT(html, HasSubstr("best single model"));
  EXPECT_THAT(html, HasSubstr("95 %: 0.750 to 0.850"));
  EXPECT_THAT(html, HasSubstr("worse than the model knows (p = 0.010)"));
  EXPECT_THAT(html, HasSubstr("harder, and the model says so (p = 0.010)"));
  EXPECT_THAT(html, HasSubstr("corrected for all that were looked at"));
}

TEST(TrainingPageTest, IsOneFileWithoutScriptsOrAnythingFromElsewhere) {
  const std::string html = TrainingHtml(FullReport("income"));
  for (const char* const word : {"<script", "<link", "<img", "@import", "url(", "src=", "http://",
                                 "https://", "onclick", "<iframe"})
    EXPECT_THAT(html, Not(HasSubstr(word)));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(html, HasSubstr("@media print"));
}

TEST(TrainingPageTest, NamesFromDataAreNeverMarkup) {
  for (const std::string name :
       {"<script>alert(1)</script>", "\"onload=\"x", "'><svg onload=x>", "a&b", "]]>", "-->",
        "</style><b>", "</title>", "日本語 \u202E evil", "x\x01y\xFFz"}) {
    const TrainingReport report = FullReport(name);
    const std::string html = TrainingHtml(report);
    EXPECT_EQ(NotWellFormed(html), "") << name;
    EXPECT_TRUE(IsUtf8(html));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<svg onload")));
    EXPECT_THAT(html, Not(HasSubstr("\"onload=")));
    for (const Picture& picture : DrawAll(report)) {
      const std::string svg = StandaloneSvg(picture);
      EXPECT_THAT(svg, Not(HasSubstr("<script")));
      EXPECT_TRUE(IsUtf8(svg));
    }
    const std::string markdown = TrainingMarkdown(report);
    EXPECT_THAT(markdown, Not(HasSubstr("<script")));
    EXPECT_THAT(markdown, Not(HasSubstr("<svg")));
  }
}

TEST(TrainingPageTest, LongNamesAreCutInPicturesAndWholeOnPointing) {
  const std::string name(5000, 'x');
  const TrainingReport report = FullReport(name);
  EXPECT_EQ(NotWellFormed(TrainingHtml(report)), "");
  for (const Picture& picture : DrawAll(report)) {
    EXPECT_LT(picture.width, 1000) << picture.name;
    // Outside of titles and descriptions nothing is longer than a picture is wide.
    const std::string shown =
        std::regex_replace(picture.body, std::regex("<title>[^<]*</title>"), "");
    EXPECT_THAT(shown, Not(HasSubstr(std::string(80, 'x')))) << picture.name;
  }
}

TEST(TrainingPageTest, WhatIsAbsentIsLeftOut) {
  const std::string html = TrainingHtml({.title = "Model"});
  EXPECT_THAT(Headings(html), ElementsAre("warnings"));
  EXPECT_THAT(html, HasSubstr("None: "));
  EXPECT_THAT(html, Not(HasSubstr("<nav")));
  EXPECT_TRUE(DrawAll({}).empty());
  EXPECT_EQ(NotWellFormed(html), "");
  EXPECT_THAT(TrainingMarkdown({.title = "Model"}), HasSubstr("No warnings."));
}

TEST(TrainingPageTest, PicturesHaveTitlesDescriptionsAndIdsOfTheirOwn) {
  const auto pictures = DrawAll(FullReport("income"));
  std::set<std::string> names;
  for (const Picture& picture : pictures) {
    names.insert(picture.name);
    const std::string svg = StandaloneSvg(picture);
    EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"" + picture.name + "-title " +
                               picture.name + "-desc\""));
    EXPECT_GT(picture.description.size(), 40U) << picture.name;
    EXPECT_THAT(svg, HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_THAT(svg, Not(HasSubstr("nan"))) << picture.name;
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("score_distribution", "calibration", "confusion",
                                                   "roc", "precision_recall", "learning_curves",
                                                   "importance", "partial_dependence", "slices"));
}

TEST(TrainingPageTest, TheSameReportIsTheSameBytes) {
  EXPECT_EQ(TrainingHtml(FullReport("income")), TrainingHtml(FullReport("income")));
  EXPECT_EQ(TrainingMarkdown(FullReport("income")), TrainingMarkdown(FullReport("income")));
}

TEST(TrainingPageTest, ManyClassesStayReadable) {
  TrainingReport report{.title = "Letters"};
  constexpr int kClasses = 60;
  report.confusion = evaluation::ConfusionMatrix{.classes = kClasses, .counts = {}};
  for (int t = 0; t < kClasses; ++t) {
    report.classes.push_back("class number " + std::to_string(t));
    for (int p = 0; p < kClasses; ++p)
      report.confusion->counts.push_back(t == p ? 90 : p == t + 1 ? t : 0);
  }
  const auto pictures = DrawAll(report);
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_THAT(pictures[0].description, HasSubstr("The first 40 of 60 classes are drawn."));
  EXPECT_TRUE(pictures[0].wide);
  const std::string html = TrainingHtml(report);
  EXPECT_EQ(NotWellFormed(html), "");
  EXPECT_THAT(html, HasSubstr("Most frequent mistakes"));
  // The largest count below the diagonal comes first.
  const std::size_t mistakes = html.find("Most frequent mistakes");
  EXPECT_LT(html.find("class number 58", mistakes), html.find("class number 50", mistakes));
}

TEST(TrainingPageTest, FoldsAreThinLinesBelowTheirMean) {
  TrainingReport report = FullReport("income");
  report.pictures.learning = {{"watched_log_loss", std::nullopt, {{0, 0.6}, {1, 0.5}}}};
  EXPECT_THAT(TrainingHtml(report), Not(HasSubstr("log loss, mean")));
  for (int fold = 0; fold < 3; ++fold)
    report.pictures.learning.push_back({"watched_log_loss", fold, {{0, 0.6}, {1, 0.5}}});
  const std::string html = TrainingHtml(report);
  EXPECT_EQ(NotWellFormed(html), "");
  const std::size_t curves = html.find("watched log loss, mean: from 0.6 to 0.5");
  ASSERT_NE(curves, std::string::npos);
  const std::string thin = "<polyline class=\"series s1 thin\"",
                    thick = "<polyline class=\"series s1 thick\"";
  EXPECT_LT(html.find(thin, curves), html.find(thick, curves));
  EXPECT_GT(html.find(thick, curves), html.rfind(thin));
  EXPECT_THAT(html, HasSubstr("watched log loss, 3 folds"));
}

TEST(TrainingPageTest, PartialDependenceHasALineForEachClass) {
  TrainingReport report{.title = "Fruits"};
  for (int c = 0; c < 9; ++c) report.classes.push_back("fruit " + std::to_string(c));
  for (const std::string column : {"weight", "colour"}) {
    for (int c = 0; c < 3; ++c) {
      const std::string label = column == "colour" ? "red" : "";
      report.pictures.partial_dependence.push_back(
          {column,
           report.classes[static_cast<std::size_t>(c)],
           {{0, label, 0.2 * c, evaluation::Interval{0, 1}}, {5, label, 0.3, std::nullopt}}});
    }
  }
  const auto pictures = DrawAll(report);
  ASSERT_EQ(pictures.size(), 1U);
  for (const char* const one : {"series s0", "series s1", "series s2", "fruit 2"})
    EXPECT_THAT(pictures[0].body, HasSubstr(one));
  EXPECT_THAT(pictures[0].body, Not(HasSubstr("series s3")));
  // Bands of several classes would hide each other.
  EXPECT_THAT(pictures[0].body, Not(HasSubstr("band")));
  const std::string html = TrainingHtml(report);
  EXPECT_EQ(NotWellFormed(html), "");
  EXPECT_THAT(html, HasSubstr("the 3 most frequent of 9 classes"));
}

TEST(TrainingPageTest, CostsOfManyClassesAreShownWithWhatTheySave) {
  TrainingReport report{.title = "Fruits", .classes = {"apple", "pear", "fig"}};
  report.cost_matrix = CostMatrix{.classes = 3, .values = {0, 1, 2, 3, 0, 4, 50, 6, 0}};
  report.costs = {{.rule = "least expected cost",
                   .test = {{0.25, 25}},
                   .out_of_fold = {{0.5, 200}},
                   .is_chosen = true},
                  {.rule = "most probable class", .test = {{0.75, 75}}, .out_of_fold = {{1, 400}}}};
  const std::string html = TrainingHtml(report);
  EXPECT_EQ(NotWellFormed(html), "");
  EXPECT_THAT(html, HasSubstr("expected cost is least"));
  for (const char* const text :
       {">50<", "per row, test", "total, out of fold", ">0.2500<", ">400<"})
    EXPECT_THAT(html, HasSubstr(text));
}

TEST(TrainingPageTest, LinesAreToldApartWithoutColour) {
  const std::string style(PictureRules());
  std::set<std::string> dashes;
  for (std::size_t i = 0; i < kSeriesStyles; ++i) {
    const std::regex rule("\\.picture \\." + SeriesClass(i) + "\\{stroke:var\\(--c" +
                          std::to_string(i) + "\\)(;stroke-dasharray:([0-9 ]+))?\\}");
    std::smatch match;
    ASSERT_TRUE(std::regex_search(style, match, rule)) << i;
    dashes.insert(match[2]);
  }
  EXPECT_EQ(dashes.size(), kSeriesStyles);
}

TEST(TrainingMarkdownTest, SaysWhatAPullRequestNeeds) {
  const std::string markdown = TrainingMarkdown(FullReport("income"));
  EXPECT_THAT(markdown, HasSubstr("| auc | 0.8000 | 0.7500 to 0.8500 | 0.8100 |"));
  EXPECT_THAT(markdown, HasSubstr("- **leak_suspected** (income) column income alone decides → "
                                  "--drop it"));
  EXPECT_THAT(markdown, HasSubstr("**requirement unmet**"));
  EXPECT_THAT(markdown, HasSubstr("**The tables differ**"));
  EXPECT_THAT(markdown, HasSubstr("| auc | 0.7900 | 0.8000 | +0.0100 | better |"));
  EXPECT_THAT(markdown, HasSubstr("| log_loss | 0.3900 | 0.4000 | +0.0100 | worse |"));
  EXPECT_THAT(markdown, HasSubstr("| ensemble |"));
  EXPECT_THAT(markdown, HasSubstr("| income = a | 80 |"));
  // Slices that are only hard, or may be luck, are no news.
  EXPECT_THAT(markdown, Not(HasSubstr("| hard |")));
}

}  // namespace
}  // namespace reeve::report
