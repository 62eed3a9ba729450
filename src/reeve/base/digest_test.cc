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
  EXPECT_EQ(*Sha256OfFile(folder.Path("big"), 70'000, 100'000), Sha256(bytes.substr(0, 100'000)));
  EXPECT_EQ(*Sha256OfFile(folder.Path("big"), 199'999, 100'000), Sha256("x"));
  EXPECT_EQ(*Sha256OfFile(folder.Path("big"), 300'000), kSha256OfNothing);
  EXPECT_EQ(Sha256OfFile(folder.Path("none")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Sha256OfFile(folder.Path("")).status().code(), StatusCode::kIo) << "a folder";
}

// Test cases 1, 2 and 6 of RFC 4231.
TEST(HmacSha256Test, KnownValues) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
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
