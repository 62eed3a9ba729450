"""The same random calls to a real `mlflow server` and to `reeve server`, one after the other: both answer alike, after every step.

    differential_test.py REEVE [SEED STEPS [messages]]

Compared are status, error code and answer; with "messages" their words, too. Prints each difference, and "differential: N calls, N differ".
"""
import json
import random
import re
import sys
import tempfile
import urllib.parse
from pathlib import Path

import requests
from mlflow_server import MlflowServer
from random_calls import Draws, Thing, draw
from reeve_server import ReeveServer

SEEDS, STEPS = (11, 12, 13), 500
API = "/api/2.0/mlflow/"
# Lists without an order of their own.
UNORDERED = {"tags", "params", "metrics", "aliases", "dataset_inputs", "model_outputs", "latest_versions"}
# Where the answer says what was made.
MADE = {
    "experiments/create": ("experiment", ("experiment_id",)),
    "runs/create": ("run", ("run", "info", "run_id")),
    "logged-models": ("logged_model", ("model", "info", "model_id")),
    "registered-models/create": ("model", ("registered_model", "name")),
    "registered-models/rename": ("model", ("registered_model", "name")),
}


class Side:
    """One of the servers: what it is asked in its own names, and what it answers in ours."""

    def __init__(self, uri, index):
        self.uri, self.index, self.symbols, self.session = uri, index, {}, requests.Session()

    def own(self, value):
        if isinstance(value, Thing):
            return value.names[self.index]
        if isinstance(value, list):
            return [self.own(item) for item in value]
        return {key: self.own(item) for key, item in value.items()} if isinstance(value, dict) else value

    def ask(self, method, path, fields):
        fields = {key: self.own(value) for key, value in fields.items()}
        for key in ("filter", "source"):
            if isinstance(fields.get(key), list) and all(isinstance(part, str) for part in fields[key]):
                fields[key] = "".join(fields[key])
        if "{id}" in fields:
            path = path.replace("{id}", urllib.parse.quote(str(fields.pop("{id}")), safe=""))
        if method == "GET":
            how = {"params": [(key, item if isinstance(item, str) else json.dumps(item)) for key, value in fields.items() if value is not None
                              for item in (value if isinstance(value, list) else [value])]}
        else:
            how = {"data": json.dumps(fields), "headers": {"Content-Type": "application/json"}}
        answer = self.session.request(method, self.uri + API + path, timeout=60, allow_redirects=False, **how)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text

    def learn(self, thing):
        self.symbols[thing.names[self.index]] = thing.symbol

    def neutral(self, value, key=None):
        """Ids as symbols, what is the clock's or chance's as words."""
        if isinstance(value, dict):
            # The page's token holds the server's own ids; sqlstate and error_class are not for MLflow's client.
            return {name: self.neutral(item, name) for name, item in value.items() if name not in ("sqlstate", "error_class", "next_page_token") and (name, item) != ("outputs", {})}
        if isinstance(value, list):
            items = [self.neutral(item, key) for item in value]
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if key in UNORDERED else items
        if isinstance(value, str):
            if key == "experiment_id" and value in self.symbols:
                return self.symbols[value]
            value = re.sub(r"(m-)?[0-9a-f]{32}", lambda found: self.symbols.get(found[0], "<id>"), value)
            value = re.sub(r"(mlflow-artifacts:/|\bexperiment '?|with id[ =]'?|Experiment with id=)(\d+)", lambda found: found[1] + self.symbols.get(found[2], found[2]), value)
            return re.sub(r"^[a-z]+-[a-z]+-\d+$", "<name>", value)
        is_now = isinstance(value, (int, float)) and key is not None and "time" in key and 1.6e12 < value < 4e12
        return "<now>" if is_now else value


