#include "reeve/server/artifacts/media_type.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

// The expected values are those of MLflow's own function.
TEST(MediaTypeTest, FollowsTheName) {
  for (const char* text : {"a.txt", "MLmodel", "d/MLmodel", "MLproject", "a.json", "conf.yaml",
                           "t.csv", "x.py", "n.ipynb", "a.js", "a.xml", "a.tar.json", "log"}) {
    EXPECT_EQ(MediaTypeOf(text), "text/plain") << text;
  }
  for (const char* bytes : {"a.bin", "model.ubj", "a.pkl", "noextension", "a.unknown", "", ".txt",
                            ".png", "a.", "a.gz", "mlmodel", "a.so", "data.parquet"}) {
    EXPECT_EQ(MediaTypeOf(bytes), "application/octet-stream") << bytes;
  }
  EXPECT_EQ(MediaTypeOf("p.png"), "image/png");
  EXPECT_EQ(MediaTypeOf("P.PNG"), "image/png");
  EXPECT_EQ(MediaTypeOf("A.TXT"), "text/plain");
  EXPECT_EQ(MediaTypeOf("A.JSON"), "application/json");
  EXPECT_EQ(MediaTypeOf("a.csv.gz"), "text/csv");
  EXPECT_EQ(MediaTypeOf("evil.html"), "text/html");
  EXPECT_EQ(MediaTypeOf("a.svg"), "image/svg+xml");
  EXPECT_EQ(MediaTypeOf("a.tar.gz"), "application/x-tar");
  EXPECT_EQ(MediaTypeOf("a.tgz"), "application/x-tar");
  EXPECT_EQ(MediaTypeOf("a.zip"), "application/zip");
  EXPECT_EQ(MediaTypeOf("m.h5"), "application/x-hdf5");
}

TEST(AttachmentHeaderTest, NamesTheFile) {
  EXPECT_EQ(AttachmentHeader("a.txt"), "attachment; filename=a.txt");
  EXPECT_EQ(AttachmentHeader("with space.txt"), "attachment; filename=\"with space.txt\"");
  EXPECT_EQ(AttachmentHeader("a\"b\\c.txt"), "attachment; filename=\"a\\\"b\\\\c.txt\"");
  EXPECT_EQ(AttachmentHeader("a;b=c.txt"), "attachment; filename=\"a;b=c.txt\"");
}

TEST(AttachmentHeaderTest, EncodesWhatIsNotAscii) {
  EXPECT_EQ(AttachmentHeader("mü.txt"), "attachment; filename=m.txt; filename*=UTF-8''m%C3%BC.txt");
  EXPECT_EQ(AttachmentHeader("日"), "attachment; filename=download; filename*=UTF-8''%E6%97%A5");
  EXPECT_EQ(AttachmentHeader("a\r\nSet-Cookie: x").find('\n'), std::string::npos);
}

}  // namespace
}  // namespace reeve::server
