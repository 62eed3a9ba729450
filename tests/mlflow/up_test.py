"""What MLflow's client registers at `reeve up`, the same process serves: up_test.py REEVE. Prints "up: N passed, N failed, N skipped"."""
import csv
import json
import logging
import os
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import s3_store  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from reeve_server import ReeveUp  # noqa: E402
from reeve_story import ReeveStory  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
PATIENCE = 60


class UpStory(ReeveStory):
    binary = os.path.abspath(sys.argv[1])

    @classmethod
    def start_server(cls):
        cls.server = ReeveUp(cls.binary, cls.folder / "server")

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-up-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        cls.start_server()
        cls.addClassCleanup(cls.server.stop)
        cls.client = MlflowClient(tracking_uri=cls.server.uri, registry_uri=cls.server.uri)
        cls.reeve("demo", uri="sqlite:///mlflow.db")
        [cls.bundle] = [path.parent for path in cls.folder.glob("mlruns/**/MLmodel")]
        with open(cls.folder / "new_loans.csv", newline="") as table:
            cls.rows = list(csv.DictReader(table))

    def invoke(self, query=""):
        """Status and answer to all rows of the table, as MLflow's scoring server takes them."""
        body = json.dumps({"dataframe_records": self.rows}).encode()
        request = urllib.request.Request(f"{self.server.uri}/invocations{query}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def until(self, status, query=""):
        deadline = time.monotonic() + PATIENCE
        while (got := self.invoke(query))[0] != status:
            self.assertLess(time.monotonic(), deadline, got)
            time.sleep(0.05)
        return got[1]

    def register(self, name):
        run = self.client.create_run("0").info
        self.client.log_artifacts(run.run_id, str(self.bundle), "model")
        if not self.client.search_registered_models(f"name='{name}'"):
            self.client.create_registered_model(name)
        return self.client.create_model_version(name, run.artifact_uri + "/model", run.run_id).version

    def test_1_nothing_is_served_before_there_is_a_champion(self):
        status, answer = self.invoke()
        self.assertEqual((status, answer["error_code"]), (503, "TEMPORARILY_UNAVAILABLE"))
        self.register("loans")
        self.assertEqual(self.invoke()[0], 503)

    def test_2_the_champion_answers_as_the_bundle_does(self):
        self.client.set_registered_model_alias("loans", "champion", "1")
        answer = self.until(200)
        expected = self.predict(str(self.bundle), uri="sqlite:///mlflow.db")[1:]
        self.assertEqual([[row["label"], row["probability"]] for row in answer["predictions"]], [[label, float(probability)] for label, probability in expected])

    def test_3_several_are_named(self):
        self.client.set_registered_model_alias("others", "champion", self.register("others"))
        self.until(200, "?model=others")
        self.assertEqual(self.invoke("?model=loans")[0], 200)
        self.assertEqual(self.invoke()[0], 400)

    def test_4_what_the_client_takes_away_is_gone(self):
        self.client.delete_registered_model("others")
        self.until(404, "?model=others")
        self.client.delete_registered_model_alias("loans", "champion")
        self.until(503)


class UpStoryWithABucket(UpStory):
    """The same, with the artifacts in a bucket that only the server has the key of."""

    @classmethod
    def start_server(cls):
        store = s3_store.S3Store("artifacts")
        cls.addClassCleanup(store.stop)
        ReeveUp.secrets = store.environment | {"REEVE_CACHE": str(cls.folder / "server_cache")}
        cls.server = ReeveUp(cls.binary, cls.folder / "server", "--artifacts-destination", "s3://artifacts/team")
        ReeveUp.secrets = {}


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"up: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
