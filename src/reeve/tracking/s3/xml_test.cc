#include "reeve/tracking/s3/xml.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

TEST(XmlTest, ReadsElementsTextsAndEntities) {
  const auto root = ParseXml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <a> -->"
      "<Result xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\" b = 'x>y'>\n"
      "  <Key>a &amp;&lt;b&gt;&quot;&apos; &#252;&#x1F600;</Key><Size>12</Size><Empty/>"
      "<Empty  />x<!-- y -->z<Key>second</Key>\n</Result >\n");
  ASSERT_TRUE(root.ok()) << root.status().message();
  EXPECT_EQ(root->name, "Result");
  EXPECT_EQ(root->text, "\n  xz\n");
  EXPECT_EQ(root->TextOf("Key"), "a &<b>\"' ü😀");
  EXPECT_EQ(root->TextOf("Size"), "12");
  ASSERT_NE(root->Find("Empty"), nullptr);
  EXPECT_EQ(root->TextOf("Empty"), "");
  EXPECT_EQ(root->Find("key"), nullptr);
  EXPECT_EQ(root->children.size(), 5u);
}

TEST(XmlTest, WhatIsNotWellFormedOrNotExpectedIsRefused) {
  for (const char* text : {"",
                           "text",
                           "<a>",
                           "<a></b>",
                           "<a><b></a></b>",
                           "<a/><b/>",
                           "<a/>x",
                           "<a b></a>",
                           "<a b=c></a>",
                           "<a b='c></a>",
                           "<>x</>",
                           "< a/>",
                           "<a>&</a>",
                           "<a>&amp</a>",
                           "<a>&unknown;</a>",
                           "<a>&#;</a>",
                           "<a>&#x;</a>",
                           "<a>&#xD800;</a>",
                           "<a>&#x110000;</a>",
                           "<a>&#0;</a>",
                           "<a>&#-1;</a>",
                           "<a>&#99999999999;</a>",
                           "<a>\xff</a>",
                           "<a><!-- </a>",
                           "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
                           "<a><![CDATA[x]]></a>",
                           "<a><?php ?></a>",
                           "<a1><b><c><d><e><f><g><h><i/></h></g></f></e></d></c></b></a1>"})
    EXPECT_EQ(ParseXml(text).status().code(), StatusCode::kCorrupt) << text;
  EXPECT_TRUE(ParseXml("<a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a>").ok());
}

TEST(XmlTest, WhatIsEscapedIsReadBack) {
  const std::string text = "a<b>&\"'ü";
  EXPECT_EQ(ParseXml("<a>" + EscapeXml(text) + "</a>")->text, text);
}

}  // namespace
}  // namespace reeve::tracking
