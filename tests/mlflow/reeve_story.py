"""What the stories of `reeve` and a tracking server share: the binary in a folder of its own, beside a server."""
import os
import subprocess
import unittest


class ReeveStory(unittest.TestCase):
    """Needs `binary`, `folder` and `server` of the class. `variables` go to each run of the binary, on top of what is not its own or MLflow's."""
    binary = folder = server = None
    variables = {}

    @classmethod
    def start_reeve(cls, *words, uri=None, **variables):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        environment |= {"REEVE_CACHE": str(cls.folder / "cache"), "TMPDIR": str(cls.folder)} | cls.variables | variables
        return subprocess.Popen([cls.binary, *words, "--tracking-uri", uri or cls.server.uri], cwd=cls.folder, env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @classmethod
    def run_reeve(cls, *words, **how):
        with cls.start_reeve(*words, **how) as process:
            try:
                out, err = process.communicate(timeout=300)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    @classmethod
    def reeve(cls, *words, **how):
        done = cls.run_reeve(*words, **how)
        assert done.returncode == 0, f"reeve {' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}"
        return done.stdout

    @classmethod
    def predict(cls, model, **how):
        """Prediction and probability of each row, as they were written."""
        out = cls.folder / "out.csv"
        out.unlink(missing_ok=True)
        cls.reeve("predict", model, "new_loans.csv", "-o", str(out), **how)
        return [line.split(",")[:2] for line in out.read_text().splitlines()]
