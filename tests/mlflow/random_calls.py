"""Random calls of MLflow's REST API, good ones and odd ones: a grammar of bodies, filters and orders, drawn from one seed.

A call is (method, path, fields). In fields a Thing stands for what each of two servers has its own name for, and a list of texts and Things below "filter" or
"source" for their concatenation.
"""
import base64
import random
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Thing:
    """Made at both servers; `names` are theirs, `symbol` is ours."""
    kind: str
    names: tuple
    symbol: str


def offset_token(text):
    return base64.b64encode(text.encode()).decode()


ODD_TEXTS = ["", " ", "ü", "日本", "a/b", "/a", "a/", "../a", "a//b", "a b", "a:b", "a.b", "a'b", 'a"b', "a%b", "a`b", "x" * 250, "a\nb", ".", "..", "./a", "0", "-1", "1e3",
             "None", "null", "latest", "v1", "V2", "mlflow.x", "a@b", "a#b", "a,b", "a\\b", "a=b", "a?b"]
ODD_VALUES = [None, 0, -1, 1.5, True, [], {}, ["a"], "abc", 2**31, 2**63, "1.5", "NaN", [None], [{}]]
ODD_INTEGERS = [0, -1, "0", "1", "5", 1.0, 1.5, "abc", "", None, 2**31, 2**63 - 1, 2**63, 1000, 1001, 50000, 50001, 200000, 200001, 25000, 25001, 2500, 2501]
ODD_NUMBERS = [-1, 1e308, "NaN", "Infinity", "-Infinity", "1.5", "abc", "", None, [], 5e-324, 2**63, -0.0, "1e5"]
ODD_TOKENS = ["", "abc", offset_token('{"offset": 1}'), offset_token("{}"), offset_token("[]"), "=", None, "!!!!"]
METRICS, PARAMS = ["m", "loss", "acc", "a/b", "a b", "k.1", "M", "ü", "日本"], ["p", "lr", "depth", "a/b", "P", "ü", "x y"]
TAGS = ["t", "team", "mlflow.note.content", "mlflow.user", "a/b", "T", "mlflow.runName", "mlflow.parentRunId", "ü"]
VALUES = ["a", "b", "A", "B", "ab", "aB", "a%b", "a_b", "", "0", "1", "ü", "it's", 'say "x"', "x" * 100, "None"]
ALIASES = ["champion", "challenger", "a_b", "A", "x-y", "latest", "v1", "v", "V1", "v1a", "1", "", "a b", "a.b", "x" * 255, "x" * 256, "LATEST", "v01"]
STAGES = ["None", "Staging", "Production", "Archived", "staging", "PRODUCTION", "foo", ""]
VIEWS = ["ALL", "ACTIVE_ONLY", "DELETED_ONLY", 1, 2, 3]
SOURCES = ["s3://b/m", "s3://b/../m", "/tmp/x", "file:///tmp/x", "mlflow-artifacts:/1/2", "http://h/x", "models:/", "models:/a", "models://x/a/1", "runs://x/a", "dbfs:/m", "x",
           "file://h/x", "s3://b", "gs://b//x", "s3://b/%2e%2e/x", "S3://B/x", "s3://b/m/", "s3://b/./m", "s3://b/a%00"]
LOCATIONS = ["s3://b/x", "mlflow-artifacts:/x", "s3://b/x?y=1", "s3://b/x#y", "s3://b/../x", "dbfs:/x", "hdfs://h/x", "s3://b/x/", "gs://b/%2e%2e/x"]
OPERATORS = ["=", "!=", ">", "<", ">=", "<=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL", "<>", "==", "is null"]
LITERALS = ["'a'", "'b'", "'%'", "'a%'", "'_'", "'a_b'", "'ü'", "'it''s'", "'\\%'", "''", '"a"', "'FINISHED'", "'READY'", "'model'", "'d1'", "0", "1", "0.5", "-1", "1e3", ".5", "5.",
            "99999999999999999999", "('a')", "('a', 'b')", "('a', 1)", "()", "(1)", "NaN", "NULL", "true", "a", "`a`", "'a"]
