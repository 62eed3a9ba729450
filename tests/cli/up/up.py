"""`reeve up` for tests: a process that can be asked, and commands that use it."""
import atexit
import base64
import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

REEVE = sys.argv[1]
PATIENCE = 60  # seconds, for what has to happen at some time


def environment_with(variables):
    return {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))} | variables


class Up:
    def __init__(self, *words, **variables):
        self.process = subprocess.Popen([REEVE, "up", "--port", "0", *words], env=environment_with(variables), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # A story that fails leaves no process behind.
        atexit.register(self.process.kill)
        self.said = ""
        for line in self.process.stderr:
            self.said += line
            if found := re.search(r"Tracking and scoring at (http://127\.0\.0\.1:(\d+))$", line.strip()):
                self.uri, self.port = found[1], int(found[2])
                break
        else:
            raise SystemExit("reeve up did not start:\n" + self.said)
        self.reader = threading.Thread(target=self.read_on, daemon=True)
        self.reader.start()

    def read_on(self):
        for line in self.process.stderr:
            self.said += line

    def ask(self, path, body=None, user=None, token=None, method=None):
        """Status and answer, as JSON where it is. `user` is NAME:PASSWORD."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.uri + path, data, {"Content-Type": "application/json"}, method=method)
        if user:
            request.add_header("Authorization", "Basic " + base64.b64encode(user.encode()).decode())
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def is_leaving(self):
        try:
            return self.ask("/readyz")[0] == 503
        except urllib.error.URLError:
            return True

    def stop(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        self.process.wait(PATIENCE)
        self.reader.join()
        self.process.stderr.close()
        return self.process.returncode


def reeve(*words, uri=None, **variables):
    variables |= {"MLFLOW_TRACKING_URI": uri} if uri else {}
    done = subprocess.run([REEVE, *words], env=environment_with(variables), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"reeve {' '.join(words)}: {done.stderr}"
    return done.stdout


def demo_row():
    """Writes the table loans.csv; its first row without its answer."""
    reeve("demo", "--table-only", "-o", "loans.csv", "--rows", "400")
    with open("loans.csv", newline="") as table:
        return {k: v for k, v in next(csv.DictReader(table)).items() if k not in ("loan_id", "approved")}


def train(up, name, *words, **variables):
    reeve("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--quiet", "--register", name, "--alias", "champion", *words, uri=up.uri, **variables)


def until(what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "never: " + what
        time.sleep(0.05)
    print(what)
