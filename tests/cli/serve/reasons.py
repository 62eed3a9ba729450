"""The service gives the reasons of `reeve explain`, to the last digit: reasons.py REEVE MODEL TABLE ROWS

Over /predict and /predict/batch in JSON, and on the page for people in words.
"""
import csv
import html
import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request

REEVE, MODEL, TABLE, ROWS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
SHOWN = 8  # on the page
BATCH = 5  # rows of which every model's reasons may be asked for at once


def post(url, body, content_type="application/json"):
    request = urllib.request.Request(url, body.encode(), {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def page_reasons(page):
    found = re.findall(r'<span class="name"><b>(.*?)</b>(.*?)</span><span class="figure">(.*?)</span>', page)
    return [(html.unescape(field + rest), figure.replace("−", "-")) for field, rest, figure in found]


def words(reason):
    value = reason.get("value", "")
    rest = "" if "value" not in reason else " is missing" if value is None else f" = {value}"
    return reason["field"] + rest, f"{reason['contribution']:+.4f}"


def compare(origin, explained):
    with open(TABLE, newline="", encoding="utf-8") as file:
        lines = [{k.strip(): v.strip() for k, v in line.items()} for line, _ in zip(csv.DictReader(file), range(ROWS))]
    batch = json.loads(post(f"{origin}/predict/batch?reasons=1000", json.dumps({"instances": lines[:BATCH]})))
    for i, (line, row) in enumerate(zip(lines, explained["rows"], strict=True)):
        one = json.loads(post(f"{origin}/predict?reasons=1000", json.dumps(line)))
        for answer in [one] + batch["predictions"][i:i + 1]:
            assert answer["reasons"] == row["reasons"], (i, answer["reasons"], row["reasons"])
            assert answer["label"] == row["prediction"], (i, answer, row)
        assert (one["unit"], one["expected"]) == (explained["unit"], explained["expected"]), one
        page = post(origin + "/", urllib.parse.urlencode(line), "application/x-www-form-urlencoded")
        shown = [reason for reason in map(words, row["reasons"][:SHOWN]) if float(reason[1]) != 0]
        assert page_reasons(page) == shown, (i, page_reasons(page), shown)
    assert (batch["unit"], batch["expected"]) == (explained["unit"], explained["expected"]), batch["unit"]


def main():
    told = subprocess.run([REEVE, "explain", MODEL, TABLE, "--limit", str(ROWS), "--top", "1000", "--output", "json"], check=True, capture_output=True)
    service = subprocess.Popen([REEVE, "serve", MODEL, "--port", "0", "--no-predictions"], stderr=subprocess.PIPE, text=True)
    try:
        origin = re.search(r"http://\S+", service.stderr.readline()).group()
        compare(origin, json.loads(told.stdout))
    finally:
        service.terminate()
        service.wait(timeout=60)
    print(f"{ROWS} rows have the same reasons")


main()