WHOLE_FILTERS = ["AND", "a", "a =", "= 1", "metrics", "metrics.", "metrics.m", "metrics.m >", "metrics.m > 1 AND", "metrics.m > 1 OR params.p = 'a'", "metrics.m > 1; DROP TABLE x",
                 "metrics.m BETWEEN 1 AND 2", "a.b.c = 1", "1 = 1", "params.p = 'a' and params.lr = 'b'", "tags.mlflow.user = 'a'", "tags.`mlflow.user` = 'a'", "params.`a/b` = 'a'"]
# What filters and orders of a search are about: entities, and the attributes of the last of them.
SEARCHED = {
    "runs": (["metrics", "params", "tags", "datasets", "param", "foo", "attributes", ""],
             ["run_id", "run_name", "status", "artifact_uri", "user_id", "start_time", "end_time", "created", "Created", "foo", "experiment_id"]),
    "experiments": (["tags", "tag", "foo", "attributes", ""], ["name", "creation_time", "last_update_time", "experiment_id", "lifecycle_stage", "foo"]),
    "models": (["tags", "foo", "attributes", ""], ["name", "creation_timestamp", "last_updated_timestamp", "timestamp", "foo"]),
    "versions": (["tags", "foo", "attributes", ""], ["name", "version_number", "version", "run_id", "source_path", "creation_timestamp", "foo"]),
    "logged_models": (["metrics", "params", "tags", "foo", "attributes", ""],
                      ["name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp", "last_updated_timestamp", "foo"]),
}


