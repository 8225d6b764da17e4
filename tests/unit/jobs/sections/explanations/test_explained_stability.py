"""What a report says of how sure its attributions are: sampling, additivity, background."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from assay.errors import InputError
from assay.explainability.explain import prepare_explainer
from assay.explainability.settings import Settings
from assay.jobs.analyze import analyze
from assay.jobs.sections.explanations.redrawn import ROWS, order_over_backgrounds

NAMES = [f"c{place}" for place in range(12)]
WEIGHTS = np.linspace(1.0, 0.05, len(NAMES))


def table(n: int = 200) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    columns = {name: rng.normal(size=n) for name in NAMES}
    return pl.DataFrame(columns | {"y": rng.normal(size=n)})


def answer(rows: pl.DataFrame) -> np.ndarray:
    x = rows.select(NAMES).to_numpy()
    return x @ WEIGHTS + np.tanh(x[:, 0] * x[:, 1]) + np.sin(x[:, 2] * x[:, 3] * x[:, 4])


def run(out=None, **told):
    return analyze(
        model=answer,
        data=table(),
        label="y",
        task="regression",
        model_input="polars",
        output="number",
        features=NAMES,
        sections={
            "explanations": {"rows": 24, "calls": 96, "background_rows": 12, "permutation": False}
            | told
        },
        cache=False,
        budget=60,
        baselines={},
        out=out,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    found = run(out)
    return found.results["sections"]["explanations"], (out / "report.html").read_text()


def test_sampling_and_additivity_are_told(report):
    told, page = report
    explained = told["explained"]
    assert explained["additivity_error"] < 1e-9
    errors = explained["standard_error"]
    assert 0 < errors["median"] <= errors["largest"]
    assert errors["attributions"] == 24 * len(NAMES)
    assert re.search(r"has a standard error from that \(in the middle [\d.e-]+, at most", page)
    assert re.search(r"sum to its score less the background.{1,6}s, to within", page)


def test_the_order_is_held_against_redrawn_backgrounds(report):
    told, page = report
    found = told["stability"]
    assert found["n_background"] == 12
    assert found["n_draws"] == 1000
    assert 0.5 < found["agreement"]["low"] <= found["agreement"]["value"] <= 1
    assert {each["player"] for each in found["players"]} == set(NAMES)
    assert "Would other background rows give the same order?" in page
    assert "Order of the columns over redrawn backgrounds" in page


def test_a_sound_model_gets_no_warning_from_it(report):
    findings = report[0]["findings"]
    assert all(each["severity"] == "info" for each in findings)


def test_exact_attributions_have_no_error_to_tell():
    told = run(rows=12, calls=4096, dependence=[], background_rows=3)
    assert told.results["sections"]["explanations"]["explained"]["standard_error"] is None


def prepared(**settings):
    background = np.random.default_rng(1).normal(size=(6, 3))
    model = lambda rows: rows @ np.array([3.0, 2.0, 1.0])  # noqa: E731
    return prepare_explainer(model, background, settings=Settings(**settings))


def order(explainer, n=30, **changed):
    rows = np.random.default_rng(2).normal(size=(n, 3))
    made = explainer.explain(rows)
    made = replace(made, **changed) if changed else made
    return order_over_backgrounds(explainer, rows, made, "mean_abs", lambda *_: None)


def test_few_rows_are_enough_for_it():
    ready = prepared()
    found = order(ready)
    assert [each.player for each in found.players] == ["x0", "x1", "x2"]
    asked = ready.scores.tally.asked
    assert asked == 0 or asked <= 8 * ROWS + 64  # of the last background row alone


def test_trees_are_explained_on_halves():
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(3)
    x = rng.normal(size=(80, 3))
    model = RandomForestRegressor(5, max_depth=3, random_state=0).fit(x, x @ [3.0, 1.0, 0.1])
    ready = prepare_explainer(model, x[:10])
    made = ready.explain(x[20:50])
    found = order_over_backgrounds(ready, x[20:50], made, "mean_abs", lambda *_: None)
    assert found.redraw == "halves"
    assert found.n_draws == 10
    assert found.players[0].player == "x0"


@pytest.mark.parametrize(
    ("explainer", "n", "changed"),
    [
        (prepared(), 5, {}),
        (prepared(), 30, {"background": None}),
        (prepared(limit_predictions=100_000), 30, {}),
    ],
)
def test_where_it_has_no_sense_nothing_is_said(explainer, n, changed):
    assert order(explainer, n, **changed) is None


def test_spent_time_leaves_it_out_with_a_reason():
    ready = prepared(seconds=1e-9 + 5)
    rows = np.random.default_rng(2).normal(size=(30, 3))
    made = ready.explain(rows)
    spent = replace(made, cost=replace(made.cost, model_seconds=5.0))
    with pytest.raises(InputError, match="the time for explanations does not allow it"):
        order_over_backgrounds(ready, rows, spent, "mean_abs", lambda *_: None)


def test_a_slow_start_ends_it(monkeypatch):
    monkeypatch.setattr("assay.jobs.sections.explanations.redrawn.MOST_SECONDS", 1e-4)
    ready = prepared()
    rows = np.random.default_rng(2).normal(size=(30, 3))
    made = ready.explain(rows)
    quick = replace(made, cost=replace(made.cost, model_seconds=0.0, other_seconds=0.0))
    with pytest.raises(InputError, match="does not allow it"):
        order_over_backgrounds(ready, rows, quick, "mean_abs", lambda *_: None)
