#include "reeve/server/scoring/csv_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/text.h"
#include "reeve/server/scoring/test_service.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class FixedClock final : public Clock {
 public:
  std::int64_t NowMs() const override { return 1'773'397'800'000; }
  double MonotonicSeconds() const override { return 0; }
};

class CsvStreamTest : public testing::Test {
 protected:
  void SetUp() override { service_.context.clock = &clock_; }

  // As the transport does it: the head goes out when the stream is ready.
  Response Post(const std::string& body, std::size_t piece, std::string_view path = "/predict/csv",
                std::string_view type = "text/csv") {
    const Route route = CsvRoute(service_.context);
    Response response;
    auto stream = route.open(TestService::MakeRequest(path, {{"Content-Type", type}}), response);
    if (stream == nullptr) return response;
    bool ready = false;
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += piece) {
      // Each piece at an address of its own, gone after the call.
      stream->OnBytes(std::string(body, at, piece), out);
      ready = ready || stream->Ready(response);
      if (ready && response.status >= 400) return response;
    }
    stream->OnEnd(out);
    ready = ready || stream->Ready(response);
    EXPECT_TRUE(ready);
    if (response.status < 400) response.body = out;
    return response;
  }
  // The answer, wherever the pieces of the body end.
  Response Post(const std::string& body, std::string_view path = "/predict/csv",
                std::string_view type = "text/csv") {
    const Response whole = Post(body, body.size() + 1, path, type);
    for (const std::size_t piece : {1U, 2U, 7U, 64U}) {
      const Response response = Post(body, piece, path, type);
      EXPECT_EQ(response.status, whole.status) << piece;
      EXPECT_EQ(response.body, whole.body) << piece;
    }
    return whole;
  }
  std::vector<std::string> Lines(const std::string& body, std::string_view path = "/predict/csv",
                                 std::string_view type = "text/csv") {
    const Response response = Post(body, path, type);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "text/csv; charset=utf-8");
    std::vector<std::string> lines = Split(response.body, '\n');
    EXPECT_EQ(lines.back(), "");
    lines.pop_back();
    return lines;
  }

  FixedClock clock_;
  TestService service_;
};

constexpr const char* kHeader = "prediction,probability,model_version,scored_at,error";
constexpr const char* kTail = ",3,2026-03-13T10:30:00Z,";

TEST_F(CsvStreamTest, EachRowHasItsAnswer) {
  const auto lines = Lines("age,city,income,married\r\n30,Ely,2.5,true\r\n41,York,,\r\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], kHeader);
  EXPECT_THAT(lines[1], testing::EndsWith(kTail));
  EXPECT_THAT(lines[1], testing::MatchesRegex("(yes|no),0\\..*"));
  EXPECT_NE(lines[1], lines[2]);
}

TEST_F(CsvStreamTest, ReadsWhatFilesHold) {
  const auto want = Lines("age,city\n30,Ely\n41,York\n");
  for (const std::string& body :
       {std::string("\xEF\xBB\xBF"
                    "age,city\r\n30,Ely\r\n41,York"),
        std::string("\n\nage;city\n\n\"30\";\"Ely\"\n 41 ; York \n\n"),
        std::string("age\tcity\r30\tEly\r41\tYork\r"), std::string("age|city\n30|Ely\n41|York\n"),
        std::string("answer,city,age\nyes,Ely,30\n,York,41\n"),
        std::string("age,\"city\"\n30,\"Ely\"\n41,\"York\"\n")})
    EXPECT_EQ(Lines(body), want) << body;
}

TEST_F(CsvStreamTest, CopiesColumnsThatAreAskedFor) {
  const std::string body = "id,age,\"a \"\"b\"\"\"\n7,30,\"x,\"\"y\"\"\"\n8,,\n9\n";
  auto lines = Lines(body, "/predict/csv?keep=a+%22b%22&keep=id");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[0], StartsWith("\"a \"\"b\"\"\",id,prediction,"));
  EXPECT_THAT(lines[1], StartsWith("\"x,\"\"y\"\"\",7,"));
  EXPECT_THAT(lines[2], StartsWith(",8,,,,,"));
  EXPECT_THAT(lines[3], StartsWith(",,,,,,"));
  lines = Lines(body, "/predict/csv?keep_all=true&probabilities=true");
  EXPECT_THAT(lines[0], StartsWith("id,age,\"a \"\"b\"\"\",prediction,probability,probability_no,"
                                   "probability_yes,model_version,"));
  EXPECT_THAT(lines[2], StartsWith("8,,,,,,,,,"));
}

TEST_F(CsvStreamTest, BadRowsKeepTheirPlaceAndSayWhy) {
  const auto lines = Lines(
      "age,city\n30,Ely\n,York\nabc,York\n30\n30,Ely,x\n30,\xFF\n30,\"Ely\"x\n30,Ely\n30,\"Ely\n");
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[8], lines[1]);
  const std::vector<std::pair<std::size_t, const char*>> expected = {
      {2, "age: missing, expected integer"},
      {3, "\"age: wrong_type, expected integer, got \"\"abc\"\"\""},
      {4, "\"found 1 fields, expected 2\""},
      {5, "\"found 3 fields, expected 2\""},
      {6, "found bytes that are no UTF-8"},
      {7, "\"found text behind a closing quote"},
      {9, "a quote is not closed"}};
  for (const auto& [line, error] : expected) {
    EXPECT_THAT(lines[line], StartsWith(",,,,")) << line;
    EXPECT_THAT(lines[line], HasSubstr(error)) << line;
  }
}