@dataclass
class Draws:
    """What is drawn from, and what was made so far."""
    random: random.Random
    prefix: str
    made: dict = field(default_factory=lambda: {"experiment": [], "run": [], "logged_model": [], "model": []})
    tokens: list = field(default_factory=list)
    count: int = 0
    time: int = 1000

    def chance(self, share):
        return self.random.random() < share

    def one(self, choices):
        return self.random.choice(choices)

    def name(self, letter):
        self.count += 1
        return f"{self.prefix}{letter}{self.count}"

    def text(self, good, odd=0.08):
        return self.one(ODD_TEXTS) if self.chance(odd) else self.one(good)

    def integer(self, good, odd=0.12):
        return self.one(ODD_INTEGERS) if self.chance(odd) else self.one(good)

    def when(self):
        self.time += self.random.randint(1, 50)
        return self.one(ODD_INTEGERS) if self.chance(0.05) else self.time

    def thing(self, kind, odd=0.05):
        known = self.made[kind]
        return self.one(["", "nope", "m-" + "0" * 32, "99999"]) if self.chance(odd) or not known else self.one(known[-6:])

    def version(self):
        return self.one(["0", "-1", "99", "abc", "", "1.0", "01", "9" * 30]) if self.chance(0.1) else str(self.one([1, 1, 1, 2, 2, 3]))

    def fields(self, *given, **choices):
        """`given` pairs stand, each of `choices` does by chance; rarely one is left out or of another type."""
        fields = dict(given) | {name: draw() for name, draw in choices.items() if self.chance(0.5)}
        if fields and self.chance(0.03):
            fields.pop(self.one(list(fields)))
        if fields and self.chance(0.03):
            fields[self.one(list(fields))] = self.one(ODD_VALUES)
        if self.chance(0.03):
            fields["unknown"] = self.one(ODD_VALUES)
        return fields

    def several(self, draw, most=3):
        return [draw() for _ in range(self.random.randint(0, most))]

    def pairs(self, keys):
        """Tags or parameters, no key twice: what is kept of two is the database's own affair."""
        keys = self.random.sample(keys, self.random.randint(0, min(3, len(keys))))
        return [{"key": self.one(ODD_TEXTS) if self.chance(0.03) else key, "value": self.text(VALUES)} for key in keys]

    def key(self, target):
        entities, attributes = SEARCHED[target]
        entity = self.one(entities)
        keys = {"metrics": METRICS, "params": PARAMS, "param": PARAMS, "tags": TAGS, "tag": TAGS, "datasets": ["name", "digest", "context", "foo"]}.get(entity, attributes)
        key = self.one(keys)
        if re.search(r"\W", key) or self.chance(0.1):
            key = f"`{key}`" if self.chance(0.7) else f'"{key}"'
        return f"{entity}.{key}" if entity else key

    def clause(self, target):
        key, operator = self.key(target), self.one(OPERATORS)
        if "null" in operator.lower():
            return [f"{key} {operator}"]
        kind = {"run_id": "run", "source_run_id": "run", "model_id": "logged_model", "name": "model" if target in ("models", "versions") else None}.get(key.split(".")[-1].strip('`"'))
        value = [self.one(LITERALS)]
        if kind and self.made[kind] and self.chance(0.7):
            value = ["'", self.one(self.made[kind]), "'"]
        return [f"{key} {operator} ", *(["(", *value, ")"] if operator.endswith("IN") and len(value) == 3 else value)]

    def filter(self, target):
        if self.chance(0.2):
            return self.one(["", *WHOLE_FILTERS])
        parts = self.clause(target)
        while self.chance(0.3):
            parts += [self.one([" AND ", " and ", "\nAND ", " OR "]), *self.clause(target)]
        return parts

    def order(self, target):
        return self.several(lambda: self.key(target) + self.one(["", " ASC", " DESC", " desc", " FOO"]), 2)

    def token(self):
        return self.one(self.tokens) if self.tokens and self.chance(0.5) else self.one(ODD_TOKENS)

    def metric(self):
        number = self.one(ODD_NUMBERS) if self.chance(0.2) else self.one([0, 1, 2, 0.5, 0.25, -1.5, 3])
        return self.fields(("key", self.text(METRICS)), ("value", number), ("timestamp", self.when()), ("step", self.integer([0, 1, 2, 3])))

    def dataset(self):
        dataset = {"name": self.text(["d1", "d2"]), "digest": self.text(["1", "2"]), "source_type": "local", "source": self.text(["{}", "s"])}
        return {"dataset": dataset, "tags": self.pairs(["mlflow.data.context", "x"])}

    def source(self):
        kind = self.one(["logged_model", "model", "run", "text"])
        if kind == "text" or not self.made[kind]:
            return self.one(SOURCES)
        ends = {"logged_model": [""], "model": ["/1", "/2", "@champion", "/latest", "/Staging", "", "@", "/1/2"], "run": ["/model", "", "/a/b"]}[kind]
        return ["runs:/" if kind == "run" else "models:/", self.one(self.made[kind]), self.one(ends)]


def _of_model(draws, *given, **choices):
    model = draws.thing("logged_model")
    return {"{id}": model, "model_id": model} | draws.fields(*given, **choices)


def _of_version(draws, *given, **choices):
    return draws.fields(("name", draws.thing("model")), ("version", draws.version()), *given, **choices)


def _search(target, **more):
    return lambda d: d.fields(("max_results", d.integer([1, 2, 3, 100])), ("filter", d.filter(target)), order_by=lambda: d.order(target),
                              **{name: (lambda draw=draw: draw(d)) for name, draw in more.items()})


def _experiments(d):
    return [d.thing("experiment") for _ in range(d.random.randint(1, 3))]


