"""reeve and MLflow take turns with one PostgreSQL database, on a server of its own: each reads what the other wrote.

    postgres_test.py REEVE

Prints "postgres: N passed, N failed, N skipped". The tests are one story, so they run in the order of their numbers.
"""
import json
import logging
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

for name in ("mlflow", "alembic"):
    logging.getLogger(name).setLevel(logging.ERROR)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
REEVE = os.path.abspath(sys.argv.pop())

import sqlalchemy  # noqa: E402
from alembic import command  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.store.db.utils import _get_alembic_config  # noqa: E402
from mlflow.store.tracking.dbmodels.initial_models import Base as InitialTables  # noqa: E402
from postgres_server import PostgresServer, free_port  # noqa: E402

REVISION = "bda7b8c39065"


class Postgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = PostgresServer()
        cls.addClassCleanup(cls.server.stop)
        temporary = tempfile.TemporaryDirectory(prefix="reeve-mlflow-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        for database in ("ours", "theirs", "head", "race"):
            cls.server.run("createdb", database)

    def reeve(self, *words, database="ours", code=0):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        environment["MLFLOW_TRACKING_URI"] = self.server.uri(database)
        done = subprocess.run([REEVE, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, code, f"reeve {' '.join(words)}\n{done.stderr[-2000:]}")
        for text in (done.stdout, done.stderr):
            self.assertNotIn("opensesame", text, "a password is told")
        return done.stdout

    def train(self, *words, database="ours"):
        return json.loads(self.reeve("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--effort", "quick", *words, "--output", "json", database=database))

    def client(self, database="ours"):
        uri = self.server.uri(database)
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    def revision(self, database="ours"):
        return self.server.sql(database, "SELECT version_num FROM alembic_version")

    def test_1_reeve_makes_the_tables_that_mlflow_makes(self):
        self.reeve("demo")
        self.assertEqual(self.revision(), REVISION)
        uri = self.server.uri("theirs")
        engine = sqlalchemy.create_engine(uri)
        InitialTables.metadata.create_all(engine)
        config = _get_alembic_config(uri)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, REVISION)
        engine.dispose()
        self.maxDiff = None
        self.assertEqual(self.server.schema("ours"), self.server.schema("theirs"))

    def test_2_mlflow_reads_it_and_upgrades_it(self):
        client = self.client()
        [model] = client.search_registered_models()
        version = client.get_model_version_by_alias(model.name, "champion")
        run = client.get_run(version.run_id)
        self.assertEqual(run.info.status, "FINISHED")
        self.assertGreater(run.data.metrics["test_auc"], 0.5)
        self.assertTrue(run.inputs.dataset_inputs)
        self.assertTrue(client.get_metric_history(version.run_id, "test_auc"))
        self.assertIn("report.html", {f.path for f in client.list_artifacts(version.run_id)})
        self.assertNotEqual(self.revision(), REVISION, "MLflow did not upgrade: the rest of the story would show nothing")
        type(self).name = model.name

    def test_3_reeve_goes_on_in_the_upgraded_tables(self):
        answer = self.train("--register", self.name, "--alias", "champion", "--experiment", "second", "--tag", "team=\u00e4\u6f22")
        self.assertEqual(answer["model"]["version"], "2")
        client = self.client()
        self.assertEqual(str(client.get_model_version_by_alias(self.name, "champion").version), "2")
        self.assertEqual(client.get_run(answer["run_id"]).data.tags["team"], "\u00e4\u6f22")
        self.assertIn(answer["run_id"], self.reeve("runs", "list", "--output", "json"))
        self.reeve("predict", f"models:/{self.name}@champion", "loans.csv", "-o", "scored.csv")

    def test_4_reeve_writes_into_a_database_that_mlflow_made(self):
        client = self.client("head")
        run = client.create_run("0", run_name="theirs")
        client.log_metric(run.info.run_id, "auc", float("nan"), step=3)
        client.log_param(run.info.run_id, "depth", 4)
        client.set_terminated(run.info.run_id)
        shown = json.loads(self.reeve("runs", "show", run.info.run_id, "--output", "json", database="head"))
        self.assertEqual(shown["params"]["depth"], "4")
        answer = self.train("--register", "loans", "--alias", "champion", "--experiment", "ours", database="head")
        self.assertEqual(client.get_run(answer["run_id"]).info.status, "FINISHED")
        self.assertEqual(str(client.get_model_version_by_alias("loans", "champion").version), "1")
        # Their next experiment takes the number behind ours.
        self.assertGreater(int(client.create_experiment("theirs")), int(client.get_run(answer["run_id"]).info.experiment_id))

    def test_5_servers_that_start_at_once_make_the_tables_once(self):
        ports = [free_port() for _ in range(3)]
        words = [REEVE, "server", "--backend-store-uri", self.server.uri("race"), "--port"]
        servers = [subprocess.Popen([*words, str(port)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for port in ports]
        try:
            for port, server in zip(ports, servers):
                said = server.stdout.readline()
                self.assertIn("Tracking at", said)
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/2.0/mlflow/experiments/get?experiment_id=0", timeout=30) as answer:
                    self.assertEqual(json.load(answer)["experiment"]["name"], "Default")
        finally:
            for server in servers:
                server.terminate()
                server.communicate(timeout=30)
        self.assertEqual(self.server.sql("race", "SELECT count(*) FROM alembic_version"), "1")
        self.assertEqual(self.server.schema("race"), self.server.schema("theirs"))

    def table(self, rest):
        uri = self.server.uri("shop")
        return uri + ("&" if "?" in uri else "?") + rest

    def test_6_a_table_is_trained_from_and_scored_into(self):
        self.server.run("createdb", "shop")
        words = ("predict", self.name, "loans.csv", "--keep-all", "--batch-id", "2026-03-01", "-o", self.table("table=scores"))
        self.reeve(*words)
        self.reeve(*words)
        header, *lines = (self.folder / "loans.csv").read_text().splitlines()
        self.assertEqual(self.server.sql("shop", "SELECT count(*) || ' ' || count(DISTINCT loan_id) FROM scores"), f"{len(lines)} {len(lines)}")
        self.assertEqual(self.server.sql("shop", "SELECT DISTINCT pg_typeof(probability) FROM scores"), "double precision")
        query = self.table(f"query=SELECT {header} FROM scores ORDER BY loan_id")
        versions = [json.loads(self.reeve("data", "profile", data, "--output", "json"))["digest"] for data in ("loans.csv", query)]
        self.assertEqual(versions[0], versions[1], "the same content is the same version, wherever it lies")
        words = ("train", "--target", "approved", "--drop", "loan_id", "--effort", "quick", "--output", "json")
        scores = [json.loads(self.reeve(*words, data))["test"] for data in ("loans.csv", query)]
        self.assertEqual(scores[0], scores[1])
        self.reeve("evaluate", self.name, query, "--html", "evaluation.html")
        self.reeve("train", self.table("table=score"), "--target", "approved", code=2)

    def test_7_no_record_holds_the_password(self):
        answer = self.train("--tracking-uri", self.server.uri("ours"), "--out", "bundle", database="race")
        self.assertIn("opensesame", self.server.uri("ours"))
        self.assertIn("127.0.0.1", (self.folder / "bundle/lineage.json").read_text(), "the command is not in the lineage: this test would show nothing")
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"opensesame", path.read_bytes(), path)
        self.assertNotIn("opensesame", self.server.run("pg_dump", "-a", "ours"))
        self.assertNotIn("opensesame", self.reeve("config", "show", "--origin"))
        self.assertTrue(answer["run_id"])

    def test_8_failures_say_what_is_wrong_but_not_the_password(self):
        self.reeve("runs", "list", database="absent", code=1)
        self.server.sql("postgres", "ALTER ROLE ada PASSWORD 'another'")
        self.reeve("runs", "list", code=1)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    ran = max(result.testsRun, failed + skipped)
    print(f"postgres: {ran - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
