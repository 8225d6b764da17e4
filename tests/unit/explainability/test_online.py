"""Rows one by one: the numbers of `explain`, and as little as possible done again."""

import json
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import InputError
from assay.explainability.explain import prepare_explainer
from assay.explainability.row_attributions import RowAttributions
from assay.explainability.settings import Settings

RNG = np.random.default_rng(11)
X = RNG.normal(size=(60, 12))
WEIGHTS = np.linspace(1, 0.1, 12)
NAMES = [f"c{place}" for place in range(12)]


def curved(rows):
    x = np.asarray(rows, dtype=float)
    return np.tanh(x @ WEIGHTS) + x[:, 0] * x[:, 1] * (x[:, 2] > 0)


def two(rows):
    x = np.asarray(rows, dtype=float)
    return np.column_stack([curved(x), x[:, 3] ** 2])


def agree(found, whole):
    assert isinstance(found, RowAttributions)
    for name, mine in (
        ("values", found.values),
        ("base_values", found.base_values),
        ("predictions", found.predictions),
        ("standard_errors", found.standard_errors),
    ):
        np.testing.assert_allclose(mine, getattr(whole, name)[0], rtol=1e-10, atol=1e-12)
    assert found.players == whole.players
    assert found.outputs == whole.outputs
    assert found.exact == whole.exact[0]
    assert found.converged == whole.converged[0]
    assert found.additivity_error < 1e-9


def contained(kind, values):
    if kind == "numpy":
        return values
    if kind == "pandas":
        return pd.DataFrame(values, columns=NAMES)
    return pl.DataFrame(values, schema=NAMES, orient="row")


@pytest.mark.parametrize("kind", ["numpy", "pandas", "polars"])
@pytest.mark.parametrize("model", [curved, two])
def test_the_numbers_are_those_of_explain(kind, model):
    settings = Settings(calls=96, tolerance=None)
    ready = prepare_explainer(model, contained(kind, X[:8]), settings=settings)
    ready.tune(contained(kind, X[8:16]))
    for place in range(20, 26):
        row = contained(kind, X[place : place + 1])
        agree(ready.explain_row(row), ready.explain(row))


def mixed(n=30, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "number": rng.normal(size=n),
        "whole": rng.integers(0, 4, n),
        "flag": rng.random(n) < 0.5,
        "city": rng.choice(["Rome", "Oslo", "Lima"], n),
        "when": [datetime(2024, 1, 1 + int(day)) for day in rng.integers(0, 20, n)],  # noqa: DTZ001
        "gap": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
    }


def pandas_score(rows):
    assert list(rows.columns) == list(mixed())
    assert str(rows["city"].dtype) == "category"
    days = (rows["when"] - pd.Timestamp("2024-01-01")).dt.days.to_numpy()
    city = rows["city"].map({"Rome": 1.0, "Oslo": 2.0, "Lima": 4.0}).astype(float).to_numpy()
    gap = rows["gap"].fillna(-1.0).to_numpy()
    return rows["number"].to_numpy() * rows["whole"].to_numpy() + city * rows["flag"] + days * gap


def polars_score(rows):
    days = (rows["when"] - datetime(2024, 1, 1)).dt.total_days()  # noqa: DTZ001
    city = rows["city"].cast(pl.String).replace_strict({"Rome": 1.0, "Oslo": 2.0, "Lima": 4.0})
    gap = rows["gap"].fill_nan(None).fill_null(-1.0)
    return (rows["number"] * rows["whole"] + city * rows["flag"] + days * gap).to_numpy()


def frames(kind):
    if kind == "pandas":
        frame = pd.DataFrame(mixed()).astype({"city": "category"})
        return frame, lambda place: frame.iloc[[place]], pandas_score
    frame = pl.DataFrame(mixed()).with_columns(pl.col("city").cast(pl.Categorical))
    return frame, lambda place: frame[place : place + 1], polars_score


@pytest.mark.parametrize("kind", ["pandas", "polars"])
@pytest.mark.parametrize("calls", [None, 24])
def test_columns_of_every_kind(kind, calls):
    frame, row, score = frames(kind)
    ready = prepare_explainer(score, frame[:9], settings=Settings(calls=calls, tolerance=None))
    ready.explain(frame[9:18])
    for place in range(18, 28):
        agree(ready.explain_row(row(place)), ready.explain(row(place)))


def test_a_row_in_other_dtypes_takes_the_long_way():
    frame, row, score = frames("pandas")
    ready = prepare_explainer(score, frame[:9])
    other = row(20).astype({"whole": "float64"})
    agree(ready.explain_row(other), ready.explain(row(20)))


@pytest.mark.parametrize("kind", ["numpy", "pandas", "polars"])
def test_linear_models(kind):
    from sklearn.linear_model import Ridge

    model = Ridge().fit(contained(kind, X), curved(X))
    ready = prepare_explainer(model, contained(kind, X[:8]))
    for place in range(20, 24):
        row = contained(kind, X[place : place + 1])
        found = ready.explain_row(row)
        assert found.method == "linear"
        agree(found, ready.explain(row))


