"""A real `mlflow server` for tests, or `reeve server` or `reeve up` in its place."""
import functools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from reeve_server import ReeveServer, ReeveUp

START_SECONDS = 180


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class MlflowServer:
    """`mlflow server` with an SQLite file and its artifact proxy in `folder`, ready when made; can be stopped and started again."""

    def __init__(self, folder, *words):
        self.folder, self.words = folder, words
        self.uri = f"http://127.0.0.1:{free_port()}"
        folder.mkdir(exist_ok=True)
        self.start()

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
        environment |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self.log = open(self.folder / "log.txt", "ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--port", self.uri.rsplit(":", 1)[1], "--workers", "1", "--backend-store-uri", "sqlite:///mlflow.db", *self.words],
            cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("mlflow server did not start:\n" + (self.folder / "log.txt").read_text()[-2000:])
            time.sleep(0.1)

    def is_ready(self):
        try:
            return urllib.request.urlopen(self.uri + "/health", timeout=5).status == 200
        except OSError:
            return False

    def end(self, how):
        if self.log.closed:
            return
        os.killpg(self.process.pid, how)
        self.process.wait(30)
        self.log.close()

    def stop(self):
        self.end(signal.SIGTERM)

    def kill(self):
        self.end(signal.SIGKILL)


def chosen(argv):
    """Takes "REEVE [reeve|up|mlflow]" off the command line: the binary, and what makes a server of that kind of a folder and more options."""
    kind = argv.pop() if argv[-1] in ("reeve", "up", "mlflow") else "mlflow"
    reeve = os.path.abspath(argv.pop())
    return reeve, MlflowServer if kind == "mlflow" else functools.partial(ReeveUp if kind == "up" else ReeveServer, reeve)
