#!/usr/bin/env python3
"""tools/check_layers finds what it is there to find: each planted fault is named, and nothing else is."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import load

check_layers = load("tools/check_layers")

MODULES = {"base": [], "table": ["base"], "ingest": ["base", "table"], "learners": ["base", "table"], "cli": ["base"]}

FAULTS = [
    ("an upper module", "table/a.cc", '#include "reeve/learners/l.h"', "table does not list learners"),
    ("a module that is not listed", "cli/a.cc", '#include "reeve/table/t.h"', "cli does not list table"),
    ("a module that does not exist", "table/a.h", '#include "reeve/nowhere/x.h"', "table does not list nowhere"),
    ("from a test", "table/a_test.cc", '#include "reeve/learners/l.h"', "table does not list learners"),
    ("a third party of another module", "table/a.cc", "#include <duckdb.h>", "belongs to ingest"),
    ("with quotes and blanks", "table/a.cc", '  #  include "xgboost/c_api.h"', "belongs to learners/xgboost"),
    ("a third party in the module but not in its leaf", "learners/a.cc", "#include <xgboost/c_api.h>", "belongs to learners/xgboost"),
    ("an unknown third party", "table/a.cc", "#include <sqlpp/any.hpp>", "does not know"),
    ("json.hpp in a header", "table/a.h", "#include <nlohmann/json.hpp>", "a header includes"),
    ("a test library in the product", "table/a.cc", "#include <gtest/gtest.h>", "is for tests"),
    ("a leaf from its own module", "learners/other.cc", '#include "reeve/learners/xgboost/api.h"', "a leaf that learners/registry.cc may include"),
    ("a leaf from a header", "learners/learner.h", '#include "reeve/learners/forest/tree.h"', "a leaf that"),
    ("a leaf from another leaf", "learners/forest/f.cc", '#include "reeve/learners/xgboost/api.h"', "a leaf that"),
    ("a leaf nobody wires", "cli/a.cc", '#include "reeve/cli/deep/x.h"', "nothing outside it may include"),
    ("a folder for everything", "table/utils/x.h", "#pragma once", "refuses nothing"),
]

FINE = [
    ("table/a.cc", '#include <vector>\n#include <sys/stat.h>\n#include <unistd.h>\n#include "reeve/base/b.h"'),
    ("table/a_test.cc", "#include <gmock/gmock.h>\n#include <nlohmann/json.hpp>"),
    ("learners/registry.cc", '#include "reeve/learners/xgboost/api.h"'),
    ("learners/l_test.cc", '#include "reeve/learners/xgboost/api.h"'),
    ("learners/xgboost/api.h", "#include <xgboost/c_api.h>"),
    ("learners/xgboost/x.cc", '#include "reeve/learners/xgboost/api.h"\n#include "reeve/learners/learner.h"'),
    ("ingest/duck.h", "#include <duckdb.h>"),
    ("base/result.h", "#include <tl/expected.hpp>"),
    ("table/a.cc", '// #include "reeve/learners/l.h"'),
]


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "CMakeLists.txt").write_text("".join(f"add_subdirectory(src/reeve/{name})\n" for name in MODULES))
        for name, deps in MODULES.items():
            self.module(name, deps)
        rows = "".join(f"| `{name}` | text | {' '.join(deps) or '–'} |\n" for name, deps in MODULES.items())
        (self.root / "ARCHITECTURE.md").write_text("| module | holds | may include |\n|---|---|---|\n" + rows)

    def module(self, name, deps):
        self.plant(f"{name}/CMakeLists.txt", f"reeve_module(NAME {name}\n  DEPS {' '.join(deps)}\n  SOURCES a.cc LIBS x)\nreeve_test(NAME {name})" if deps else f"reeve_module(NAME {name} SOURCES a.cc)")

    def plant(self, path, text):
        target = self.root / "src/reeve" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n")

    def found(self):
        return check_layers.check(self.root)

    def test_a_clean_tree_passes(self):
        for path, text in FINE:
            self.plant(path, text)
        self.assertEqual(self.found(), [])

    def test_each_fault_is_named_once_with_its_file(self):
        for what, path, text, complaint in FAULTS:
            with self.subTest(what):
                self.setUp()
                self.plant(path, text)
                found = self.found()
                self.assertEqual(len(found), 1, found)
                self.assertIn(complaint, found[0])
                self.assertIn(path.rsplit("/", 1)[0], found[0])

    def test_a_third_party_in_a_header_that_others_read_even_through_another(self):
        self.plant("ingest/inner.h", "#include <duckdb.h>")
        self.plant("ingest/outer.h", '#include "reeve/ingest/inner.h"')
        self.assertEqual(self.found(), [])
        self.module("cli", ["base", "ingest"])
        (self.root / "ARCHITECTURE.md").write_text((self.root / "ARCHITECTURE.md").read_text().replace("| `cli` | text | base |", "| `cli` | text | base ingest |"))
        self.plant("cli/a.cc", '#include "reeve/ingest/outer.h"')
        self.assertEqual(len(self.found()), 1)
        self.assertIn("ingest/inner.h: other modules read this header", self.found()[0])

    def test_upside_down_and_circles(self):
        self.module("base", ["table"])
        found = "\n".join(self.found())
        self.assertIn("base: depends on table, which stands above it", found)
        self.assertIn("modules in a circle: base -> table -> base", found)

    def test_modules_that_do_not_exist_or_are_not_built(self):
        self.module("table", ["base", "ghost"])
        self.plant("orphan/x.h", "")
        self.module("unbuilt", ["base"])
        found = "\n".join(self.found())
        self.assertIn("ghost, which is no module", found)
        self.assertIn("orphan: a folder without reeve_module", found)
        self.assertIn("unbuilt: not built", found)

    def test_the_page_has_to_show_the_lists(self):
        self.module("cli", ["base", "table"])
        self.assertIn("ARCHITECTURE.md: shows cli with ['base'], CMake lists ['base', 'table']", self.found())
        (self.root / "ARCHITECTURE.md").unlink()
        self.assertIn("ARCHITECTURE.md: missing", self.found())


if __name__ == "__main__":
    unittest.main()
