#include "reeve/mlflow/json_writer.h"

#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

TEST(JsonWriterTest, PutsCommasWhereTheyBelong) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  writer.Member("a", "x");
  writer.Key("b");
  writer.BeginArray();
  writer.Integer(-1);
  writer.BeginObject();
  writer.EndObject();
  writer.Null();
  writer.EndArray();
  writer.MemberUnlessEmpty("c", "");
  writer.BoolMember("d", true);
  writer.EndObject();
  EXPECT_EQ(out, R"({"a":"x","b":[-1,{},null],"d":true})");
}

TEST(JsonWriterTest, PairsAreLeftOutWhenThereAreNone) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  writer.PairsUnlessEmpty("none", std::map<std::string, std::string>());
  writer.PairsUnlessEmpty("tags", std::map<std::string, std::string>{{"a", "x"}, {"b", ""}});
  writer.EndObject();
  EXPECT_EQ(out, R"({"tags":[{"key":"a","value":"x"},{"key":"b","value":""}]})");
}

TEST(JsonWriterTest, WritesNumbersAsMlflowDoes) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginArray();
  for (const double number :
       {1.0, 0.1, 1e300, -0.0, double{NAN}, double{INFINITY}, -double{INFINITY}})
    writer.Real(number);
  writer.EndArray();
  EXPECT_EQ(out, R"([1.0,0.1,1e+300,-0.0,"NaN","Infinity","-Infinity"])");
}

TEST(JsonWriterTest, EscapesAndRepairsText) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginArray();
  writer.Text("\"\\\n\t\r\x01 \xC3\xA4");
  writer.Text("\xFF");
  writer.EndArray();
  EXPECT_EQ(out, "[\"\\\"\\\\\\n\\t\\r\\u0001 \xC3\xA4\",\"\xEF\xBF\xBD\"]");
}

}  // namespace
}  // namespace reeve::mlflow
