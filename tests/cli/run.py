#!/usr/bin/env python3
"""Runs the plain-text tests of the command line through the real binary.

    python3 tests/cli/run.py path/to/reeve [test.clitest ...]

A .clitest file is a list of steps; each file has a folder of its own, in which its commands run:

    # a comment
    write table.csv            the lines up to `end` become a file
    a,y
    1,no
    end
    run reeve train table.csv --target z
    exit 2                     the exit code (0 unless said otherwise)
    stderr "z" is not a column every line below `stdout`, `stderr` is looked for in that stream;
    stdout [[\\d+ rows]]        [[…]] is a regular expression
    no stderr Traceback        must not occur
    json test.auc > 0.8        a member of the JSON answer, compared with a JSON value (== != > < >= <=)
    file model/MLmodel         exists
    no file mlflow.db          does not exist
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

OPERATORS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
             ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b}


class Failure(Exception):
    pass


def pattern(text):
    parts = re.split(r"\[\[(.*?)\]\]", text)
    return "".join(part if i % 2 else re.escape(part) for i, part in enumerate(parts))


def member(value, path):
    for key in path.split("."):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError):
            raise Failure(f"the answer has no member {path}")
    return value


class Test:
    def __init__(self, path, binary):
        self.path, self.binary = path, binary
        self.code, self.out, self.err, self.expected, self.command = 0, "", "", 0, None

    def finish_command(self):
        if self.command and self.code != self.expected:
            raise Failure(f"{self.command}: exit {self.code}, expected {self.expected}\n{self.err[-2000:]}")
        self.command = None

    def run_command(self, line, folder):
        self.finish_command()
        words = shlex.split(line)
        if words[0] == "reeve":
            words[0] = self.binary
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        environment.update(NO_COLOR="1", LC_ALL="C.UTF-8")
        done = subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        self.code, self.command, self.expected = done.returncode, line, 0
        self.out, self.err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def look(self, stream, text, wanted):
        content = self.out if stream == "stdout" else self.err
        if bool(re.search(pattern(text), content)) != wanted:
            raise Failure(f"{self.command}: {stream} {'lacks' if wanted else 'holds'} {text!r}:\n{content[-2000:]}")

    def compare(self, text):
        path, operator, value = re.match(r"(\S+)\s*(==|!=|>=|<=|>|<)\s*(.+)", text).groups()
        found, wanted = member(json.loads(self.out), path), json.loads(value)
        if not OPERATORS[operator](found, wanted):
            raise Failure(f"{self.command}: {path} is {found!r}, expected {operator} {wanted!r}")

    def run(self):
        with tempfile.TemporaryDirectory(prefix="reeve-cli-") as folder:
            lines = iter(self.path.read_text().splitlines())
            for line in lines:
                word, _, rest = line.partition(" ")
                if not line.strip() or word.startswith("#"):
                    continue
                if word == "write":
                    content = []
                    for inner in lines:
                        if inner == "end":
                            break
                        content.append(inner + "\n")
                    Path(folder, rest).write_text("".join(content))
                elif word == "run":
                    self.run_command(rest, folder)
                elif word == "exit":
                    self.expected = int(rest)
                elif word in ("stdout", "stderr"):
                    self.look(word, rest, True)
                elif line.startswith(("no stdout ", "no stderr ")):
                    self.look(line.split()[1], line.split(" ", 2)[2], False)
                elif word == "json":
                    self.compare(rest)
                elif word == "file":
                    if not Path(folder, rest).exists():
                        raise Failure(f"{rest} does not exist after {self.command}")
                elif line.startswith("no file "):
                    if Path(folder, line[8:]).exists():
                        raise Failure(f"{line[8:]} exists after {self.command}")
                else:
                    raise Failure(f"unknown step: {line}")
            self.finish_command()


def run_one(path, binary):
    try:
        Test(path, binary).run()
        return None
    except Failure as failure:
        return str(failure)
    except (subprocess.TimeoutExpired, ValueError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


def main():
    binary = str(Path(sys.argv[1]).resolve())
    paths = [Path(p) for p in sys.argv[2:]] or sorted(Path(__file__).parent.rglob("*.clitest"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, failure in zip(paths, pool.map(lambda p: run_one(p, binary), paths)):
            if failure:
                failed += 1
                print(f"FAILED {path}\n  " + failure.replace("\n", "\n  "))
    print(f"cli: {len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
