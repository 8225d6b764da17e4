"""Judged rows that are not like the population that the model is for."""

from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.population import shares_by_column
from assay.data_quality.leakage.row_keys import trimmed
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.errors import ColumnNotFoundError
from assay.result import Finding, Json
from assay.stats.chi_square import chi_square_p

ABOUT = About("not_representative", "Judged rows that are not like the population")
LEVEL = 0.01
EFFECT = 0.1
"""Cohen's w from which a difference is called small rather than negligible."""
BINS = 10
MOST_VALUES = 50
REST = "(other)"
SHOWN = 3
Floats = NDArray[np.float64]


def check_not_representative(tables: LeakTables) -> Check:
    """Compare judged rows with given shares and with a reference sample, column by column.

    A likelihood-ratio (G) test of the shares; numbers are cut at the deciles of the reference.
    Rejected at 1 % over all columns (Holm), with Cohen's w of 0.1 or more: warning. Text,
    identifiers and times are left out.
    """
    told = shares_by_column(tables.population)
    if not told and tables.reference is None:
        return ABOUT.not_run(
            "neither a reference sample nor shares of the population were given",
            "--leakage-reference DATA or --leakage-population sex=F:0.51",
        )
    tested: dict[str, dict[str, Json]] = {}
    for name, shares in told.items():
        tested[name] = _against_shares(tables.data, name, shares)
    if tables.reference is not None:
        there = set(tables.reference.data.schema.features)
        for column in tables.features:
            able = column.name in there and column.kind not in ("text", "id", "empty", "time")
            if able and column.name not in told:
                tested[column.name] = _against_sample(tables.data, tables.reference, column)
    rejected = _holm({name: float(each["p_value"]) for name, each in tested.items()})  # type: ignore[arg-type]
    found = [
        _finding(name, figures, told=name in told)
        for name, figures in tested.items()
        if name in rejected and float(figures["effect"]) >= EFFECT  # type: ignore[arg-type]
    ]
    return ABOUT.found(*found, figures={"columns": len(tested), "tests": tested})  # type: ignore[dict-item]


def g_test(observed: Floats, expected: Floats, *, dimensions: int) -> tuple[float, float]:
    """Return the p-value of a likelihood-ratio test of counts, and the statistic.

    Parameters
    ----------
    observed, expected : ndarray of float, of one shape
        Counts; a cell that is expected to be empty and is not makes the statistic infinite.
    dimensions : int
        Degrees of freedom.

    Examples
    --------
    >>> p, g = g_test(np.array([30.0, 70.0]), np.array([50.0, 50.0]), dimensions=1)
    >>> round(g, 3), round(p, 6)
    (16.457, 5e-05)
    """
    there = observed > 0
    if (expected[there] <= 0).any():
        return 0.0, float("inf")
    g = 2 * float((observed[there] * np.log(observed[there] / expected[there])).sum())
    return chi_square_p(max(g, 0.0), float(dimensions)), max(g, 0.0)


def _against_shares(part: Part, name: str, shares: dict[str, float]) -> dict[str, Json]:
    if name not in part.data.schema.names:
        raise ColumnNotFoundError([name], part.data.schema.names)
    counted = _counts(part, name)
    expected = dict(shares)
    observed = {value: counted.pop(value, 0) for value in shares}
    rest = 1 - sum(shares.values())
    if rest > 1e-9 or counted:
        expected[REST] = max(rest, 0.0)
        observed[REST] = sum(counted.values())
    rows = sum(observed.values())
    counts, law = np.array(list(observed.values()), float), np.array(list(expected.values()))
    p, g = g_test(counts, law * rows, dimensions=max(len(law) - 1, 1))
    return _told(list(expected), counts, law, p, g, _effect(counts, law))