def excused(left, right):
    """Why an answer may differ; None: it may not."""
    (left_status, left_answer), (right_status, right_answer) = left, right
    left_words, right_words = (str(answer.get("message", "")) if isinstance(answer, dict) else str(answer) for answer in (left_answer, right_answer))
    if left_status >= 500 and right_status < 500:
        return "a caller's mistake is none of the server's"
    if "sqlite3." in left_words:
        return "what the database says is not for callers"
    if isinstance(left_answer, str) and left_status == right_status:
        return "errors are JSON"
    if right_status == 400 and ("Hint: Value was of type" in right_words or "Missing value for required parameter" in right_words):
        return "values of another type are refused, not taken for none"
    if left_status == 400 and "Invalid value 0 for parameter 'max_results'" in left_words:
        return "the number of results may be left out"
    if left_status == 400 and re.search(r"Invalid comparator '(like|ilike|in|not in)'", left_words):
        return "words of filters may be written small"
    if right_status == 400 and "parameter 'status' supplied" in right_words:
        return "states of models that are none are refused"
    if left == (200, {}) and re.search("not quoted|list in the query|quoted string", right_words):
        return "a value that is no text of a filter is refused where MLflow finds nothing"
    if "exceeds the maximum length" in right_words:
        return "texts longer than their column are refused by SQLite, too"
    return None


def first_difference(left, right, at=""):
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in sorted(left.keys() | right.keys()) if left.get(key) != right.get(key)]
        return first_difference(left.get(keys[0]), right.get(keys[0]), f"{at}.{keys[0]}")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        index = next(i for i, (a, b) in enumerate(zip(left, right)) if a != b)
        return first_difference(left[index], right[index], f"{at}[{index}]")
    return f"{at}: {json.dumps(left)[:200]} | {json.dumps(right)[:200]}"


class Sequence:
    def __init__(self, sides, seed, messages):
        self.sides, self.seed, self.messages = sides, seed, messages
        self.draws = Draws(random.Random(seed), f"s{seed}")
        self.differences = 0

    def learn(self, path, answers):
        kind, place = MADE.get(path, (None, ()))
        names = []
        for _, answer in answers:
            for key in place:
                answer = answer[key]
            names.append(answer)
        if kind:
            known = self.draws.made[kind]
            known.append(thing := Thing(kind, tuple(names), names[0] if kind == "model" else f"<{kind} {len(self.sides[0].symbols)}>"))
            for side in self.sides:
                side.learn(thing)
        tokens = [answer.get("next_page_token") for _, answer in answers]
        if all(tokens):
            self.draws.tokens.append(Thing("token", tuple(tokens), "<token>"))

    def forget(self, fields):
        """What is no longer the same at both would differ from now on."""
        def things(value):
            if isinstance(value, Thing):
                yield value
            for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                yield from things(item)
        for thing in things(fields):
            for known in self.draws.made.values():
                if thing in known:
                    known.remove(thing)

    def run(self, steps):
        for step in range(steps):
            method, path, fields = draw(self.draws)
            if "{id}" in path and fields["{id}"] in ("", None):
                continue
            answers = [side.ask(method, path, fields) for side in self.sides]
            if all(status == 200 for status, _ in answers):
                self.learn(path, answers)
            left, right = ((status, side.neutral(answer)) for side, (status, answer) in zip(self.sides, answers))
            if left != right:
                self.judge(f"seed {self.seed} step {step} {method} {path} {fields}", left, right)
                if left[0] != right[0]:
                    self.forget(fields)

    def judge(self, call, left, right):
        same_error = left[0] == right[0] >= 400 and isinstance(left[1], dict) and left[1].get("error_code") == right[1].get("error_code")
        if (same_error and not self.messages) or excused(left, right):
            return
        self.differences += 1
        print(f"{call[:600]}\n  {left[0]} | {right[0]}  {first_difference(left[1], right[1])}")


def main(reeve, seeds, steps, messages):
    differences = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="reeve-differential-") as folder:
            # What is below mlruns or the working folder would have two names.
            servers = [MlflowServer(Path(folder) / "mlflow"), ReeveServer(reeve, Path(folder) / "reeve")]
            try:
                sequence = Sequence([Side(server.uri, index) for index, server in enumerate(servers)], seed, messages)
                sequence.run(steps)
                differences += sequence.differences
            finally:
                for server in servers:
                    server.stop()
    print(f"differential: {len(seeds) * steps} calls, {differences} differ")
    return differences > 0


if __name__ == "__main__":
    given = sys.argv[2:]
    sys.exit(main(sys.argv[1], [int(given[0])] if given else SEEDS, int(given[1]) if given else STEPS, "messages" in given))
