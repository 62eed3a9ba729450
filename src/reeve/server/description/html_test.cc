#include "reeve/server/description/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(HtmlTest, WhatComesFromOutsideCannotBecomeMarkup) {
  Html html;
  html.Text("<script>alert('1')</script> & \"x\"");
  EXPECT_EQ(html.text(), "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;");
}

TEST(HtmlTest, AttributesKeepQuotesAndLineBreaks) {
  Html html;
  html.Attribute("value", "a\"b\r\nc");
  EXPECT_EQ(html.text(), " value=\"a&quot;b&#13;&#10;c\"");
}

TEST(HtmlTest, BytesThatAreNoTextAreReplaced) {
  Html html;
  html.Text("a\xFF\x01z\xC3\xA9\xE2\x82");
  EXPECT_EQ(html.text(), "a\xEF\xBF\xBD\xEF\xBF\xBDz\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(HtmlTest, ElementsNameTheirClassOnlyWhenTheyHaveOne) {
  Html html;
  html.Element("p", "", "a").Element("b", "x", "<");
  EXPECT_EQ(html.Take(), "<p>a</p><b class=\"x\">&lt;</b>");
}

TEST(HtmlTest, NumbersAreFitToBeRead) {
  EXPECT_EQ(Percent(0.8471), "84.7 %");
  EXPECT_EQ(Percent(1), "100.0 %");
  EXPECT_EQ(ReadableNumber(900), "900");
  EXPECT_EQ(ReadableNumber(-1'234'567), "-1,234,567");
  EXPECT_EQ(ReadableNumber(0.1 + 0.2), "0.3");
  EXPECT_EQ(ReadableNumber(109769.5), "109,770");
  EXPECT_EQ(ReadableNumber(1e300), "1e+300");
}

}  // namespace
}  // namespace reeve::server
