"""MLflow's own clients on a `reeve server` with users: who may see and do what, and one database for both programs.

    access_test.py REEVE

Prints "access: N passed, N failed, N skipped". Needs mlflow; with Flask-WTF beside it, MLflow opens the database as well. All of it runs with users in SQLite and,
where there is a server, in PostgreSQL.
"""
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import contextmanager
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
REEVE = os.path.abspath(sys.argv.pop())

import requests  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
PASSWORD = "correct horse battery"
ROOT = "root"

try:
    # The client's module loads the server's.
    from mlflow.server.auth.client import AuthServiceClient
except ImportError:
    AuthServiceClient = None


@contextmanager
def user(name, password=PASSWORD):
    os.environ["MLFLOW_TRACKING_USERNAME"] = name
    os.environ["MLFLOW_TRACKING_PASSWORD"] = password
    try:
        yield
    finally:
        del os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="reeve-access-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        cls.users = cls.make_users()
        (cls.folder / "tokens").write_text("robot 0123456789abcdef0123\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = free.getsockname()[1]
        cls.uri = f"http://127.0.0.1:{cls.port}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        environment |= {"MLFLOW_AUTH_ADMIN_USERNAME": ROOT, "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD}
        command = [REEVE, "server", "--port", str(cls.port), "--auth", cls.users, "--default-permission", "NO_PERMISSIONS"]
        command += ["--audit-log", "audit.jsonl", "--token-write", "tokens"]
        cls.server = subprocess.Popen(command, cwd=cls.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        cls.client = MlflowClient(cls.uri)
        for _ in range(200):
            try:
                if requests.get(cls.uri + "/health", timeout=5).ok:
                    break
            except requests.ConnectionError:
                if cls.server.poll() is not None:
                    raise SystemExit(cls.server.stderr.read())
                time.sleep(0.05)
        for name in ("ann", "bob"):
            cls.ask(ROOT, "POST", "2.0/mlflow/users/create", username=name, password=PASSWORD)

    @classmethod
    def make_users(cls):
        """The URI of a new database."""
        return f"sqlite:///{cls.folder}/users.db"

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(20)
        cls.server.stderr.close()

    @classmethod
    def ask(cls, name, method, path, status=200, **fields):
        where = {"params": fields} if method == "GET" else {"json": fields}
        response = requests.request(method, f"{cls.uri}/api/{path}", auth=(name, PASSWORD), timeout=30, **where)
        assert response.status_code == status, response.text
        return response.json()

    def refused(self, call, *arguments, code="PERMISSION_DENIED", **named):
        with self.assertRaises(MlflowException) as failed:
            call(*arguments, **named)
        self.assertEqual(failed.exception.error_code, code, str(failed.exception))

    def test_nobody_passes_unknown(self):
        self.refused(self.client.get_experiment, "0", code="UNAUTHENTICATED")
        with user("ann", "wrong password"):
            self.refused(self.client.get_experiment, "0", code="UNAUTHENTICATED")

    def test_experiments_belong_to_who_made_them(self):
        with user("ann"):
            experiment = self.client.create_experiment("ann's")
            run = self.client.create_run(experiment).info
            self.client.log_metric(run.run_id, "auc", 0.75)
            self.client.log_text(run.run_id, "hello", "notes/hello.txt")
            self.assertEqual(run.user_id, "ann")
        with user("bob"):
            self.refused(self.client.get_experiment, experiment)
            self.refused(self.client.get_run, run.run_id)
            self.refused(self.client.log_metric, run.run_id, "auc", 1.0)
            self.refused(self.client.delete_experiment, experiment)
            self.assertEqual(self.client.search_runs([experiment]), [])
            self.assertNotIn("ann's", [e.name for e in self.client.search_experiments()])
            answer = requests.get(f"{self.uri}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run.run_id}/artifacts/notes/hello.txt", auth=("bob", PASSWORD), timeout=30)
            self.assertEqual(answer.status_code, 403)
        grant = {"username": "bob", "resource_type": "experiment", "resource_id": experiment, "permission": "READ"}
        self.ask("bob", "POST", "3.0/mlflow/users/permissions/grant", 403, **grant)
        self.ask("ann", "POST", "3.0/mlflow/users/permissions/grant", **grant)
        with user("bob"):
            self.assertEqual(self.client.get_run(run.run_id).data.metrics, {"auc": 0.75})
            self.assertEqual(len(self.client.search_runs([experiment])), 1)
            self.refused(self.client.log_metric, run.run_id, "auc", 1.0)
            self.assertEqual([file.path for file in self.client.list_artifacts(run.run_id, "notes")], ["notes/hello.txt"])

    def test_tokens_read_and_write_but_administrate_nothing(self):
        os.environ["MLFLOW_TRACKING_TOKEN"] = "0123456789abcdef0123"
        try:
            run = self.client.create_run("0").info
        finally:
            del os.environ["MLFLOW_TRACKING_TOKEN"]
        self.assertEqual(run.user_id, "robot")
        with user("whoever", "0123456789abcdef0123"):
            self.client.set_tag(run.run_id, "k", "v")
        answer = requests.post(f"{self.uri}/api/2.0/mlflow/users/create", json={"username": "x", "password": PASSWORD}, headers={"Authorization": "Bearer 0123456789abcdef0123"}, timeout=30)
        self.assertEqual(answer.status_code, 403)

    @unittest.skipIf(AuthServiceClient is None, "MLflow's client of users needs all of mlflow and Flask-WTF")
    def test_mlflows_client_administrates(self):
        client = AuthServiceClient(self.uri)
        with user(ROOT):
            created = client.create_user("carol", PASSWORD)
            self.assertEqual((created.username, created.is_admin), ("carol", False))
            self.refused(client.create_user, "carol", PASSWORD, code="RESOURCE_ALREADY_EXISTS")
            role = client.create_role("default", "readers", "who reads all")
            held = client.add_role_permission(role.id, "experiment", "*", "READ")
            self.assertEqual(client.update_role_permission(held.id, "EDIT").permission, "EDIT")
            client.assign_role("carol", role.id)
            self.assertEqual([r.name for r in client.list_user_roles("carol")], ["readers"])
            self.assertEqual(len(client.list_role_users(role.id)), 1)
            self.assertEqual(client.get_user_permission("carol", "experiment", "0").permission, "EDIT")
        with user("carol"):
            self.client.create_run("0")
            client.update_user_password("carol", "another password", current_password=PASSWORD)
        with user("carol", "another password"):
            self.assertEqual(client.get_user("carol").username, "carol")
            self.refused(client.get_user, "ann")
        with user(ROOT):
            client.grant_user_permission("carol", "registered_model", "m", "MANAGE")
            self.refused(client.grant_user_permission, "carol", "registered_model", "m", "READ", code="RESOURCE_ALREADY_EXISTS")
            client.revoke_user_permission("carol", "registered_model", "m")
            self.refused(client.revoke_user_permission, "carol", "registered_model", "m", code="RESOURCE_DOES_NOT_EXIST")
            client.update_user_admin("carol", True)
            self.assertTrue(client.get_user("carol").is_admin)
            client.unassign_role("carol", role.id)
            client.remove_role_permission(held.id)
            client.delete_role(role.id)
            client.delete_user("carol")
            self.refused(client.get_user, "carol", code="RESOURCE_DOES_NOT_EXIST")

    @unittest.skipIf(AuthServiceClient is None, "MLflow's store of users needs all of mlflow and Flask-WTF")
    def test_mlflow_opens_the_same_database(self):
        from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

        store = SqlAlchemyStore()
        store.init_db(self.users)
        self.assertTrue(store.authenticate_user("ann", PASSWORD))
        self.assertFalse(store.authenticate_user("ann", "wrong password"))
        store.create_user("dora", PASSWORD)
        store.grant_user_permission("dora", "experiment", "0", "EDIT")
        with user("dora"):
            self.client.create_run("0")
        store.delete_user("dora")
        with user("dora"):
            self.refused(self.client.create_run, "0", code="UNAUTHENTICATED")

    def test_what_changes_something_is_told(self):
        with user("ann"):
            experiment = self.client.create_experiment("told")
        lines = [json.loads(line) for line in (self.folder / "audit.jsonl").read_text().splitlines()]
        told = [line for line in lines if line.get("name") == "told"]
        self.assertEqual([(line["user"], line["status"], line["experiment"]) for line in told], [("ann", 200, experiment)])
        self.assertNotIn(PASSWORD, (self.folder / "audit.jsonl").read_text())


class AccessOnPostgres(Access):
    @classmethod
    def make_users(cls):
        server = PostgresServer()
        cls.addClassCleanup(server.stop)
        server.run("createdb", "users")
        return server.uri("users")


if __name__ == "__main__":
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in (Access, AccessOnPostgres))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"access: {result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(failed > 0)