def _against_sample(part: Part, reference: Part, column: Column) -> dict[str, Json]:
    mine, theirs = _binned(part, reference, column)
    values = sorted(set(mine) | set(theirs), key=lambda value: -theirs.get(value, 0))
    kept = values[:MOST_VALUES]
    rest = values[MOST_VALUES:]
    names = [*kept, REST] if rest else kept
    table = np.array(
        [
            [float(counts.get(value, 0)) for value in kept]
            + ([float(sum(counts.get(value, 0) for value in rest))] if rest else [])
            for counts in (mine, theirs)
        ]
    )
    totals = table.sum(axis=1)
    if not totals.all() or len(names) < 2:
        return _told(names, table[0], table[0] / max(totals[0], 1), 1.0, 0.0, 0.0)
    expected = np.outer(totals, table.sum(axis=0)) / totals.sum()
    p, g = g_test(table, expected, dimensions=len(names) - 1)
    phi2 = float(((table - expected) ** 2 / expected).sum()) / totals.sum()
    shares = totals / totals.sum()
    # Cohen's w of the two laws, free of how many rows each sample has
    effect = sqrt(phi2 / (4 * shares[0] * shares[1]))
    return _told(names, table[0], table[1] / totals[1], p, g, effect)


def _told(
    names: list[str], counts: Floats, law: Floats, p: float, g: float, effect: float
) -> dict[str, Json]:
    shares = counts / max(counts.sum(), 1)
    order = np.argsort(-np.abs(shares - law), kind="stable")[:SHOWN]
    return {
        "p_value": p,
        "g": g if np.isfinite(g) else None,
        "effect": effect,
        "rows": int(counts.sum()),
        "furthest": [
            {"value": names[at], "share": float(shares[at]), "population": float(law[at])}
            for at in order
        ],
    }


def _effect(counts: Floats, law: Floats) -> float:
    """Return Cohen's w of observed against given shares; 1 where the impossible was seen."""
    shares = counts / max(counts.sum(), 1)
    if (shares[law <= 0] > 0).any():
        return 1.0
    there = law > 0
    return sqrt(float(((shares[there] - law[there]) ** 2 / law[there]).sum()))


def _counts(part: Part, name: str) -> dict[str, int]:
    values = trimmed(part.column(name)).drop_nulls()
    counted = values.cast(pl.String).rename("value").value_counts(name="rows")
    return dict(counted.iter_rows())


def _binned(part: Part, reference: Part, column: Column) -> tuple[dict[str, int], dict[str, int]]:
    if column.kind != "continuous":
        return _counts(part, column.name), _counts(reference, column.name)
    mine, theirs = (
        p.column(column.name).cast(pl.Float64).fill_nan(None).drop_nulls().to_numpy()
        for p in (part, reference)
    )
    if not len(theirs):
        return {}, {}
    edges = np.unique(np.quantile(theirs, np.linspace(0, 1, BINS + 1)[1:-1], method="lower"))
    names = [f"up to {edge:g}" for edge in edges] + [f"above {edges[-1]:g}"]
    counted = []
    for numbers in (mine, theirs):
        bins = np.bincount(np.searchsorted(edges, numbers, side="left"), minlength=len(names))
        counted.append({name: int(n) for name, n in zip(names, bins, strict=True) if n})
    return counted[0], counted[1]


def _holm(p_values: dict[str, float]) -> set[str]:
    """Return the names that Holm's procedure rejects."""
    rejected: set[str] = set()
    ordered = sorted(p_values.items(), key=lambda pair: pair[1])
    for at, (name, p) in enumerate(ordered):
        if p * (len(ordered) - at) > LEVEL:
            break
        rejected.add(name)
    return rejected


def _finding(name: str, figures: dict[str, Json], *, told: bool) -> Finding:
    furthest = figures["furthest"]
    assert isinstance(furthest, list)
    named = "; ".join(
        f"{each['value']}: {each['share']:.1%} of the judged rows, {each['population']:.1%} there"  # type: ignore[index]
        for each in furthest
    )
    against = "the population" if told else "the reference"
    return Finding(
        rule="not_representative",
        severity="warning",
        message=f"The judged rows are not like {against} in {name!r}: {named}.",
        where={"columns": [name]},
        evidence=figures,
        cause="They were not drawn at random from the rows that the model is for.",
        advice=(
            "Judge on a random sample of it, or weigh the rows by population over judged share "
            "(--weight)."
        ),
    )
