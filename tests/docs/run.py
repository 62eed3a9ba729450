#!/usr/bin/env python3
"""Runs the examples of the documentation and of --help through the real binary.

    python3 tests/docs/run.py path/to/reeve

Every ```console block of README.md and docs/ is run line by line ("$ reeve …", "$ curl …"), file by file in one folder that
the demo filled; "$ reeve serve … &", "$ reeve server … &" and "$ reeve up … &" run until the page ends, at a free port that stands in for 5000. Lines of output shown below a command have to occur in what it prints ("…" stands for anything). Examples of
--help are run the same way, docs/reference/cli.md has to be what `reeve help --reference` prints, and links between
pages have to lead somewhere.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def environment_of(binary):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
    environment["PATH"] = f"{Path(binary).parent}:{environment['PATH']}"
    return environment


def run(binary, line, folder):
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment_of(binary), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


class Services:
    """What a page started in the background; ended with the page."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.running = binary, folder, []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self, command):
        """The first words on standard error, which say that it serves."""
        environment = dict(environment_of(self.binary), REEVE_PORT=str(self.port))
        process = subprocess.Popen(["bash", "-c", "exec " + command], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.running.append(process)
        said = process.stderr.readline()
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return said
            time.sleep(0.05)
        return said + "(nothing listens)"

    def here(self, command):
        return re.sub(r"localhost:5000|127\.0\.0\.1:5000", f"127.0.0.1:{self.port}", command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.terminate()
            process.wait(60)
            process.stderr.close()


def runs_on(command):
    return command.startswith(("reeve serve ", "reeve server ", "reeve up ")) and command.endswith("&")


def shown_lines_occur(shown, printed):
    for line in shown:
        wanted = ".*".join(re.escape(part.strip()) for part in re.split("…|\\.\\.\\.", line))
        if line.strip() and not re.search(re.sub(r"(\\ )+", r"\\s+", wanted), printed):
            return line
    return None


def run_page(binary, path):
    errors = []
    blocks = re.findall(r"```console\n(.*?)```", path.read_text(), re.S)
    with tempfile.TemporaryDirectory(prefix="reeve-docs-") as folder, Services(binary, folder) as services:
        run(binary, "reeve demo --quiet", folder)
        for block in blocks:
            for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, shown = step.partition("\n")
                while command.endswith("\\"):
                    more, _, shown = shown.partition("\n")
                    command = command[:-1] + more
                command = command.split("   #")[0].strip()
                if runs_on(command):
                    missing = shown_lines_occur(shown.splitlines(), services.start(command[:-1]))
                    if missing is not None:
                        errors.append(f"{path.name}: $ {command}\n  does not print: {missing}")
                    continue
                if not command.startswith("reeve ") and not (command.startswith("curl ") and shutil.which("curl")):
                    continue
                done = run(binary, services.here(command), folder)
                missing = shown_lines_occur(shown.splitlines(), done.stdout + done.stderr)
                if done.returncode != 0:
                    errors.append(f"{path.name}: $ {command}\n  exit {done.returncode}: {done.stderr[-600:]}")
                elif missing is not None:
                    errors.append(f"{path.name}: $ {command}\n  does not print: {missing}\n  but: {(done.stdout + done.stderr)[-1200:]}")
    return len(blocks), errors


def run_help(binary):
    errors, count = [], 0
    general = run(binary, "reeve --help", ROOT).stdout
    commands = re.findall(r"^  reeve ([a-z]+(?: [a-z]+)?)  ", general, re.M)
    with tempfile.TemporaryDirectory(prefix="reeve-help-") as folder, Services(binary, folder) as services:
        run(binary, "reeve demo --quiet", folder)
        for command in commands:
            text = run(binary, f"reeve help {command}", folder).stdout
            for line in text.partition("\nExamples:\n")[2].splitlines():
                count += 1
                if runs_on(line.strip()):
                    said = services.start(line.strip()[:-1])
                    if "(nothing listens)" in said:
                        errors.append(f"help of {command}: {line.strip()}\n  does not start: {said}")
                    continue
                done = run(binary, services.here(line.strip()), folder)
                if done.returncode != 0:
                    errors.append(f"help of {command}: {line.strip()}\n  exit {done.returncode}: {done.stderr[-600:]}")
    return count, errors


def headings(path):
    """The anchors of a page's headings, as they are made of them: lower case, dashes for blanks, no punctuation."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(pages):
    errors = []
    for path in pages:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            goal = (path.parent / file).resolve() if file else path
            if not goal.exists():
                errors.append(f"{path.relative_to(ROOT)}: links to {target}, which does not exist")
            elif anchor and goal.suffix == ".md" and anchor not in headings(goal):
                errors.append(f"{path.relative_to(ROOT)}: links to {target}, which has no such heading")
    return errors


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not Path(sys.argv[1]).exists():
        print(f"docs: {sys.argv[1]} was not built")
        return SKIPPED
    binary = str(Path(sys.argv[1]).resolve())
    errors, passed = [], 0
    found = broken_links([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])
    errors += found
    passed += not found
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        count, found = run_page(binary, path)
        errors += found
        passed += count > 0 and not found
    count, found = run_help(binary)
    errors += found
    passed += count - len(found)
    reference = ROOT / "docs/reference/cli.md"
    if reference.exists() and reference.read_text() == run(binary, "reeve help --reference", ROOT).stdout:
        passed += 1
    else:
        errors.append("docs/reference/cli.md is not what `reeve help --reference` prints")
    if errors:
        print("\n".join(errors))
    print(f"docs: {passed} passed, {len(errors)} failed")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
