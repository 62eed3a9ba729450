#include "reeve/base/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve {
namespace {

constexpr char kSha256OfNothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The examples of FIPS 180-2.
TEST(Sha256Test, KnownValues) {
  EXPECT_EQ(Sha256(""), kSha256OfNothing);
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, OfAFileIsThatOfItsBytes) {
  const TestFolder folder;
  FileSystem& files = FileSystem::System();
  const std::string bytes(200'000, 'x');  // more than one block
  ASSERT_TRUE(WriteAtomically(files, folder.Path("big"), bytes).ok());
  ASSERT_TRUE(WriteAtomically(files, folder.Path("empty"), "").ok());
  EXPECT_EQ(*Sha256OfFile(folder.Path("big")), Sha256(bytes));
  EXPECT_EQ(*Sha256OfFile(folder.Path("empty")), kSha256OfNothing);
  EXPECT_EQ(Sha256OfFile(folder.Path("none")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Sha256OfFile(folder.Path("")).status().code(), StatusCode::kIo) << "a folder";
}

TEST(TableDigestTest, KnownValues) {
  TableDigest digest;
  EXPECT_EQ(digest.Hex(), "99aa06d3014798d86001c324468d497f");  // XXH3-128 of nothing
  digest.Add("abc");
  EXPECT_EQ(digest.Hex(), "06b05ab6733a618578af5f94892f3950");  // and of "abc"
}

TEST(TableDigestTest, PiecesDoNotMatterButBordersOfTextsDo) {
  TableDigest whole, pieces, ab_c, a_bc;
  whole.Add("abc");
  pieces.Add("a");
  pieces.Add("");
  pieces.Add("bc");
  EXPECT_EQ(whole.Hex(), pieces.Hex());
  ab_c.AddText("ab");
  ab_c.AddText("c");
  a_bc.AddText("a");
  a_bc.AddText("bc");
  EXPECT_NE(ab_c.Hex(), a_bc.Hex());
}

TEST(TableDigestTest, GoesOnAfterItWasReadAndMoved) {
  TableDigest first, second;
  first.Add("a");
  (void)first.Hex();
  TableDigest moved = std::move(first);
  moved.Add("b");
  second.Add("ab");
  EXPECT_EQ(moved.Hex(), second.Hex());
}

}  // namespace
}  // namespace reeve
