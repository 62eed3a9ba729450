#!/usr/bin/env python3
"""Runs the plain-text tests of the command line through the real binary.

    python3 tests/cli/run.py path/to/reeve [test.clitest ...]

A .clitest file is a list of steps; each file has a folder of its own, in which its commands run:

    # a comment
    write table.csv            the lines up to `end` become a file
    a,y
    1,no
    end
    env REEVE_SEED=7           for the commands that follow; `env REEVE_SEED` takes it back
    run reeve train table.csv --target z
    exit 2                     the exit code of the last command (0 unless said otherwise)
    stderr "z" is not a column looked for in that stream; [[…]] is a regular expression
    stdout [[\\d+ rows]]
    no stderr Traceback        must not occur
    exactly stdout             the whole stream, line by line, up to `end`
    1,2
    end
    lines stderr 1             so many lines that are not empty
    json test.auc > 0.8        a member of the JSON answer, compared with a JSON value (== != > < >= <=)
    file model/MLmodel         exists
    file a.csv contains 1,2    … and holds this text
    no file mlflow.db          does not exist
    data claims/training.csv   the rest is skipped where the folder of real tables (REEVE_DATA, else ../shared/data) lacks it

{TMP} stands for the test's folder, {ROOT} for the repository, {REEVE} for the binary, {DATA} for the real tables. Commands run without a shell
(`run bash -c "…"` for one, with reeve on its PATH), without standard input, and without the caller's REEVE_… and MLFLOW_….
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

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("REEVE_DATA") or ROOT.parent / "shared" / "data").resolve()
WORKERS = 2
TIMEOUT_SECONDS = 300
SHOWN = 3000
SKIPPED = 77  # ctest's SKIP_RETURN_CODE

OPERATORS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
             ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b}


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def pattern(text):
    parts = re.split(r"\[\[(.*?)\]\]", text)
    return "".join(part if i % 2 else re.escape(part) for i, part in enumerate(parts))


def member(value, path):
    for key in path.split("."):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Failure(f"the answer has no member {path}")
    return value


class Test:
    def __init__(self, path, binary, folder):
        self.path, self.binary, self.folder = path, binary, folder
        self.code, self.out, self.err, self.expected, self.command, self.command_line = 0, "", "", 0, None, 0
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        self.environment.update(NO_COLOR="1", LC_ALL="C.UTF-8", PATH=f"{Path(binary).parent}:{os.environ.get('PATH', '')}")
        self.line = 0

    def fill(self, text):
        for name, value in (("TMP", self.folder), ("ROOT", ROOT), ("REEVE", self.binary), ("DATA", DATA)):
            text = text.replace("{" + name + "}", str(value))
        return text

    def lines(self):
        for self.line, line in enumerate(self.path.read_text().splitlines(), 1):
            yield self.fill(line)

    def run(self):
        """Raises Failure, with the line of the step that is at fault."""
        lines = self.lines()
        for line in lines:
            word, _, rest = line.partition(" ")
            if not line.strip() or word.startswith("#"):
                continue
            step = getattr(self, "step_" + word, None)
            if step is None:
                raise Failure(f"unknown step: {line}")
            if word in ("write", "exactly"):
                block = []
                for inner in lines:
                    if inner == "end":
                        break
                    block.append(inner + "\n")
                else:
                    raise Failure(f"no `end` behind {line}")
                step(rest, block)
            else:
                step(rest)
        self.finish_command()

    def finish_command(self):
        if self.command and self.code != self.expected:
            self.line = self.command_line
            raise Failure(f"exit {self.code}, expected {self.expected}")
        self.command = None

    def step_write(self, path, block):
        target = Path(self.folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(block))

    def step_env(self, text):
        self.finish_command()
        name, given, value = text.partition("=")
        if given:
            self.environment[name] = value
        else:
            self.environment.pop(name, None)

    def step_run(self, text):
        self.finish_command()
        words = shlex.split(text)
        if words[0] == "reeve":
            words[0] = self.binary
        done = subprocess.run(words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS)
        self.code, self.command, self.command_line, self.expected = done.returncode, text, self.line, 0
        self.out, self.err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def step_data(self, path):
        self.finish_command()
        if not Path(DATA, path).exists():
            raise Skipped(f"{DATA} has no {path}")

    def step_exit(self, text):
        self.expected = int(text)

    def stream(self, name):
        if name not in ("stdout", "stderr"):
            raise Failure(f"no stream {name}")
        return self.out if name == "stdout" else self.err

    def step_stdout(self, text, name="stdout", wanted=True):
        if bool(re.search(pattern(text), self.stream(name))) != wanted:
            raise Failure(f"{name} {'lacks' if wanted else 'holds'} {text!r}")

    def step_stderr(self, text):
        self.step_stdout(text, "stderr")

    def step_no(self, text):
        word, _, rest = text.partition(" ")
        if word == "file":
            if Path(self.folder, rest).exists():
                raise Failure(f"{rest} exists")
        else:
            self.step_stdout(rest, word, False)

    def step_exactly(self, name, block):
        found = self.stream(name).splitlines()
        for i, wanted in enumerate(block):
            if i >= len(found) or not re.fullmatch(pattern(wanted[:-1]), found[i]):
                raise Failure(f"{name}, line {i + 1}: expected {wanted[:-1]!r}, found {found[i] if i < len(found) else 'no more lines'!r}")
        if len(found) > len(block):
            raise Failure(f"{name}: more than {len(block)} lines, first {found[len(block)]!r}")

    def step_lines(self, text):
        name, count = text.split()
        found = [line for line in self.stream(name).splitlines() if line.strip()]
        if len(found) != int(count):
            raise Failure(f"{name} has {len(found)} lines, expected {count}")

    def step_json(self, text):
        match = re.match(r"(\S+)\s*(==|!=|>=|<=|>|<)\s*(.+)", text)
        if not match:
            raise Failure(f"not `json PATH OPERATOR VALUE`: {text}")
        path, operator, value = match.groups()
        try:
            answer = json.loads(self.out)
        except ValueError as error:
            raise Failure(f"stdout is not one JSON object: {error}")
        found, wanted = member(answer, path), json.loads(value)
        try:
            holds = OPERATORS[operator](found, wanted)
        except TypeError:
            holds = False
        if not holds:
            raise Failure(f"{path} is {found!r}, expected {operator} {wanted!r}")

    def step_file(self, text):
        path, contains, wanted = text.partition(" contains ")
        if not Path(self.folder, path).exists():
            raise Failure(f"{path} does not exist")
        if contains:
            content = Path(self.folder, path).read_text(errors="replace")
            if not re.search(pattern(wanted), content):
                raise Failure(f"{path} lacks {wanted!r}; it begins:\n{content[:500]}")


def run_one(path, binary):
    """Nothing, or what went wrong; Skipped for a test that lacks its table."""
    with tempfile.TemporaryDirectory(prefix="reeve-cli-") as folder:
        test = Test(path, binary, folder)
        try:
            test.run()
            return None
        except Failure as failure:
            trouble = str(failure)
        except (subprocess.TimeoutExpired, OSError, ValueError, re.error) as error:
            trouble = f"{type(error).__name__}: {error}"
        command = test.command or "(no command yet)"
        streams = "".join(f"\n--- {name}\n{text[-SHOWN:].rstrip()}" for name, text in (("stdout", test.out), ("stderr", test.err)) if text.strip())
        return f"{path}:{test.line}: {trouble}\n$ {command}\n--- exit {test.code}{streams}"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not Path(sys.argv[1]).exists():
        print(f"cli: {sys.argv[1]} was not built")
        return SKIPPED
    binary = str(Path(sys.argv[1]).resolve())
    paths = [Path(p) for p in sys.argv[2:]] or sorted(Path(__file__).parent.rglob("*.clitest"))
    failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for outcome in [pool.submit(run_one, path, binary) for path in paths]:
            try:
                failure = outcome.result()
            except Skipped as reason:
                skipped += 1
                print(f"SKIPPED {reason}", flush=True)
                continue
            if failure:
                failed += 1
                print("FAILED " + failure.replace("\n", "\n  "), flush=True)
    print(f"cli: {len(paths) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
