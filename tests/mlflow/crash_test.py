"""Sixteen clients write into `reeve server`, it is killed (SIGKILL) amid that and started again: all that it has acknowledged is there, nothing twice.

    crash_test.py REEVE

On SQLite and, where there is one, on PostgreSQL, some times with one database. Prints "crash: N passed, N failed, N skipped".
"""
import http.client
import json
import os
import random
import sqlite3
import sys
import tempfile
import threading
import unittest
import urllib.parse
from pathlib import Path

REEVE = os.path.abspath(sys.argv.pop())

from postgres_server import PostgresServer  # noqa: E402
from reeve_server import ReeveServer  # noqa: E402

WRITERS = 16
ROUNDS = 5
# Acknowledged calls before the kill: at least, at most.
FIRST_KILL, LAST_KILL = 200, 900
POINTS = 20
CURVES = [f"c{k:02}" for k in range(40)]
MODEL = "model"


class Refused(Exception):
    """The server has answered, but not with 200."""


class Client:
    """One connection, kept open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)

    def call(self, method, path, fields):
        path = "/api/2.0/mlflow/" + path
        if method == "GET":
            self.connection.request("GET", f"{path}?{urllib.parse.urlencode(fields)}")
        else:
            self.connection.request(method, path, json.dumps(fields), {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{path}: {answer.status} {body[:300]}")
        return json.loads(body)

    def post(self, path, **fields):
        return self.call("POST", path, fields)

    def get(self, path, **fields):
        return self.call("GET", path, fields)


class Ledger:
    """What one writer has sent and what of that was acknowledged."""

    def __init__(self, name):
        self.name = name
        self.runs = {}  # Name of each run to its id; None: sent, not acknowledged.
        self.params = {}  # (run id, key) to whether it was acknowledged.
        self.batches = {}  # (run id, number) to whether it was acknowledged.
        self.curves = {}  # Run id to how many batches of points alone were acknowledged.
        self.versions = {}  # Source of each version to its number; None: not acknowledged.


class Writers:
    """Sixteen threads that write until the server is gone."""

    def __init__(self, port, experiment, round_name):
        self.port, self.experiment = port, experiment
        self.ledgers = [Ledger(f"{round_name}-{i}") for i in range(WRITERS)]
        self.acknowledged, self.refusals, self.counting = 0, [], threading.Condition()
        self.threads = [threading.Thread(target=self.write, args=(ledger,)) for ledger in self.ledgers]

    def count(self):
        with self.counting:
            self.acknowledged += 1
            self.counting.notify_all()

    def write(self, ledger):
        client = Client(self.port)
        try:
            self.write_on(ledger, client)
        except (OSError, http.client.HTTPException):
            pass  # The server is gone.
        except Refused as refusal:
            with self.counting:
                self.refusals.append(str(refusal))
                self.counting.notify_all()
        finally:
            client.connection.close()

    def write_on(self, ledger, client):
        number = 0
        while True:
            name = f"{ledger.name}-{number}"
            number += 1
            ledger.runs[name] = None
            run = client.post("runs/create", experiment_id=self.experiment, run_name=name, start_time=number)["run"]["info"]["run_id"]
            ledger.runs[name] = run
            ledger.curves[run] = 0
            self.count()
            for i in range(3):
                ledger.batches[run, i] = False
                points = [{"key": f"m{i}", "value": float(k), "timestamp": k, "step": k} for k in range(POINTS)]
                client.post("runs/log-batch", run_id=run, metrics=points, params=[{"key": f"b{i}", "value": name}], tags=[{"key": f"t{i}", "value": name}])
                ledger.batches[run, i] = True
                self.count()
                client.post("runs/log-batch", run_id=run, metrics=[{"key": key, "value": float(i), "timestamp": i, "step": i} for key in CURVES])
                ledger.curves[run] = i + 1
                self.count()
                ledger.params[run, f"p{i}"] = False
                client.post("runs/log-parameter", run_id=run, key=f"p{i}", value=name)
                ledger.params[run, f"p{i}"] = True
                self.count()
            source = f"s3://bucket/{name}"
            ledger.versions[source] = None
            version = client.post("model-versions/create", name=MODEL, source=source, run_id=run)["model_version"]
            ledger.versions[source] = int(version["version"])
            self.count()

    def kill_after(self, calls, server):
        for thread in self.threads:
            thread.start()
        with self.counting:
            reached = self.counting.wait_for(lambda: self.acknowledged >= calls or self.refusals, 120)
        server.kill()
        for thread in self.threads:
            thread.join()
        assert reached, f"{self.acknowledged} of {calls} calls in two minutes"


def pages(client, path, key, **fields):
    found, token = [], None
    while True:
        answer = client.call("POST" if path == "runs/search" else "GET", path, fields | ({"page_token": token} if token else {}))
        found += answer.get(key, [])
        token = answer.get("next_page_token")
        if not token:
            return found


class Crash(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="reeve-crash-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def connect(self, server):
        client = Client(server.port)
        self.addCleanup(client.connection.close)
        return client

    def story(self, backend):
        random_numbers = random.Random(11)
        server = ReeveServer(REEVE, self.folder, backend=backend)
        self.addCleanup(server.stop)
        client = self.connect(server)
        experiment = client.post("experiments/create", name="crash")["experiment_id"]
        client.post("registered-models/create", name=MODEL)
        ledgers = []
        for round_number in range(ROUNDS):
            writers = Writers(server.port, experiment, f"r{round_number}")
            writers.kill_after(random_numbers.randint(FIRST_KILL, LAST_KILL), server)
            self.assertEqual(writers.refusals, [])
            ledgers += writers.ledgers
            server.start()
            client = self.connect(server)
            self.check_runs(client, experiment, ledgers)
            self.check_versions(client, ledgers)
        # Goes on as if nothing had been.
        run = client.post("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
        version = client.post("model-versions/create", name=MODEL, source="s3://bucket/last", run_id=run)["model_version"]["version"]
        self.assertGreater(int(version), max(v or 0 for ledger in ledgers for v in ledger.versions.values()))
        server.stop()

    def check_runs(self, client, experiment, ledgers):
        there = {}
        for run in pages(client, "runs/search", "runs", experiment_ids=[experiment], max_results=1000):
            name = run["info"]["run_name"]
            self.assertFalse(name in there, f"run {name} is there twice")
            there[name] = run
        sent = {name: run for ledger in ledgers for name, run in ledger.runs.items()}
        self.assertEqual(there.keys() - sent.keys(), set())
        for name, run_id in sent.items():
            if run_id is not None:
                self.assertTrue(name in there, f"run {name} is lost")
                self.assertEqual(there[name]["info"]["run_id"], run_id)
        data = {run["info"]["run_id"]: run["data"] for run in there.values()}
        names = {run["info"]["run_id"]: name for name, run in there.items()}
        for ledger in ledgers:
            self.check_params(ledger, data, names)
            self.check_batches(client, ledger, data, names)
            self.check_curves(client, ledger, data)

    def check_params(self, ledger, data, names):
        for (run, key), acknowledged in ledger.params.items():
            values = [p["value"] for p in data[run].get("params", []) if p["key"] == key]
            self.assertIn(values, [[names[run]]] if acknowledged else [[names[run]], []], (run, key))

    def check_batches(self, client, ledger, data, names):
        for (run, i), acknowledged in ledger.batches.items():
            params = [p["value"] for p in data[run].get("params", []) if p["key"] == f"b{i}"]
            tags = [t["value"] for t in data[run].get("tags", []) if t["key"] == f"t{i}"]
            latest = [(m["value"], m["step"]) for m in data[run].get("metrics", []) if m["key"] == f"m{i}"]
            # Whole or not at all.
            whole, nothing = ([names[run]], [names[run]], [(POINTS - 1, POINTS - 1)]), ([], [], [])
            self.assertIn((params, tags, latest), [whole] if acknowledged else [whole, nothing], (run, i))
            if latest:
                history = pages(client, "metrics/get-history", "metrics", run_id=run, metric_key=f"m{i}")
                self.assertEqual([(p["step"], p["value"]) for p in history], [(k, float(k)) for k in range(POINTS)], (run, i))

    def check_curves(self, client, ledger, data):
        for run, acknowledged in ledger.curves.items():
            latest = {m["key"]: m["step"] + 1 for m in data[run].get("metrics", []) if m["key"] in CURVES}
            batches = set(latest.get(key, 0) for key in CURVES)
            # Whole or not at all; the one that was on its way may have come.
            self.assertEqual(len(batches), 1, latest)
            self.assertIn(batches, [{acknowledged}, {acknowledged + 1}], run)
            for key in latest.keys() & {CURVES[0], CURVES[-1]}:
                history = pages(client, "metrics/get-history", "metrics", run_id=run, metric_key=key)
                self.assertEqual([p["step"] for p in history], list(range(latest[key])), (run, key))

    def check_versions(self, client, ledgers):
        there = {}
        numbers = set()
        for version in pages(client, "model-versions/search", "model_versions", filter=f"name='{MODEL}'", max_results=10000):
            self.assertFalse(version["source"] in there, f"version {version['source']} is there twice")
            self.assertNotIn(version["version"], numbers)
            numbers.add(version["version"])
            there[version["source"]] = int(version["version"])
        sent = {source: number for ledger in ledgers for source, number in ledger.versions.items()}
        self.assertEqual(there.keys() - sent.keys(), set())
        for source, number in sent.items():
            if number is not None:
                self.assertEqual(there.get(source), number, source)
        # A number is given once, without gaps: what was not written has taken none.
        self.assertEqual(sorted(there.values()), list(range(1, len(there) + 1)))

    def test_sqlite(self):
        self.story("sqlite:///mlflow.db")
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        database.close()

    def test_postgres(self):
        postgres = PostgresServer()
        self.addCleanup(postgres.stop)
        postgres.run("createdb", "crash")
        self.story(postgres.uri("crash"))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"crash: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
