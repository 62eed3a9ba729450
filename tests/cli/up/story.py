"""A team's first day with `reeve up`, through the real binary: story.py REEVE. Prints what happened, ends with "the story holds".

The server starts empty, a model is trained through it and served, its alias moves under load, a second model comes and goes, one cannot be loaded, the last
one is deleted, and SIGTERM waits for a request that has begun."""
import http.client
import json
import os
import re
import threading

from up import Up, demo_row, reeve, train, until


class Load:
    """Asks for the same row again and again."""

    def __init__(self, up, path, row):
        self.up, self.path, self.row, self.answers, self.is_over = up, path, row, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over:
            status, answer = self.up.ask(self.path, self.row)
            self.answers.append((status, answer["model_version"] if status == 200 else answer))

    def end(self):
        self.is_over = True
        self.thread.join()
        refused = [answer for answer in self.answers if answer[0] != 200]
        assert not refused, refused[:3]
        return {version for _, version in self.answers}


def main():
    row = demo_row()
    # The scoring half finds what lies behind the server wherever that is.
    up = Up("--backend-store-uri", "sqlite:///store/mlflow.db", "--artifacts-destination", "elsewhere")
    assert up.ask("/readyz")[0] == 200
    status, health = up.ask("/health")
    assert (status, health["status"], health["checks"]["model_loaded"]) == (200, "healthy", False), health
    status, answer = up.ask("/predict", row)
    assert status == 503 and answer["error"]["code"] == "not_ready" and "alias champion" in answer["error"]["message"], answer

    train(up, "loans", "--fit", "n_estimators=5,max_depth=2")
    until("a model that was trained through the server is served", lambda: up.ask("/predict", row)[0] == 200)
    assert os.path.isdir("elsewhere"), os.listdir()
    status, answer = up.ask("/predict", row)
    with open("row.jsonl", "w") as rows:
        rows.write(json.dumps(row) + "\n")
    reeve("predict", "models:/loans@champion", "row.jsonl", "-o", "scores.jsonl", uri=up.uri)
    with open("scores.jsonl") as scores:
        batch = json.loads(scores.readline())
    assert (answer["label"], answer["probability"], answer["model_version"]) == (batch["prediction"], batch["probability"], "1"), (answer, batch)

    load = Load(up, "/predict", row)
    train(up, "loans", "--fit", "n_estimators=9,max_depth=3")
    until("the next version takes over", lambda: up.ask("/predict", row)[1]["model_version"] == "2")
    reeve("models", "alias", "loans", "champion", "1", uri=up.uri)
    until("and hands back", lambda: up.ask("/predict", row)[1]["model_version"] == "1")
    assert load.end() == {"1", "2"}
    print("no request failed meanwhile")

    train(up, "others", "--fit", "n_estimators=5,max_depth=2")
    until("a second model has to be named", lambda: up.ask("/predict", row)[0] == 400)
    assert up.ask("/predict", row)[1]["error"]["code"] == "model_required"
    load = Load(up, "/predict?model=loans", row)
    assert up.ask("/predict?model=others", row)[0] == 200
    page = up.ask("/")[1]
    for name in ("loans", "others"):
        assert f'href="form?model={name}"' in page, page
        status, form = up.ask(f"/form?model={name}")
        assert status == 200 and "<form" in form and f'action="?model={name}#answer"' in form, form
    # Pages that are asked for none say which one they are about.
    for path, link in (("/form", 'href="?model=others"'), ("/docs", "/predict?model=loans")):
        status, page = up.ask(path)
        assert status == 200 and link in page, (path, status, page)
    reeve("models", "alias", "others", "champion", "--delete", uri=up.uri)
    until("without its alias it is served no longer", lambda: up.ask("/predict?model=others", row)[0] == 404)
    assert load.end() == {"1"} and up.ask("/predict", row)[0] == 200

    api = "/api/2.0/mlflow/"
    assert up.ask(api + "registered-models/create", {"name": "odd"})[0] == 200
    run = up.ask(api + "runs/create", {"experiment_id": "0"})[1]["run"]["info"]
    assert up.ask(api + "model-versions/create", {"name": "odd", "source": run["artifact_uri"] + "/model", "run_id": run["run_id"]})[0] == 200
    assert up.ask(api + "registered-models/alias", {"name": "odd", "alias": "champion", "version": "1"})[0] == 200
    until("what is no bundle is refused, and said", lambda: "model_update models:/odd@champion" in up.ask("/health")[1]["checks"])
    status, health = up.ask("/health")
    assert (status, health["status"]) == (200, "degraded") and up.ask("/predict", row)[0] == 200
    metrics = up.ask("/metrics")[1]
    assert re.search(r'reeve_model_loads_total\{model="odd",outcome="failure"\} [1-9]', metrics), metrics
    assert "reeve_database_wait_seconds_count" in metrics and 'reeve_rows_scored_total{model="loans",version="1"}' in metrics

    for version in ("1", "2"):
        reeve("models", "delete", "loans", version, uri=up.uri)
    until("a model that was deleted is served no longer", lambda: up.ask("/predict", row)[0] == 503)

    train(up, "loans", "--fit", "n_estimators=5,max_depth=2")
    until("another one of its name is", lambda: up.ask("/predict", row)[0] == 200)
    body = json.dumps(row).encode()
    connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=30)
    connection.putrequest("POST", "/predict")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:10])
    up.stop()
    until("SIGTERM is noticed", up.is_leaving)
    connection.send(body[10:])
    assert connection.getresponse().status == 200
    code = up.wait()
    assert "every request that had begun was answered" in up.said, up.said
    print(f"and the request that had begun was answered; exit code {code}")

    # A model that is asked for and not there yet: what is waited for is said.
    up = Up("absent", "--backend-store-uri", "sqlite:///store/mlflow.db")
    assert up.ask("/health")[0] == 503
    up.stop()
    assert up.wait() == 0
    assert "no model yet; waits for absent" in up.said, up.said
    print("the story holds")


main()
