#include "reeve/server/description/form_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using contract::ContractColumn;
using testing::HasSubstr;
using testing::Not;

std::string Field(const ContractColumn& column, const FieldView& view) {
  Html html;
  AppendField(column, 7, view, html);
  return html.Take();
}

ContractColumn Education() {
  return {.name = "education",
          .type = ColumnType::kCategory,
          .required = true,
          .categories = {{"Graduate", 9}, {"Not Graduate", 3}}};
}

TEST(FormFieldTest, NumbersMayBeAnyNumber) {
  const std::string html = Field({.name = "score",
                                  .type = ColumnType::kInteger,
                                  .required = true,
                                  .minimum = 300,
                                  .maximum = 900},
                                 {.value = "600"});
  EXPECT_THAT(html, HasSubstr("type=\"number\" step=\"any\""));
  EXPECT_THAT(html, HasSubstr("name=\"score\""));
  EXPECT_THAT(html, HasSubstr(" required"));
  EXPECT_THAT(html, HasSubstr("value=\"600\""));
  EXPECT_THAT(html, HasSubstr("300 to 900 in training"));
  EXPECT_THAT(html, Not(HasSubstr("max=")));
}

TEST(FormFieldTest, LabelsBelongToTheirInputs) {
  const std::string html = Field(Education(), {.value = "Graduate"});
  EXPECT_THAT(html, HasSubstr("<label for=\"f7\">education</label>"));
  EXPECT_THAT(html, HasSubstr("<select id=\"f7\""));
  EXPECT_THAT(html, HasSubstr("aria-label=\"education: another value\""));
}

TEST(FormFieldTest, CategoriesStandInTheListByTheirNames) {
  const std::string html = Field(Education(), {.value = "Graduate"});
  EXPECT_THAT(html, HasSubstr("<option value=\"Graduate\" selected>Graduate</option>"));
  EXPECT_THAT(html, HasSubstr("<option value=\"Not Graduate\">Not Graduate</option>"));
  EXPECT_THAT(html, Not(HasSubstr("<option value=\"\"")));
}

TEST(FormFieldTest, AnUnknownCategoryStandsBesideTheList) {
  const std::string html = Field(Education(), {.value = "Post Graduate"});
  EXPECT_THAT(html, HasSubstr("<option class=\"other\" value=\"(other)\" selected>"));
  EXPECT_THAT(html, HasSubstr("name=\"education\" value=\"Post Graduate\""));
}

TEST(FormFieldTest, OptionalFieldsSaySoAndMayBeEmpty) {
  ContractColumn column = Education();
  column.required = false;
  const std::string html = Field(column, {});
  EXPECT_THAT(html, HasSubstr("<small>optional</small>"));
  EXPECT_THAT(html, HasSubstr("<option value=\"\" selected>— none —</option>"));
  EXPECT_THAT(html, Not(HasSubstr(" required")));
}

TEST(FormFieldTest, ManyCategoriesAreTypedWithSuggestions) {
  ContractColumn column = Education();
  for (int i = 0; i < 5000; ++i) column.categories.emplace_back("c" + std::to_string(i), 1);
  const std::string html = Field(column, {.value = "c4999"});
  EXPECT_THAT(html, HasSubstr("list=\"l7\""));
  EXPECT_THAT(html, HasSubstr("value=\"c4999\""));
  EXPECT_THAT(html, HasSubstr("5,002 values in training"));
  EXPECT_LT(html.size(), 20'000u);
}

TEST(FormFieldTest, TypesThatNeedOtherInputs) {
  EXPECT_THAT(Field({.name = "b", .type = ColumnType::kBoolean}, {.value = "1"}),
              HasSubstr("<option value=\"true\" selected>true</option>"));
  EXPECT_THAT(Field({.name = "t", .type = ColumnType::kText}, {.value = "a\n<b>"}),
              HasSubstr(">a&#10;&lt;b&gt;</textarea>"));
  EXPECT_THAT(Field({.name = "d", .type = ColumnType::kDatetime, .minimum = 0, .maximum = 86400},
                    {.value = "1970-01-01"}),
              HasSubstr("1970-01-01 to 1970-01-02 in training"));
  // A browser's number input would refuse it.
  EXPECT_THAT(Field({.name = "price",
                     .type = ColumnType::kReal,
                     .number_format = contract::NumberFormat::kDecorated},
                    {.value = "$3,199.00"}),
              HasSubstr("<input type=\"text\""));
  EXPECT_THAT(
      Field({.name = "price",
             .type = ColumnType::kReal,
             .number_format = contract::NumberFormat::kDecimalComma,
             .minimum = 0.5,
             .maximum = 3199},
            {.value = "12,5"}),
      testing::AllOf(HasSubstr("<input type=\"text\""), HasSubstr("0,5 to 3199 in training")));
}

TEST(FormFieldTest, AProblemIsToldAtTheField) {
  const std::string html = Field(Education(), {.problem = "A value is needed here."});
  EXPECT_THAT(html, HasSubstr("aria-invalid=\"true\""));
  EXPECT_THAT(html, HasSubstr("aria-describedby=\"h7 m7\""));
  EXPECT_THAT(html, HasSubstr("id=\"m7\" class=\"problem\">A value is needed here.</p>"));
}

TEST(FormFieldTest, NamesAndValuesCannotBecomeMarkup) {
  ContractColumn column = Education();
  column.name = "\"><script>alert(1)</script>";
  column.categories.emplace_back("<img src=x onerror=alert(2)>", 1);
  for (const std::string& value : {std::string("</select><script>"), std::string("' onfocus='x")}) {
    const std::string html = Field(column, {.value = value, .problem = value, .warning = value});
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, Not(HasSubstr("' onfocus='")));
  }
}

TEST(FormFieldTest, WhatWasSentIsFoundInEitherInput) {
  const ContractColumn column = Education();
  EXPECT_EQ(SentValue(column, {{"x", "1"}, {"education", " Graduate "}, {"education", "old"}}),
            "Graduate");
  EXPECT_EQ(SentValue(column, {{"education", "(other)"}, {"education", "Post Graduate"}}),
            "Post Graduate");
  EXPECT_EQ(SentValue(column, {{"education", "(other)"}, {"education", ""}}), "");
  EXPECT_EQ(SentValue(column, {{"education", "(other)"}}), "");
  EXPECT_EQ(SentValue(column, {}), "");
}

TEST(FormFieldTest, TheMarkerIsNoCategory) {
  ContractColumn column = Education();
  column.categories.emplace_back("(other)", 1);
  EXPECT_EQ(OtherMarker(column), "((other))");
  EXPECT_EQ(SentValue(column, {{"education", "(other)"}, {"education", ""}}), "(other)");
}

}  // namespace
}  // namespace reeve::server
