"""MLflow's own client meets `reeve server` below a prefix, and one that keeps artifacts only; Prometheus meets its metrics.

    options_test.py REEVE

Prints "options: N passed, N failed, N skipped".
"""
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
REEVE = os.path.abspath(sys.argv.pop())

import requests  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository  # noqa: E402
from mlflow_server import free_port  # noqa: E402
from reeve_server import ReeveServer  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
IN_PARTS = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1000000", "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": "5242880"}


class Options(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="reeve-options-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)

    def start(self, *words):
        server = ReeveServer(REEVE, self.folder / "server", *words)
        self.addCleanup(server.stop)
        return server

    def test_everything_lies_below_the_prefix(self):
        root = self.start("--static-prefix", "/ml/flow").uri
        uri = root + "/ml/flow"
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        run = client.create_run("0").info
        client.log_metric(run.run_id, "auc", 0.5)
        client.log_text(run.run_id, "hello", "notes/a.txt")
        self.assertEqual([f.path for f in client.list_artifacts(run.run_id, "notes")], ["notes/a.txt"])
        self.assertEqual(Path(client.download_artifacts(run.run_id, "notes/a.txt", self.folder)).read_text(), "hello")
        client.create_registered_model("x")
        client.create_model_version("x", run.artifact_uri + "/notes", run.run_id)
        self.assertEqual(client.get_model_version_download_uri("x", "1"), run.artifact_uri + "/notes")
        big = self.folder / "big.bin"
        big.write_bytes(bytes(range(256)) * 50_000)
        with mock.patch.dict(os.environ, IN_PARTS):
            MlflowArtifactsRepository("mlflow-artifacts:/1", tracking_uri=uri).log_artifact(str(big))
        self.assertEqual((self.folder / "server/mlartifacts/1/big.bin").read_bytes(), big.read_bytes())
        for path in ("/health", "/version", "/", "/api/2.0/mlflow/experiments/search?max_results=1"):
            self.assertEqual((requests.get(uri + path).status_code, requests.get(root + path).status_code), (200, 404), path)
        self.assertEqual(requests.get(uri).url, uri + "/")

    def test_artifacts_only_keeps_artifacts_and_nothing_else(self):
        uri = self.start("--artifacts-only").uri
        repository = MlflowArtifactsRepository("mlflow-artifacts:/7/run/artifacts", tracking_uri=uri)
        file = self.folder / "a.txt"
        file.write_text("hello")
        repository.log_artifact(str(file), "notes")
        self.assertEqual([f.path for f in repository.list_artifacts("notes")], ["notes/a.txt"])
        self.assertEqual(Path(repository.download_artifacts("notes/a.txt", self.folder)).read_text(), "hello")
        repository.delete_artifacts("notes/a.txt")
        self.assertEqual(repository.list_artifacts("notes"), [])
        with self.assertRaisesRegex(MlflowException, "503|--artifacts-only"):
            MlflowClient(tracking_uri=uri).create_run("0")
        self.assertEqual((requests.get(uri + "/health").text, requests.get(uri + "/").status_code), ("OK", 200))
        self.assertEqual([path.name for path in (self.folder / "server").iterdir()], ["mlartifacts"])


    def metrics(self, uri, **more):
        """The text, and "name{labels}" -> value."""
        answer = requests.get(uri + "/metrics", **more)
        answer.raise_for_status()
        lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
        return answer.text, {name: float(value) for name, value in lines}

    def test_metrics_count_what_clients_do(self):
        uri = self.start("--static-prefix", "/x", "--expose-prometheus", "ignored").uri
        client = MlflowClient(tracking_uri=uri + "/x", registry_uri=uri + "/x")
        runs = [client.create_run("0").info.run_id for _ in range(3)]
        client.log_text(runs[0], "x" * 1000, "a.txt")
        with self.assertRaises(MlflowException):
            client.get_run("none")
        text, now = self.metrics(uri)
        self.assertEqual(now['reeve_http_requests_total{route="/api/2.0/mlflow/runs/create",method="POST",code="200"}'], 3)
        self.assertEqual(now['reeve_http_requests_total{route="/api/2.0/mlflow/runs/get",method="GET",code="404"}'], 1)
        self.assertEqual(now['reeve_http_request_body_bytes_total{route="/api/2.0/mlflow-artifacts/artifacts/{path...}"}'], 1000)
        self.assertGreaterEqual(now['reeve_database_wait_seconds_count{access="write"}'], 3)
        self.assertEqual(now["reeve_database_connections_in_use"], 0)
        self.assertNotIn(runs[0], text)
        for i in range(50):
            requests.get(f"{uri}/x/no/such/{i}")
        self.assertLess(len(self.metrics(uri)[1]) - len(now), 40)
        self.assertTrue(self.metrics(uri, headers={"Accept": "application/openmetrics-text"})[0].endswith("# EOF\n"))
        if shutil.which("promtool"):
            checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, timeout=30)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_metrics_are_for_those_who_may(self):
        (self.folder / "tokens").write_text("prometheus 0123456789abcdef\n")
        environment = {"MLFLOW_AUTH_ADMIN_USERNAME": "root", "MLFLOW_AUTH_ADMIN_PASSWORD": "correct horse battery"}
        with mock.patch.object(ReeveServer, "secrets", environment):
            uri = self.start("--auth", "sqlite:///users.db", "--token-read", str(self.folder / "tokens")).uri
        root = ("root", "correct horse battery")
        made = requests.post(uri + "/api/2.0/mlflow/users/create", json={"username": "ann", "password": "staple staple staple"}, auth=root)
        self.assertEqual(made.status_code, 200, made.text)
        for caller, status in ((None, 401), (("ann", "staple staple staple"), 403), (root, 200), (("any", "0123456789abcdef"), 200)):
            self.assertEqual(requests.get(uri + "/metrics", auth=caller).status_code, status, caller)

    def test_metrics_may_have_an_address_of_their_own(self):
        admin = f"127.0.0.1:{free_port()}"
        uri = self.start("--admin", admin).uri
        self.assertEqual(requests.get(uri + "/metrics").status_code, 404)
        self.assertIn('route="/metrics",method="GET",code="200"', self.metrics(f"http://{admin}")[0] + self.metrics(f"http://{admin}")[0])
        self.assertEqual((requests.get(f"http://{admin}/health").text, requests.get(f"http://{admin}/").status_code), ("OK", 404))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"options: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
