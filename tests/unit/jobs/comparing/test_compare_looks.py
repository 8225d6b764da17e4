import json

import numpy as np
import polars as pl
import pytest

from assay.evaluation.judged import Answers, JudgedRows
from assay.jobs.compare import compare
from assay.jobs.comparing.choosing import flattery_of_best


def table(n: int = 400, k: int = 4, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    answers = {f"m{at}": np.where(rng.random(n) < 0.2, 1 - y, y) for at in range(k)}
    return pl.DataFrame({"x": rng.normal(size=n), "y": y, **answers})


def rules(result) -> list[str]:
    return [each.rule for each in result.findings]


def test_each_candidate_is_one_look_and_a_repeated_run_is_none():
    frame = table()

    def of(*names: str):
        return compare(list(names), frame.select("x", "y", *names), label="y", positive=1)

    first, again, third = of("m0", "m1"), of("m1", "m0"), of("m0", "m2")

    assert [each.models_seen for each in (first, again, third)] == [2, 2, 3]
    assert "test_looked_at" in rules(first)
    fourth = of("m0", "m3")
    assert "test_looked_at_often" in rules(fourth)
    assert rules(fourth).count("test_looked_at_often") == 1


def test_the_same_answers_under_two_names_are_one_look():
    frame = table().with_columns(m9=pl.col("m0"))
    assert compare(["m0", "m9"], frame, label="y", positive=1).models_seen == 1


def test_the_best_of_several_is_told_by_how_much_choosing_flatters_it(tmp_path):
    frame = table(300, 6)
    result = compare([f"m{at}" for at in range(6)], frame, label="y", positive=1, out=tmp_path)

    right = {name: float((frame[name] == frame["y"]).mean()) for name in frame.columns[2:]}
    assert result.best == max(right, key=lambda name: right[name])
    assert result.optimism.shown == pytest.approx(right[result.best])
    # Six equal candidates: the best of them is above 0.8 by about 1.27 standard errors.
    assert 0 < result.optimism.expected < 2 * 1.27 * (0.16 / 300) ** 0.5
    page = (tmp_path / "report.html").read_text()
    assert f"The best of 6 ({result.best}) looks better by about" in page
    stored = json.loads((tmp_path / "results.json").read_text())["sections"]["comparison"]
    assert stored["optimism"]["candidates"] == 6
    assert stored["models_seen"] == 6


def test_nothing_is_said_of_choosing_between_two():
    assert compare(["m0", "m1"], table(), label="y", positive=1).optimism is None


@pytest.mark.parametrize("metric", ["accuracy", "f1", "log_loss", "roc_auc"])
def test_the_best_of_equals_is_flattered_by_any_metric(metric: str):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 200)
    rows = JudgedRows(task="binary", truth=truth, classes=(0, 1))
    scores = [np.clip(truth * 0.4 + rng.normal(0.3, 0.3, 200), 0.01, 0.99) for _ in range(5)]
    given = [
        Answers(name=str(at), scores=each, labels=(each >= 0.5).astype(np.int64))
        for at, each in enumerate(scores)
    ]
    found = flattery_of_best(rows, given, metric, level=0.95, seed=0)

    assert found.candidates == 5
    assert found.expected > 0
    assert found.greater_is_better == (metric != "log_loss")
    assert flattery_of_best(rows, given[:2], metric, level=0.95, seed=0) is None


def test_candidates_with_thresholds_for_a_goal_are_compared_by_it():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    scores = {name: np.clip(0.3 * y + rng.normal(0.3, 0.2, 400), 0, 1) for name in ("a", "b")}
    frame = pl.DataFrame({"y": y, **scores})
    told = {"label": "y", "positive": 1}
    result = compare(["a", "b"], frame[:200], validation=frame[200:], threshold="f1", **told)
    plain = compare(["a", "b"], frame[:200], **told)

    assert (result.metric, plain.metric) == ("f1", "accuracy")