TEST_F(CsvStreamTest, ManyRowsComeInTheirOrder) {
  std::string body = "id,age,city\n";
  for (int i = 0; i < 5000; ++i)
    body += std::to_string(i) + (i % 7 == 3 ? ",," : ",33,") + (i % 2 ? "Ely\n" : "York\n");
  const Response response = Post(body, 1000, "/predict/csv?keep=id");
  const auto lines = Split(response.body, '\n');
  ASSERT_EQ(lines.size(), 5002U);
  for (int i = 0; i < 5000; ++i) {
    const std::string& line = lines[static_cast<std::size_t>(i) + 1];
    ASSERT_EQ(line.substr(0, line.find(',')), std::to_string(i));
    ASSERT_EQ(line.find("missing") != std::string::npos, i % 7 == 3) << line;
  }
  EXPECT_EQ(Post(body, body.size(), "/predict/csv?keep=id").body, response.body);
}

TEST_F(CsvStreamTest, AHeaderThatCannotBeUsedIsRefused) {
  const auto expect = [&](const std::string& body, const std::string& message,
                          std::string_view path = "/predict/csv") {
    const Response response = Post(body, path);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_THAT(response.body, StartsWith("{\"error\":{\"code\":\"")) << body;
    EXPECT_THAT(response.body, HasSubstr(message)) << body;
  };
  expect("city,agee\nYork,1\n", "\"field\":\"age\"");
  expect("", "empty");
  expect("\n\n", "blank");
  expect("age,age\n1,1\n", "twice");
  expect("\"age\"x,city\n1,York\n", "behind a closing quote");
  expect("age,\xFF\n1,York\n", "UTF-8");
  expect("age,city\n1,York\n", "Did you mean", "/predict/csv?keep=citty");
  expect("age,city\n1,York\n", "reeve predict --reasons", "/predict/csv?reasons=3");
  service_.context.strict = true;
  expect("age,citty\n1,York\n", "Did you mean");
}

TEST_F(CsvStreamTest, AQueryThatIsNotKnownIsRefused) {
  for (const char* path : {"/predict/csv?kep=a", "/predict/csv?probabilities=maybe"})
    EXPECT_EQ(Post("age\n1\n", path).status, 400) << path;
  EXPECT_EQ(Post("age\n1\n", "/predict/csv?model=other").status, 404);
  EXPECT_EQ(Post("age\n1\n", "/predict/csv?&model=loans&version=3&keep_all=0").status, 200);
}

TEST_F(CsvStreamTest, TakesCsvAndFormsOnly) {
  for (const char* type : {"application/json", "text/plain", "", "text/csv; charset=latin-1"})
    EXPECT_EQ(Post("age\n1\n", 99, "/predict/csv", type).status, 415) << type;
  EXPECT_EQ(Post("age\n1\n", 99, "/predict/csv", "multipart/form-data").status, 400);
  EXPECT_EQ(Post("age\n1\n", 99, "/predict/csv", "text/csv;charset=utf-8;header=present").status,
            200);
}

constexpr const char* kFormType = "multipart/form-data; boundary=XX";
constexpr const char* kPart = "--XX\r\nContent-Disposition: form-data; filename=a.csv\r\n\r\n";

TEST_F(CsvStreamTest, ReadsTheFileOfAForm) {
  const std::string csv = "age,city\r\n30,Ely\r\n41,York\r\n";
  EXPECT_EQ(Lines(kPart + csv + "\r\n--XX--\r\n", "/predict/csv", kFormType), Lines(csv));
}

TEST_F(CsvStreamTest, AFormThatIsNotWholeSaysSo) {
  const std::string csv = "age,city\r\n30,Ely\r\n";
  EXPECT_EQ(Post("age\n1\n", "/predict/csv", kFormType).status, 400);
  EXPECT_EQ(Post(kPart, "/predict/csv", kFormType).status, 400);
  EXPECT_EQ(Post("--XX--", "/predict/csv", kFormType).status, 400);
  auto lines = Lines(kPart + csv + "41,York", "/predict/csv", kFormType);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[3], HasSubstr("ends before its last boundary"));
  lines = Lines(kPart + csv + "\r\n" + kPart + csv + "\r\n--XX--", "/predict/csv", kFormType);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[2], HasSubstr("further file"));
}

TEST_F(CsvStreamTest, SeveralClassesGiveTheProbabilityOfTheChosen) {
  TestService three({"a", "b", "c"});
  const Route route = CsvRoute(three.context);
  Response response;
  std::string out;
  auto stream = route.open(
      TestService::MakeRequest("/predict/csv?probabilities=1", {{"Content-Type", "text/csv"}}),
      response);
  stream->OnBytes("age\n30\n", out);
  stream->OnEnd(out);
  const auto fields = Split(Split(out, '\n')[1], ',');
  ASSERT_EQ(fields.size(), 8U);
  const std::size_t predicted = static_cast<std::size_t>(fields[0][0] - 'a');
  EXPECT_EQ(fields[1], fields[2 + predicted]);
}

}  // namespace
}  // namespace reeve::server
