"""A real `mlflow server` and `reeve server` take turns with one SQLite file and one folder of artifacts: each tells what the other wrote as the other told it.

    turns_test.py REEVE

Prints "turns: N passed, N failed, N skipped".
"""
import logging
import math
import os
import sys
import tempfile
import unittest
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow_server import MlflowServer, chosen  # noqa: E402
from reeve_server import ReeveServer  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
REEVE, _ = chosen(sys.argv)


def comparable(value):
    """Plain values; a NaN, which equals nothing, as its name."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, dict):
        return {str(k): comparable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [comparable(v) for v in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else fields_of(value)


def fields_of(entity):
    if not hasattr(entity, "__dict__"):
        return repr(entity)
    return {"kind": type(entity).__name__} | {k: comparable(v) for k, v in sorted(vars(entity).items())}


def files_of(client, run_id, path=None):
    found = {}
    for entry in client.list_artifacts(run_id, path):
        found |= files_of(client, run_id, entry.path) if entry.is_dir else {entry.path: Path(client.download_artifacts(run_id, entry.path)).read_bytes().hex()}
    return found


def told_by(client):
    """All that a server tells, in the order in which it does."""
    experiments = client.search_experiments(view_type=ViewType.ALL)
    ids = [e.experiment_id for e in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL)
    names = [m.name for m in client.search_registered_models()]
    return {
        "experiments": comparable(experiments),
        "runs": comparable(runs),
        "one by one": comparable([client.get_run(r.info.run_id) for r in runs]),
        "by metric": [r.info.run_id for r in client.search_runs(ids, "metrics.loss < 0.5 AND params.depth = '3'", order_by=["metrics.loss DESC"])],
        "histories": {r.info.run_id: {k: comparable(client.get_metric_history(r.info.run_id, k)) for k in r.data.metrics} for r in runs},
        "files": {r.info.run_id: files_of(client, r.info.run_id) for r in runs},
        "logged models": comparable(client.search_logged_models(ids)),
        "models": comparable([client.get_registered_model(n) for n in names]),
        "versions": comparable(client.search_model_versions()),
        "champions": {n: comparable(client.get_model_version_by_alias(n, "champion")) for n in names},
    }


def write(client, word):
    """One of everything; the model is shared, so that each turn adds a version and takes the alias."""
    experiment = client.create_experiment(f"experiment of {word}", tags={"by": word})
    gone = client.create_experiment(f"gone {word}")
    client.delete_experiment(gone)
    run = client.create_run(experiment, run_name=f"run of {word}", tags={"by": word}).info.run_id
    client.log_batch(run, [Metric("loss", 1 / (i + 1), 1000 + i, i) for i in range(50)] + [Metric("odd", math.nan, 1, 0), Metric("large", math.inf, 1, 0)],
                     [Param("depth", "3"), Param("ä", "漢")], [RunTag("note", "a 'quoted' \"text\"")])
    client.log_inputs(run, [DatasetInput(Dataset("loans", word[:8], "local", "{}", schema="{}", profile="{}"), [InputTag("mlflow.data.context", "training")])])
    client.log_text(run, word, "deep/er/ü ber.txt")
    model = client.create_logged_model(experiment, name="classifier", source_run_id=run, params={"depth": "3"}, tags={"a": "b"}, model_type="tree")
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 0)])
    client.log_metric(run, "auc", 0.5, step=1, timestamp=5, model_id=model.model_id)
    client.set_terminated(run)
    if not client.search_registered_models("name = 'loans'"):
        client.create_registered_model("loans", {"owner": "ada"}, "who gets one")
    version = client.create_model_version("loans", f"mlflow-artifacts:/{experiment}/{run}/artifacts/deep", run, {"by": word}, description=word)
    client.set_registered_model_alias("loans", "champion", version.version)
    client.set_registered_model_alias("loans", word, version.version)
    deleted = client.create_run(experiment).info.run_id
    client.delete_run(deleted)
    return str(version.version)


class Turns(unittest.TestCase):
    maxDiff = 3000

    def server(self, kind):
        """Ends with the test, or before."""
        if kind == "reeve":
            server = ReeveServer(REEVE, self.folder)
        else:
            server = MlflowServer(self.folder, "--artifacts-destination", str(self.folder / "mlartifacts"))
        self.addCleanup(server.stop)
        return server

    def turns(self, kinds):
        temporary = tempfile.TemporaryDirectory(prefix="reeve-turns-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        told = None
        for number, kind in enumerate(kinds):
            server = self.server(kind)
            client = MlflowClient(tracking_uri=server.uri, registry_uri=server.uri)
            if told is not None:
                now = told_by(client)
                for part, expected in told.items():
                    self.assertEqual(now[part], expected, f"{part}, as {kind} tells what {kinds[number - 1]} told")
            self.assertEqual(write(client, f"{kind}-{number}"), str(number + 1))
            told = told_by(client)
            self.assertEqual(len(told["runs"]), 2 * (number + 1))
            server.stop()

    def test_a_file_that_reeve_made(self):
        self.turns(["reeve", "mlflow", "reeve", "mlflow"])

    def test_a_file_that_mlflow_made(self):
        self.turns(["mlflow", "reeve", "mlflow", "reeve"])


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"turns: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
