#!/usr/bin/env python3
"""tests/cli/run.py fails where it should: a runner that passes everything would hide every fault."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import load

run = load("tests/cli/run.py")

# A stand-in for the binary: prints what it is told, to either stream, and ends with the code it is told.
STAND_IN = """#!/usr/bin/env python3
import os, sys
print(sys.argv[1].replace(";", "\\n"))
if len(sys.argv) > 2: print(sys.argv[2], file=sys.stderr)
open("made.txt", "w").write("made by " + os.environ.get("REEVE_NAME", "nobody"))
sys.exit(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
"""

PASSES = [
    "run reeve hello\nstdout hello\nno stdout world\nno stderr h\nfile made.txt\nno file other.txt",
    "run reeve out err 3\nexit 3\nstderr err\nlines stderr 1\nlines stdout 1",
    "run reeve 'took 12 s (about)'\nstdout took [[\\d+]] s (about)",
    "write a/b.txt\n1 {ROOT}\n\nend\nrun cat a/b.txt\nexactly stdout\n1 {ROOT}\n\nend",
    "run reeve '{\"a\":{\"b\":[1,2.5]},\"s\":\"x\",\"n\":null}'\njson a.b.1 > 2\njson a.b == [1, 2.5]\njson s == \"x\"\njson n == null",
    "env REEVE_NAME=me\nrun reeve x\nfile made.txt contains made by me\nenv REEVE_NAME\nrun reeve x\nfile made.txt contains nobody",
    'run bash -c "reeve again; exit 4"\nexit 4\nstdout again',
    "run reeve {TMP}\nstdout reeve-cli-",
    "# a comment\n\nrun reeve x",
]
FAILS = [
    ("run reeve x err 1", "exit 1, expected 0"),
    ("run reeve x err 1\nrun reeve y", "exit 1, expected 0"),
    ("run reeve x\nexit 2", "exit 0, expected 2"),
    ("run reeve x\nstdout y", "stdout lacks 'y'"),
    ("run reeve x\nno stdout x", "stdout holds 'x'"),
    ("run reeve x\nstderr x", "stderr lacks 'x'"),
    ("run reeve a.c\nstdout abc", "lacks"),
    ("run reeve abc\nstdout a.c", "lacks"),
    ("run reeve 'a;b'\nexactly stdout\na\nend", "more than 1 lines"),
    ("run reeve a\nexactly stdout\na\nb\nend", "no more lines"),
    ("run reeve ab\nexactly stdout\na\nend", "expected 'a'"),
    ("run reeve x\nlines stderr 1", "has 0 lines"),
    ("run reeve x\njson a == 1", "not one JSON object"),
    ("run reeve '{\"a\":1}'\njson a == 2", "a is 1"),
    ("run reeve '{\"a\":1}'\njson b == 1", "no member b"),
    ("run reeve '{\"a\":\"x\"}'\njson a > 1", "expected > 1"),
    ("run reeve x\nfile other.txt", "other.txt does not exist"),
    ("run reeve x\nno file made.txt", "made.txt exists"),
    ("run reeve x\nfile made.txt contains yours", "lacks"),
    ("walk reeve x", "unknown step"),
    ("write a.txt\n1", "no `end`"),
    ("run no-such-program-at-all", "FileNotFoundError"),
]


class RunnerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.binary = self.folder / "reeve"
        self.binary.write_text(STAND_IN)
        self.binary.chmod(0o755)

    def outcome(self, text):
        path = self.folder / "x.clitest"
        path.write_text(text + "\n")
        return run.run_one(path, str(self.binary))

    def test_passes_what_holds(self):
        for text in PASSES:
            with self.subTest(text):
                self.assertIsNone(self.outcome(text))

    def test_names_what_does_not(self):
        for text, complaint in FAILS:
            with self.subTest(text):
                self.assertIn(complaint, self.outcome(text) or "passed")

    def test_skips_what_lacks_its_table(self):
        with self.assertRaises(run.Skipped):
            self.outcome("run reeve x\nstdout x\ndata no/such/table.csv\nwalk reeve x")
        self.assertIn("lacks", self.outcome("run reeve x\nstdout y\ndata no/such/table.csv") or "passed")

    def test_says_where_and_shows_both_streams(self):
        found = self.outcome("# first\nrun reeve out err\nstdout nothing of it")
        for part in ("x.clitest:3:", "$ reeve out err", "--- stdout\nout", "--- stderr\nerr", "--- exit 0"):
            self.assertIn(part, found)


if __name__ == "__main__":
    unittest.main()
