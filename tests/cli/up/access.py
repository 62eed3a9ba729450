"""Who may ask the models of a closed `reeve up`: access.py REEVE. Prints "everybody gets what is theirs" at the end."""
import json

from up import Up, demo_row, train, until

ROOT, ANN, PASSWORD = "root:correct horse battery", "ann:correct horse battery", "correct horse battery"
SCORE, WRITE = "score-token-0123456789", "write-token-0123456789"
API = "/api/2.0/mlflow/"


def main():
    row = demo_row()
    for name, token in (("score", SCORE), ("write", WRITE)):
        with open(name, "w") as tokens:
            tokens.write(token + "\n")
    up = Up("--auth", "sqlite:///users.db", "--default-permission", "NO_PERMISSIONS", "--token-score", "score", "--token-write", "write", "--audit-log", "audit.jsonl",
            MLFLOW_AUTH_ADMIN_USERNAME="root", MLFLOW_AUTH_ADMIN_PASSWORD=PASSWORD)
    for name in ("loans", "secret"):
        train(up, name, "--fit", "n_estimators=5,max_depth=2", MLFLOW_TRACKING_USERNAME="root", MLFLOW_TRACKING_PASSWORD=PASSWORD)
    until("both models are served", lambda: up.ask("/predict?model=loans", row, ROOT)[0] == up.ask("/predict?model=secret", row, ROOT)[0] == 200)

    def statuses(**who):
        return [up.ask(path, body, **who)[0] for path, body in asked]

    asked = [("/predict?model=loans", row), ("/form?model=loans", None), ("/v2/models/loans", None), ("/model?model=loans", None)]
    told = ["/models", "/models?model=loans", "/v2/models?model=loans", "/metrics", "/predict?model=secret", "/models/secret", "/v2/models/secret", "/model/contract?model=secret"]
    assert statuses() == [401] * 4, statuses()
    assert up.ask("/health")[0] == 200 and "loans" not in json.dumps(up.ask("/health")[1])
    assert statuses(token=SCORE) == [200, 200, 200, 403], statuses(token=SCORE)
    assert statuses(token=WRITE) == [403, 403, 403, 200], statuses(token=WRITE)
    assert up.ask(API + "registered-models/get?name=loans", token=SCORE)[0] == 403

    assert up.ask(API + "users/create", {"username": "ann", "password": PASSWORD}, ROOT)[0] == 200
    assert statuses(user=ANN) == [403] * 4, statuses(user=ANN)
    assert up.ask(API + "registered-models/permissions/create", {"name": "loans", "username": "ann", "permission": "READ"}, ROOT)[0] == 200
    assert statuses(user=ANN) == [200, 403, 200, 200], statuses(user=ANN)
    for path in told:
        status, answer = up.ask(path, row if "predict" in path else None, ANN)
        assert status == 403 and "secret" not in json.dumps(answer), (path, status, answer)
    # The form lists every model that is served.
    assert up.ask(API + "registered-models/permissions/create", {"name": "secret", "username": "ann", "permission": "READ"}, ROOT)[0] == 200
    assert up.ask("/form?model=loans", None, ANN)[0] == up.ask("/models", None, ANN)[0] == 200
    assert up.ask("/metrics", None, ANN)[0] == 403
    up.stop()
    assert up.wait() == 0
    with open("audit.jsonl") as lines:
        paths = {entry["path"] for entry in map(json.loads, lines) if entry["status"] == 200}
    assert not any("predict" in path for path in paths), paths
    print("everybody gets what is theirs")


main()
