"""Runs at one server, registered models at another, files in S3: reeve and MLflow's client tell the same of both.

    registry_test.py REEVE [reeve]

The registry is `mlflow server`, with "reeve" `reeve server`. Prints "registry: N passed, N failed, N skipped". The tests are one story, so they run in the order of
their numbers.
"""
import hashlib
import json
import logging
import os
import sys
import tempfile
import unittest
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow_server import chosen  # noqa: E402
from reeve_server import ReeveServer  # noqa: E402
from reeve_story import ReeveStory  # noqa: E402
from s3_store import S3Store  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
REEVE, Registry = chosen(sys.argv)
TRAIN = ("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--learner", "logistic", "--effort", "quick")


def digests(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(folder).rglob("*") if path.is_file()}


class RegistryStory(ReeveStory):
    binary = REEVE

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-registry-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        store = S3Store("loans")
        cls.addClassCleanup(store.stop)
        os.environ.update(store.environment)
        cls.server = ReeveServer(REEVE, cls.folder / "server", "--default-artifact-root", "s3://loans/files", "--no-serve-artifacts")
        cls.addClassCleanup(cls.server.stop)
        cls.registry = Registry(cls.folder / "registry")
        cls.addClassCleanup(cls.registry.stop)
        cls.variables = store.environment | {"HOME": str(cls.folder), "MLFLOW_REGISTRY_URI": cls.registry.uri, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
        cls.client = MlflowClient(tracking_uri=cls.server.uri, registry_uri=cls.registry.uri)
        cls.reeve("demo", "--table-only", "-o", "loans.csv", "--rows", "600")
        cls.reeve("demo", "--table-only", "-o", "new_loans.csv", "--rows", "200", "--seed", "7")

    def test_1_runs_go_to_the_one_and_versions_to_the_other(self):
        answer = json.loads(self.reeve(*TRAIN, "--register", "loans", "--alias", "champion", "--tag", "team=risk", "--out", "here", "--output", "json"))
        run = self.client.get_run(answer["run_id"])
        self.assertEqual(run.info.status, "FINISHED")
        version = self.client.get_model_version_by_alias("loans", "champion")
        [logged] = self.client.search_logged_models([run.info.experiment_id], filter_string=f"source_run_id = '{run.info.run_id}'")
        self.assertEqual((str(version.version), version.run_id, version.source), ("1", run.info.run_id, logged.artifact_location))
        self.assertEqual(version.tags["team"], "risk")
        self.assertEqual(json.loads(logged.tags["mlflow.modelVersions"]), [{"name": "loans", "version": 1}])
        self.assertEqual(MlflowClient(self.server.uri).search_registered_models(), [])
        with self.assertRaises(MlflowException):
            MlflowClient(self.registry.uri).get_run(run.info.run_id)

    def test_2_the_client_fetches_what_was_registered(self):
        mlflow.set_tracking_uri(self.server.uri)
        mlflow.set_registry_uri(self.registry.uri)
        fetched = mlflow.artifacts.download_artifacts("models:/loans@champion", dst_path=str(self.folder))
        own = digests(self.folder / "here")
        self.assertEqual({name: digest for name, digest in digests(fetched).items() if name in own}, own)

    def test_3_names_are_looked_up_at_the_registry_and_runs_where_they_are(self):
        expected = self.predict("./here")
        run_id = self.client.get_model_version("loans", "1").run_id
        for name in ("models:/loans@champion", "models:/loans/1", "loans", f"runs:/{run_id}/model"):
            self.assertEqual(self.predict(name), expected, name)
        self.assertIn("champion → 1", self.reeve("models", "list"))
        self.assertIn(run_id, self.reeve("runs", "list"))

    def test_4_versions_that_the_client_makes_are_found(self):
        made = self.client.create_model_version("loans", self.client.get_model_version("loans", "1").source)
        self.assertEqual(self.predict(f"models:/loans/{made.version}"), self.predict("./here"))
        self.reeve("models", "alias", "loans", "challenger", str(made.version))
        self.assertEqual(str(self.client.get_model_version_by_alias("loans", "challenger").version), str(made.version))

    def test_5_what_the_registry_did_not_take_is_sent_later(self):
        self.registry.stop()
        done = self.run_reeve(*TRAIN, "--name", "later", "--register", "loans", "--alias", "champion")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("the training is done and kept in", done.stderr)
        self.registry.start()
        answer = json.loads(self.reeve("runs", "sync", "--output", "json"))
        self.assertEqual((answer["runs"]["copied"], answer["versions"]["copied"], answer["aliases"]["copied"]), (1, 1, 1))
        version = self.client.get_model_version_by_alias("loans", "champion")
        run = self.client.get_run(version.run_id)
        self.assertEqual((run.info.run_name, run.info.status), ("later", "FINISHED"))
        self.assertEqual(len(self.predict("models:/loans@champion")), len(self.predict("./here")))
        self.assertIn("Nothing waits", self.reeve("runs", "sync"))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"registry: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