# Weight, method, path, what draws its fields.
CALLS = [
    (3, "POST", "experiments/create", lambda d: d.fields(("name", d.name("e") if d.chance(0.8) else d.text(["Default", "x" * 500])), tags=lambda: d.pairs(TAGS),
                                                         **({"artifact_location": lambda: d.one(LOCATIONS)} if d.chance(0.3) else {}))),
    (1, "GET", "experiments/get-by-name", lambda d: d.fields(("experiment_name", d.text(["Default", d.prefix + "e1"])))),
    (2, "GET", "experiments/get", lambda d: d.fields(("experiment_id", d.thing("experiment")))),
    (4, "POST", "experiments/search", _search("experiments", view_type=lambda d: d.one(VIEWS))),
    (0.5, "POST", "experiments/delete", lambda d: d.fields(("experiment_id", d.thing("experiment")))),
    (1, "POST", "experiments/restore", lambda d: d.fields(("experiment_id", d.thing("experiment")))),
    (1, "POST", "experiments/update", lambda d: d.fields(("experiment_id", d.thing("experiment")), ("new_name", d.name("e")))),
    (1, "POST", "experiments/set-experiment-tag", lambda d: d.fields(("experiment_id", d.thing("experiment")), ("key", d.text(TAGS)), ("value", d.text([*VALUES, "x" * 5001])))),
    (1, "POST", "experiments/delete-experiment-tag", lambda d: d.fields(("experiment_id", d.thing("experiment")), ("key", d.text(TAGS)))),
    (6, "POST", "runs/create", lambda d: {"experiment_id": d.thing("experiment"), "start_time": d.when(), "run_name": d.text(["a", "b", "aB"])}
     | d.fields(user_id=lambda: d.text(["u", "v"]), tags=lambda: d.pairs(TAGS[:6]))),
    (3, "POST", "runs/update", lambda d: d.fields(("run_id", d.thing("run")), status=lambda: d.one(["FINISHED", "FAILED", "KILLED", "RUNNING", 1, 3]), end_time=d.when)),
    (6, "GET", "runs/get", lambda d: d.fields((d.one(["run_id", "run_id", "run_uuid"]), d.thing("run")))),
    (14, "POST", "runs/search", lambda d: {"experiment_ids": _experiments(d)} | _search("runs", run_view_type=lambda d: d.one(VIEWS), page_token=Draws.token)(d)),
    (0.7, "POST", "runs/delete", lambda d: d.fields(("run_id", d.thing("run")))),
    (1, "POST", "runs/restore", lambda d: d.fields(("run_id", d.thing("run")))),
    (6, "POST", "runs/log-metric", lambda d: {"run_id": d.thing("run")} | d.metric()),
    (4, "POST", "runs/log-parameter", lambda d: d.fields(("run_id", d.thing("run")), ("key", d.text(PARAMS)), ("value", d.text([*VALUES, "x" * 6001])))),
    (8, "POST", "runs/log-batch", lambda d: {"run_id": d.thing("run")} | d.fields(metrics=lambda: d.several(d.metric), params=lambda: d.pairs(PARAMS), tags=lambda: d.pairs(TAGS))),
    (3, "POST", "runs/set-tag", lambda d: d.fields(("run_id", d.thing("run")), ("key", d.text(TAGS)), ("value", d.text([*VALUES, "x" * 8001])))),
    (2, "POST", "runs/delete-tag", lambda d: d.fields(("run_id", d.thing("run")), ("key", d.text(TAGS)))),
    (4, "POST", "runs/log-inputs", lambda d: {"run_id": d.thing("run"), "datasets": d.several(d.dataset)}),
    (2, "POST", "runs/outputs", lambda d: {"run_id": d.thing("run"), "models": d.several(lambda: {"model_id": d.thing("logged_model", 0), "step": d.one([0, 1, 2])}, 1)}),
    (5, "GET", "metrics/get-history", lambda d: d.fields(("run_id", d.thing("run")), ("metric_key", d.text(METRICS)), max_results=lambda: d.one([1, 2, 100]))),
    (3, "GET", "metrics/get-history-bulk-interval", lambda d: d.fields(("run_ids", [d.thing("run")]), ("metric_key", d.text(METRICS)), max_results=lambda: d.integer([1, 2, 100]))),
    (2, "GET", "artifacts/list", lambda d: d.fields(("run_id", d.thing("run")), path=lambda: d.text(["a", "x/y"], 0.5))),
    (4, "POST", "logged-models", lambda d: {"experiment_id": d.thing("experiment"), "name": d.text(["model", "a", "b", "a:b", "a.b", "a%b"])}
     | d.fields(model_type=lambda: d.one(["c", "Agent"]), source_run_id=lambda: d.thing("run"), params=lambda: d.pairs(PARAMS), tags=lambda: d.pairs(TAGS))),
    (3, "GET", "logged-models/{id}", lambda d: {"{id}": d.thing("logged_model")}),
    (3, "PATCH", "logged-models/{id}", lambda d: _of_model(d, ("status", d.one(["LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", 2, 3])))),
    (2, "PATCH", "logged-models/{id}/tags", lambda d: _of_model(d, ("tags", d.pairs(TAGS)))),
    (2, "POST", "logged-models/{id}/params", lambda d: _of_model(d, ("params", d.pairs(PARAMS)))),
    (10, "POST", "logged-models/search", lambda d: {"experiment_ids": _experiments(d), "filter": d.filter("logged_models"), "max_results": d.integer([1, 2, 50, 100_000], 0.05)}),
    (4, "POST", "registered-models/create", lambda d: d.fields(("name", d.name("r") if d.chance(0.8) else d.text(["a.b", "x" * 256])),
                                                                description=lambda: d.text(["d"]), tags=lambda: d.pairs(TAGS))),
    (3, "GET", "registered-models/get", lambda d: d.fields(("name", d.thing("model")))),
    (6, "GET", "registered-models/search", _search("models", page_token=Draws.token)),
    (1, "PATCH", "registered-models/update", lambda d: d.fields(("name", d.thing("model")), ("description", d.text(["d2"])))),
    (1, "POST", "registered-models/rename", lambda d: d.fields(("name", d.thing("model")), ("new_name", d.name("r")))),
    (0.3, "DELETE", "registered-models/delete", lambda d: d.fields(("name", d.thing("model")))),
    (3, "POST", "registered-models/get-latest-versions", lambda d: d.fields(("name", d.thing("model")), stages=lambda: d.several(lambda: d.one(STAGES), 2))),
    (1, "POST", "registered-models/set-tag", lambda d: d.fields(("name", d.thing("model")), ("key", d.text(TAGS)), ("value", d.text(VALUES)))),
    (1, "DELETE", "registered-models/delete-tag", lambda d: d.fields(("name", d.thing("model")), ("key", d.text(TAGS)))),
    (3, "POST", "registered-models/alias", lambda d: _of_version(d, ("alias", d.text(ALIASES)))),
    (1, "DELETE", "registered-models/alias", lambda d: d.fields(("name", d.thing("model")), ("alias", d.text(ALIASES)))),
    (2, "GET", "registered-models/alias", lambda d: d.fields(("name", d.thing("model")), ("alias", d.text(ALIASES)))),
    (8, "POST", "model-versions/create", lambda d: {"name": d.thing("model"), "source": d.source()}
     | d.fields(run_id=lambda: d.thing("run"), tags=lambda: d.pairs(TAGS[:5]), description=lambda: d.text(["d"]))),
    (3, "GET", "model-versions/get", lambda d: _of_version(d)),
    (7, "GET", "model-versions/search", _search("versions", page_token=Draws.token)),
    (2, "GET", "model-versions/get-download-uri", lambda d: _of_version(d)),
    (1, "PATCH", "model-versions/update", lambda d: _of_version(d, ("description", d.text(["d2"])))),
    (3, "POST", "model-versions/transition-stage", lambda d: _of_version(d, ("stage", d.text(STAGES)), ("archive_existing_versions", d.one([True, False])))),
    (0.5, "DELETE", "model-versions/delete", lambda d: _of_version(d)),
    (1, "POST", "model-versions/set-tag", lambda d: _of_version(d, ("key", d.text(TAGS)), ("value", d.text(VALUES)))),
    (1, "DELETE", "model-versions/delete-tag", lambda d: _of_version(d, ("key", d.text(TAGS)))),
]


def draw(draws):
    """The next call. The first ones make what the others are about."""
    if len(draws.made["experiment"]) < 2:
        _, method, path, make = CALLS[0]
    else:
        _, method, path, make = draws.random.choices(CALLS, [call[0] for call in CALLS])[0]
    return method, path, make(draws)
