#!/usr/bin/env python3
"""tools/check_sizes measures what it says: functions by their brackets, parameters, comments, tests beside sources."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import load

check_sizes = load("tools/check_sizes")


def measured(source):
    return [(name, parameters, lines) for _, name, parameters, lines in check_sizes.functions(source)]


class FunctionsTest(unittest.TestCase):
    def test_finds_definitions_of_every_form(self):
        cases = [
            ("int F() { return 1; }", [("F", 0, 1)]),
            ("void F(void) {\n}\n", [("F", 0, 2)]),
            ("static std::map<int, int> F(\n    const std::map<int, int>& a, int b = G(1, 2)) {\n  return a;\n}\n", [("F", 2, 4)]),
            ("Result<int> A::F(std::function<int(int, int)> f) const {\n}\n", [("F", 1, 2)]),
            ("A::A(int a) : a_(a), b_{1, 2} {\n}\n", [("A", 1, 2)]),
            ("A::~A() {\n}\n", [("~A", 0, 2)]),
            ("auto F(int a) -> std::vector<int> {\n}\n", [("F", 1, 2)]),
            ("class A {\n public:\n  A() : a_(0) {}\n  int F() const override { return a_; }\n};\n", [("A", 0, 1), ("F", 0, 1)]),
            ("template <typename T>\nvoid F(T a) {\n}\n", [("F", 1, 2)]),
            ("void F(std::span<const int> a = {}, char c = ',') {}", [("F", 2, 1)]),
        ]
        for source, expected in cases:
            with self.subTest(source):
                self.assertEqual(measured(source), expected)

    def test_takes_nothing_else_for_a_definition(self):
        for source in ["int F(int a);", "struct A { int a = F(1); };", "const int a = F(1);\n", "#define F(a) { a }\n", "// F() {\n", '"F() {"',
                       "const auto f = [](int a) {\n};\n", "F(1);\n"]:
            with self.subTest(source):
                self.assertEqual(measured(source), [])
        body = "void F() {\n  if (a) {\n  }\n  for (int i : G(b)) {\n  }\n  H([&](int x) {\n  });\n  const auto f = [](int y) { return y; };\n}\n"
        self.assertEqual([name for name, _, _ in measured(body)], ["F"])

    def test_braces_in_texts_do_not_count(self):
        self.assertEqual(measured('void F() {\n  G("}", \'{\', R"({{)");  // }\n}\nvoid H() {\n}\n'), [("F", 0, 3), ("H", 0, 2)])


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.plant("src/reeve/base/README.md", "# base")

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n")

    def found(self):
        return check_sizes.check(self.root)[0]

    def only(self):
        found = self.found()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_clean_tree_passes(self):
        self.plant("src/reeve/base/a.cc", "int F() { return 1; }")
        self.plant("src/reeve/base/a_test.cc", "void Test(int a, int b, int c, int d, int e, int f, int g) {\n" + "\n" * 70 + "}")
        self.assertEqual(self.found(), [])

    def test_long_files_functions_and_lists(self):
        self.plant("src/reeve/base/a_test.cc", "\n" * 800)
        self.assertIn("a_test.cc: 801 lines", self.only())
        self.plant("src/reeve/base/a_test.cc", "")
        self.plant("src/reeve/base/a.cc", "void F() {\n" + "\n" * 59 + "}")
        self.assertIn("a.cc:1: F has 61 lines, at most 60", self.only())
        self.plant("src/reeve/base/a.cc", "// NOLINT(function-size): a table\nvoid F() {\n" + "\n" * 59 + "}")
        self.assertEqual(self.found(), [])
        self.plant("src/reeve/base/a.cc", "// NOLINT(function-size)\nvoid F() {\n" + "\n" * 59 + "}")
        self.assertIn("F has 61 lines", self.only())
        self.plant("src/reeve/base/a.cc", "void F(int a, int b, int c, int d, int e, int f, int g) {}")
        self.assertIn("F has 7 parameters, at most 6", self.only())

    def test_headers_of_one_module_may_be_silent_those_of_others_not(self):
        self.plant("src/reeve/base/a.h", "int F();\n" * 50)
        self.assertEqual(self.found(), [])
        self.plant("src/reeve/table/README.md", "# table")
        self.plant("src/reeve/table/t.h", '#include "reeve/base/a.h"')
        self.assertIn("base/a.h: 0 of 50 lines explain", self.only())
        self.plant("src/reeve/base/a.h", "/// Does it.\nint F();\nint G();\n" * 20)
        self.assertEqual(self.found(), [])

    def test_a_source_needs_a_test_or_a_reason(self):
        self.plant("src/reeve/base/a.cc", "")
        self.assertIn("base/a.cc: no a_test.cc beside it", self.only())
        self.plant("tools/untested.txt", "# what tests it\nsrc/reeve/base/a.cc: b_test.cc")
        self.assertEqual(self.found(), [])
        self.plant("tools/untested.txt", "src/reeve/base/a.cc:")
        self.assertIn("without a reason", self.only())
        self.plant("tools/untested.txt", "src/reeve/base/a.cc: x\nsrc/reeve/base/gone.cc: x")
        self.assertIn("gone.cc does not exist", self.only())

    def test_a_module_needs_a_short_readme(self):
        self.plant("src/reeve/base/README.md", "line\n" * 50)
        self.assertIn("more than 40 lines", self.only())
        (self.root / "src/reeve/base/README.md").unlink()
        self.assertIn("base/README.md: missing", self.only())


if __name__ == "__main__":
    unittest.main()
