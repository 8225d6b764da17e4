"""A table of JSON Lines in two files, and a model that is a program in any language.

The program reads one JSON object a line and prints one answer a line; here it is Python, but it
could be `command:node score.js`.
"""

import json
import math
import random
import sys
import tempfile
from pathlib import Path

import assay

PROGRAM = """
import json, math, sys
for line in sys.stdin:
    row = json.loads(line)
    risk = 1 / (1 + math.exp(3 - 0.06 * row["age"]))
    print(json.dumps({"probability": risk}), flush=True)
"""


def write_rows(path: Path, n: int, seed: int) -> None:
    """Write rows of which older people are late more often."""
    draw = random.Random(seed)
    rows = []
    for _ in range(n):
        age = draw.randint(18, 80)
        late = draw.random() < 1 / (1 + math.exp(3 - 0.06 * age))
        rows.append({"age": age, "city": draw.choice(["Köln", "Oslo"]), "late": late})
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


with tempfile.TemporaryDirectory() as folder:
    home = Path(folder)
    write_rows(home / "may.jsonl", 600, seed=5)
    write_rows(home / "june.jsonl", 400, seed=6)
    (home / "score.py").write_text(PROGRAM, encoding="utf-8")
    command = f"command:{sys.executable} {home / 'score.py'}"

    seen = assay.inspect_model(command)
    print(f"{seen.title}; running it runs code: {seen.runs_code}")

    model = assay.load_model(command)
    data = assay.Dataset.read(f"{home}/*.jsonl", label="late")
    result = assay.evaluate(model, data)
    auc = result["roc_auc"]
    print(f"{data.name}: AUC {auc.value:.3f}, from {auc.low:.3f} to {auc.high:.3f}")
    print(f"{model.calls} calls of the program")
