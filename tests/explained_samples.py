"""Explanations of games whose attributions are known by hand: no estimator is needed."""

from dataclasses import replace

import numpy as np
import polars as pl

from assay.explainability.result import BackgroundSummary, Cost, Explanation
from assay.result import Finding

LONG = "years since the last promotion in the department of the person"
NASTY = '<b onclick="x">&\'"\n'


def explained(
    n_rows=60, *, error=0.0, outputs=("yes",), names=None, seed=0, base=0.3, coefficients=None
):
    """Explain rows of a linear score of numbers, a category and a column with missing cells.

    Attributions are exact (β_j (x_j - mean)); with `error`, noise of that standard error is
    added, and taken off the last player so that additivity stays.
    """
    rng = np.random.default_rng(seed)
    names = ("age", "income", "city", "tenure") if names is None else names
    x = rng.normal(size=(n_rows, len(names)))
    cities = np.array(["Rome", "Oslo", "Lima"])[(np.abs(x[:, 2]) * 2).astype(int) % 3]
    beta = np.geomspace(1.0, 0.02, len(names)) if coefficients is None else coefficients
    sign = np.where(np.arange(len(names)) % 2, -1.0, 1.0)
    one = (x * beta * sign)[:, :, None]
    values = one * np.linspace(1, -1, len(outputs)) if len(outputs) > 1 else one
    if error:
        noise = rng.normal(size=values.shape) * error
        noise[:, -1] -= noise.sum(axis=1)
        values = values + noise
    data = {name: x[:, j] for j, name in enumerate(names)}
    data[names[2]] = cities
    frame = pl.DataFrame(data)
    if n_rows > 3:
        frame[3, names[1]] = None
    bases = np.full((n_rows, len(outputs)), base)
    background = BackgroundSummary(
        kind="sample", rows=frame.head(5), weights=np.full(min(5, n_rows), 0.2), n_from=100
    )
    return Explanation(
        values=values,
        standard_errors=np.full(values.shape, error),
        base_values=bases,
        predictions=bases + values.sum(axis=1),
        data=frame,
        rows=tuple(range(n_rows)),
        players=tuple(names),
        player_columns=tuple((name,) for name in names),
        outputs=tuple(outputs),
        output="probability",
        link="identity",
        value_function="interventional",
        method="enumeration",
        reason="few columns",
        exact=np.full(n_rows, error == 0),
        converged=np.full(n_rows, True),
        background=background,
        cost=Cost(calls=16 * n_rows, asked=80 * n_rows, made=70 * n_rows, batches=3),
        seed=seed,
        versions={"numpy": np.__version__},
        notes=(Finding(rule="constant_score", severity="info", message="m", evidence={"n": 1}),),
    )


def rows_of(explanation, places):
    """Return the explanation of some of the rows."""
    places = list(places)
    arrays = ("values", "standard_errors", "base_values", "predictions", "exact", "converged")
    about = {name: getattr(explanation, name)[places] for name in arrays}
    for name in ("interactions", "interaction_errors"):
        if getattr(explanation, name) is not None:
            about[name] = getattr(explanation, name)[places]
    return replace(
        explanation,
        **about,
        data=explanation.data[places],
        rows=tuple(explanation.rows[i] for i in places),
    )