@pytest.mark.parametrize("kind", ["numpy", "pandas"])
@pytest.mark.parametrize("value_function", ["interventional", "path_dependent"])
def test_trees(kind, value_function):
    from sklearn.ensemble import RandomForestRegressor

    fitted = RandomForestRegressor(12, max_depth=4, random_state=0)
    model = fitted.fit(contained(kind, X), curved(X))
    settings = Settings(value_function=value_function)
    ready = prepare_explainer(model, contained(kind, X[:8]), settings=settings)
    for place in range(20, 24):
        row = contained(kind, X[place : place + 1])
        found = ready.explain_row(row)
        assert found.method == "trees"
        agree(found, ready.explain(row))


@pytest.mark.parametrize("link", ["mean_then_logit", "logit_then_mean"])
def test_log_odds_of_a_classifier(link):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(X, curved(X) > 0)
    settings = Settings(calls=96, tolerance=None)
    ready = prepare_explainer(model, X[:8], output="log_odds", link=link, settings=settings)
    ready.tune(X[8:16])
    agree(ready.explain_row(X[20]), ready.explain(X[20:21]))


class Counting:
    """A model that counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, rows):
        self.calls += 1
        return curved(rows)


def test_the_model_is_asked_once_a_row():
    model = Counting()
    settings = Settings(calls=96, tolerance=None)
    ready = prepare_explainer(model, X[:8], settings=settings).tune(X[8:16])
    ready.explain_row(X[20])  # the first shows whether the model repeats itself
    for place in range(21, 25):
        before = model.calls
        ready.explain_row(X[place])
        assert model.calls == before + 1
    assert ready.scores.tally.asked == 96 * 8


def test_exact_tries_every_coalition():
    ready = prepare_explainer(curved, X[:4], settings=Settings(method="exact"))
    found = ready.explain_row(X[20])
    assert found.exact
    assert found.calls == 2**12
    agree(found, ready.explain(X[20:21]))


def test_what_was_learnt_of_the_model_is_kept():
    settings = Settings(calls=96, tolerance=None)
    ready = prepare_explainer(curved, X[:8], settings=settings).tune(X[8:16])
    known = json.dumps(dict(ready.tuned))
    ready.explain_row(X[20])
    assert json.dumps(dict(ready.tuned)) == known


def test_noise_is_measured_once_and_widens_the_errors():
    rng = np.random.default_rng(0)
    noisy = prepare_explainer(
        lambda rows: curved(rows) + rng.normal(size=len(rows)) * 0.1,
        X[:8],
        settings=Settings(calls=96, tolerance=None),
    )
    plain = prepare_explainer(curved, X[:8], settings=Settings(calls=96, tolerance=None))
    noisy_errors = noisy.explain_row(X[20]).standard_errors
    assert noisy_errors.mean() > plain.explain_row(X[20]).standard_errors.mean()
    before = noisy.scores.tally.batches
    noisy.explain_row(X[21])
    assert noisy.scores.tally.batches == 1 < before


def test_repeated_masked_rows_are_asked_once():
    levels = (X > 0).astype(float)
    ready = prepare_explainer(curved, levels[:8], settings=Settings(calls=96, tolerance=None))
    ready.tune(levels[8:16])
    agree(ready.explain_row(levels[20]), ready.explain(levels[20:21]))
    ready.explain_row(levels[21])
    assert ready.scores.tally.made < ready.scores.tally.asked


def test_a_row_like_the_background_gets_zeros():
    ready = prepare_explainer(curved, X[:1])
    found = ready.explain_row(X[0])
    assert not found.values.any()
    assert found.exact


def test_it_is_told_in_builtins():
    told = prepare_explainer(two, X[:8], classes=["a", "b"]).explain_row(X[20]).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [each["output"] for each in told["outputs"]] == ["a", "b"]
    first = told["outputs"][0]
    assert first["base"] + sum(first["attributions"].values()) == pytest.approx(
        first["prediction"]
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (X[:2], "takes one row, and found 2"),
        (X[:0], "hold no rows"),
        (X[0, :5], "the rows have 5 columns"),
        ("age", "must be a Dataset"),
    ],
)
def test_what_is_no_row_is_refused(row, said):
    with pytest.raises(InputError, match=said):
        prepare_explainer(curved, X[:8]).explain_row(row)


def test_missing_columns_are_named():
    ready = prepare_explainer(curved, contained("pandas", X[:8]))
    with pytest.raises(InputError, match="lack 'c11'"):
        ready.explain_row(contained("pandas", X[:1])[NAMES[:-1]])


def test_a_mapping_is_a_row_of_a_polars_model():
    ready = prepare_explainer(curved, contained("polars", X[:8]))
    row = {name: [float(X[20, place])] for place, name in enumerate(NAMES)}
    agree(ready.explain_row(row), ready.explain(contained("polars", X[20:21])))


def test_a_mapping_is_a_row_of_a_pandas_model():
    frame = pd.DataFrame(mixed()).astype({"city": "category"})

    def model(rows):
        return rows["whole"].astype(float) * (rows["city"].cat.codes + 1)

    ready = prepare_explainer(model, frame[:20])
    wanted = ready.explain_row(frame[20:21])
    cells = frame.iloc[20].to_dict()
    for told in (cells, dict(reversed(cells.items())), {name: [cells[name]] for name in cells}):
        np.testing.assert_allclose(ready.explain_row(told).values, wanted.values)
    with pytest.raises(InputError, match="column"):
        ready.explain_row({name: cells[name] for name in list(cells)[1:]})
