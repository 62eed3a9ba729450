#include "reeve/server/scoring/multipart.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

struct Outcome {
  std::string file;
  int status = 0;
  bool has_further = false;
};

Outcome ReadForm(std::string_view body, std::size_t piece, std::string_view boundary = "XX") {
  MultipartReader reader(boundary);
  Outcome outcome;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    const Refusal refusal = reader.Read(body.substr(at, piece), outcome.file);
    if (!refusal.ok()) {
      outcome.status = refusal.status;
      return outcome;
    }
  }
  outcome.status = reader.End().status;
  outcome.has_further = reader.has_further_file();
  return outcome;
}

// Wherever the pieces end.
Outcome ReadInEveryPiece(std::string_view body) {
  const Outcome whole = ReadForm(body, body.size() + 1);
  for (std::size_t piece = 1; piece < body.size(); ++piece) {
    const Outcome outcome = ReadForm(body, piece);
    EXPECT_EQ(outcome.file, whole.file) << piece;
    EXPECT_EQ(outcome.status, whole.status) << piece;
    EXPECT_EQ(outcome.has_further, whole.has_further) << piece;
  }
  return whole;
}

constexpr std::string_view kFile =
    "Content-Disposition: form-data; name=\"f\"; filename=\"a;b.csv\"\r\nContent-Type: "
    "text/csv\r\n\r\n";

std::string Form(std::string_view content) {
  return "--XX\r\n" + std::string(kFile) + std::string(content) + "\r\n--XX--\r\n";
}

TEST(MultipartTest, GivesTheFileWhateverItHolds) {
  for (const std::string content :
       {"a,b\r\n1,2\r\n", "", "\r\n", "\r\r\n-", "\r\n--X", "\r\n--XY\r\n--", "--XX", "\n--XX"}) {
    const Outcome outcome = ReadInEveryPiece(Form(content));
    EXPECT_EQ(outcome.status, 0) << content;
    EXPECT_EQ(outcome.file, content);
  }
}

TEST(MultipartTest, PassesOverFieldsPreambleAndEpilogue) {
  const Outcome outcome = ReadInEveryPiece(
      "hello\r\n--XX \t\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n" + Form("a") +
      "behind --XX");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.file, "a");
}

TEST(MultipartTest, TakesAFieldCalledFileAndNamesInAnyCase) {
  EXPECT_EQ(
      ReadForm("--XX\r\nCONTENT-DISPOSITION: form-data; NAME=file\r\n\r\na\r\n--XX--", 9).file,
      "a");
  EXPECT_EQ(
      ReadForm("--XX\r\ncontent-disposition: form-data; filename*=utf-8''a\r\n\r\na\r\n--XX--", 9)
          .file,
      "a");
}

TEST(MultipartTest, NoticesAFurtherFile) {
  const std::string form = Form("a");
  const Outcome outcome = ReadInEveryPiece(form.substr(0, form.size() - 4) + "\r\n" +
                                           std::string(kFile) + "b\r\n--XX--");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.file, "a");
  EXPECT_TRUE(outcome.has_further);
}

TEST(MultipartTest, RefusesWhatIsNoForm) {
  for (const std::string& body :
       {std::string(""), std::string("a,b\r\n1,2\r\n"), std::string("--XX"), std::string("--XX--"),
        std::string("--XX\r\n\r\na\r\n--XX--"), std::string("--XX\r\n") + std::string(kFile) + "a",
        std::string("--XXa\r\n\r\n"), std::string("--XX\r\nname: value"),
        "--XX\r\n" + std::string(MultipartReader::kMaxHeadBytes * 2, 'a') + "\r\n\r\n",
        std::string("--XX\r\nContent-Disposition: form-data; filename=a\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--XX--")}) {
    EXPECT_EQ(ReadForm(body, 7).status, 400) << body.substr(0, 80);
    EXPECT_EQ(ReadForm(body, body.size() + 1).status, 400) << body.substr(0, 80);
  }
}

}  // namespace
}  // namespace reeve::server
