"""`reeve server`, or `reeve up`, for tests."""
import os
import re
import signal
import subprocess
import threading


class ReeveServer:
    """Works in `folder`, with the artifacts in its folder "mlartifacts" and a database that `backend` names; ready when made; can be stopped or killed and started
    again, at the same address."""

    command = "server"
    # Variables of its environment beside those of this process that are not about reeve or MLflow.
    secrets = {}

    def __init__(self, reeve, folder, *words, backend="sqlite:///mlflow.db"):
        self.reeve, self.folder, self.backend, self.words = os.path.abspath(reeve), folder, backend, words
        self.port, self.process = "0", None
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))} | self.secrets
        words = [self.reeve, self.command, "--port", self.port, "--backend-store-uri", self.backend, *self.words]
        if "--artifacts-destination" not in words:
            words += ["--artifacts-destination", str(self.folder / "mlartifacts")]
        self.process = subprocess.Popen(words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"http://[^\s:]+:(\d+)", line):
                self.uri, self.port = found[0], found[1]
                break
        else:
            raise RuntimeError(f"reeve {self.command} ended instead of starting:\n" + "".join(said))
        # Read on, so that it never waits for that.
        self.reader = threading.Thread(target=lambda: [None for _ in self.process.stderr])
        self.reader.start()

    def end(self, how):
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(60)
        self.reader.join()
        self.process.stderr.close()
        self.process = None

    def stop(self):
        self.end(signal.SIGTERM)

    def kill(self):
        self.end(signal.SIGKILL)


class ReeveUp(ReeveServer):
    command = "up"
