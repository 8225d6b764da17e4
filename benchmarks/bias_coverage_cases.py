"""Groups with known differences for `bias_coverage.py`: samples of them, and every metric's truth.

Where a population is a table of cells, its truth is the metric of the cells' exact weights. Scores
and numbers are drawn from grids of quantiles, so that the grids are the populations. The truth of
matched rows depends on how many there are: it is the mean of the estimates over all sets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import stats

from assay.bias.associations_catalogue import ASSOCIATIONS, WHOLE
from assay.bias.associations_classes import cramers_v, facet_imbalance_in_class
from assay.bias.associations_numbers import PAIR, POWERS, correlation_ratio, pearson
from assay.bias.associations_ranks import RankedRows, spearman
from assay.bias.attribution_ranks import one_minus_ndcg
from assay.bias.attributions import compare_attributions
from assay.bias.catalogue import bias_metrics
from assay.bias.cells import GroupCells
from assay.bias.facet_flip import FlippedAnswers
from assay.bias.flip_test_sample import FlipRows
from assay.bias.from_rows import tables_of_rows
from assay.bias.group_means import moments_of_entries
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import FacetTables, Split
from assay.metrics.regression.from_rows import moments_of_rows
from assay.result import Estimate
from assay.stats.sums import sums_by
from assay.tables.units import CellsByUnit

LEVEL = 0.95
SIZES = (200, 1_000, 5_000)
MINORITIES = (0.5, 0.2, 0.05)
GROUPS = ("a", "d")
SLACK = 1e-9
MANY = 1e12
UNIT_ROWS = 5
Floats = np.ndarray


@dataclass(frozen=True)
class Case:
    """One cell: what is drawn, how many rows, the group's share, and whether groups differ."""

    kind: str
    n: int
    share: float
    differs: bool
    rows: str = "plain"

    def seed(self, number: int) -> list[int]:
        """Return the seed of one set: its own for every cell and number."""
        return [number, self.n, *self.name.encode()]

    @property
    def name(self) -> str:
        """Name of the cell among all."""
        effect = "different" if self.differs else "equal"
        return f"{self.kind}-{self.rows}-{effect}-{self.n}-{self.share:g}"

    def __str__(self) -> str:
        return f"n = {self.n:,}, {self.share:.0%}"


@dataclass(frozen=True)
class Found:
    """The interval of one estimate; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    too_few: bool

    @classmethod
    def of(cls, found: Measurement) -> "Found":
        """Keep what coverage needs of a measurement; ends may be infinite."""
        few = any(each.startswith("too few") for each in found.warnings)
        ends = found.ends(LEVEL)
        low, high = (None, None) if ends is None else ends
        return cls(found.value, low, high, few)

    @classmethod
    def estimated(cls, found: Estimate) -> "Found":
        """Keep what coverage needs of an estimate."""
        return cls(found.value, found.low, found.high, found.too_few)


def metrics_with(*needs: str, task: str | None = None) -> tuple[BiasMetric, ...]:
    """Return the metrics of the catalogue that are made from these tables."""
    return tuple(
        metric
        for metric in bias_metrics()
        if metric.needs in needs and (task is None or task in metric.tasks)
    )


def _measured(tables: FacetTables, metrics: tuple[BiasMetric, ...]) -> dict[str, Measurement]:
    split = Split.of(tables, "d")
    return {metric.name: metric.function(split) for metric in metrics}


# --- rows counted by group, stratum, label and prediction ---------------------------------------

STRATA = np.array([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4]])
BASE_RATES = np.array([[0.3, 0.4, 0.6], [0.15, 0.25, 0.45]])
HIT_RATES, FALSE_RATES = (0.75, 0.6), (0.2, 0.28)
CLASS_SHARES = np.array([[0.4, 0.35, 0.25], [0.3, 0.3, 0.4]])
RIGHT = (0.75, 0.65)
OF_STRATUM = np.array([1.0, 1.0, 2.0])
OF_UNIT = 0.12
IN_CLASS = "facet_imbalance_in_class"


def count_metrics(kind: str) -> tuple[BiasMetric, ...]:
    """Return the metrics of counts of a yes/no outcome, or of several classes."""
    if kind == "classes":
        return metrics_with("classes")
    return metrics_with("group", "label", "prediction", "both", "strata")


def _binary_law(case: Case, lean: float) -> Floats:
    law = np.zeros((2, 3, 2, 2))
    for g, share in enumerate((1 - case.share, case.share)):
        at = g if case.differs else 0
        rate = BASE_RATES[at] + lean
        for y, of_label in enumerate((1 - rate, rate)):
            hit = (HIT_RATES if y else FALSE_RATES)[at]
            for answer, chance in enumerate((1 - hit, hit)):
                law[g, :, y, answer] = share * STRATA[at] * of_label * chance
    return law


def _class_law(case: Case, lean: float) -> Floats:
    law = np.zeros((2, 3, 3, 3))
    for g, share in enumerate((1 - case.share, case.share)):
        at = g if case.differs else 0
        shares = CLASS_SHARES[at] + lean * np.array([1, -1, 0])
        right = RIGHT[at] * np.eye(3) + (1 - RIGHT[at]) / 2 * (1 - np.eye(3))
        law[g] = share * STRATA[0][:, None, None] * (shares[:, None] * right)
    return law


@cache
def laws(case: Case) -> tuple[Floats, Floats]:
    """Return the chances of each cell in units that lean to one side, and to the other."""
    law = _class_law if case.kind == "classes" else _binary_law
    lean = OF_UNIT if case.rows == "units" else 0.0
    return law(case, -lean), law(case, lean)


def count_tables(
    shape: tuple[int, ...],
    n: Floats,
    w: Floats | None = None,
    w2: Floats | None = None,
    units: tuple[Floats, Floats, Floats, int] | None = None,
) -> FacetTables:
    """Return the tables of counts by group, stratum, label and prediction."""
    names = tuple(GROUPS) if shape[0] == len(GROUPS) else tuple(f"g{i}" for i in range(shape[0]))
    strata = _cells(names, shape, np.arange(n.size), n, w, w2, units)
    at = np.unravel_index(np.arange(n.size), shape)
    plain = np.ravel_multi_index((at[0], at[2], at[3]), (shape[0], *shape[2:]))
    few = (shape[0], 1, *shape[2:])
    cells = _cells(names, few, plain, n, w, w2, units)
    return FacetTables(groups=names, cells=cells, strata=strata)


def _cells(
    names: tuple[str, ...],
    shape: tuple[int, ...],
    place: Floats,
    n: Floats,
    w: Floats | None,
    w2: Floats | None,
    units: tuple[Floats, Floats, Floats, int] | None,
) -> GroupCells:
    size = int(np.prod(shape))
    rows = sums_by(place, n.ravel().astype(float), size)
    weights, squares = (
        rows if each is None else sums_by(place, each.ravel(), size) for each in (w, w2)
    )
    group, stratum, label, prediction = np.unravel_index(np.arange(size), shape)
    by_unit = None
    if units is not None:
        unit, cell, weight, n_units = units
        joint, entry = np.unique(unit * size + place[cell], return_inverse=True)
        summed = sums_by(entry, weight, len(joint))
        by_unit = CellsByUnit(joint // size, joint % size, summed, n_units)
    good = shape[-1] - 1
    return GroupCells(
        names,
        group,
        rows.astype(np.int64),
        weights,
        squares,
        weighted=w is not None,
        by_unit=by_unit,
        positive=label == good,
        predicted=prediction == good,
        label=label,
        prediction=prediction,
        classes=(False, True) if good == 1 else ("low", "middle", "high"),
        stratum=stratum,
        n_strata=shape[1],
    )


def _drawn_counts(case: Case, rng: np.random.Generator) -> FacetTables:
    below, above = laws(case)
    shape, law = below.shape, below.ravel()
    if case.rows == "units":
        n_units = case.n // UNIT_ROWS
        first = rng.binomial(n_units, 0.5)
        counts = np.concatenate(
            [
                rng.multinomial(UNIT_ROWS, law, size=first),
                rng.multinomial(UNIT_ROWS, above.ravel(), size=n_units - first),
            ]
        )
        unit, cell = np.nonzero(counts)
        units = (unit, cell, counts[unit, cell].astype(float), n_units)
        return count_tables(shape, counts.sum(axis=0), units=units)
    if case.rows == "plain":
        return count_tables(shape, rng.multinomial(case.n, law))
    cell = rng.choice(law.size, size=case.n, p=law)
    mean = OF_STRATUM[np.unravel_index(cell, shape)[1]]
    weight = mean * rng.gamma(4.0, 0.25, case.n)
    n, w, w2 = (sums_by(cell, weight**power, law.size) for power in (0, 1, 2))
    return count_tables(shape, n, w, w2)


def _population_counts(case: Case) -> FacetTables:
    law = np.mean(laws(case), axis=0)
    if case.rows == "weighted":
        law = law * OF_STRATUM[:, None, None]
    return count_tables(law.shape, MANY * law / law.sum())


def _count_measures(case: Case, tables: FacetTables) -> dict[str, Measurement]:
    found = _measured(tables, count_metrics(case.kind))
    many = " (three classes)" if case.kind == "classes" else ""
    cells = tables.cells
    found[f"cramers_v_label{many}"] = cramers_v(cells)
    found[f"cramers_v_prediction{many}"] = cramers_v(cells, predicted=True)
    found[IN_CLASS + many] = facet_imbalance_in_class(Split.of(tables, "d"), 1)
    for metric in WHOLE:
        if case.kind == "counts" or metric.needs == "classes":
            found[metric.name + many] = metric.function(cells)
    return found


# --- scores by group and label ------------------------------------------------------------------

GRID = 20_000
LOWER = 0.5


@cache
def score_grid(differs: bool) -> tuple[Floats, Floats]:
    """Return scores at quantiles and the true chance of each: of facet a, or of facet d."""
    at = (np.arange(GRID) + 0.5) / GRID
    if not differs:
        score = stats.beta.ppf(at, 2.0, 3.0)
        return score, score
    score = stats.beta.ppf(at, 1.5, 3.5)
    odds = score / (1 - score) * np.exp(-LOWER)
    return score, odds / (1 + odds)


def _quantiles(case: Case, rng: np.random.Generator) -> tuple[Floats, Floats, Floats | None]:
    """Return each row's place on a grid, whether it is of facet d, and its unit."""
    inside = (rng.random(case.n) < case.share).astype(int)
    if case.rows != "units":
        return rng.integers(0, GRID, case.n), inside, None
    unit = np.arange(case.n) // UNIT_ROWS
    return rng.integers(0, GRID, case.n // UNIT_ROWS)[unit], inside, unit


def _weights(case: Case, rng: np.random.Generator) -> Floats | None:
    return rng.gamma(4.0, 0.25, case.n) if case.rows == "weighted" else None


def _drawn_scores(case: Case, rng: np.random.Generator) -> FacetTables:
    at, inside, unit = _quantiles(case, rng)
    grids = (score_grid(False), score_grid(case.differs))
    score, chance = (np.stack([grid[i] for grid in grids])[inside, at] for i in (0, 1))
    return tables_of_rows(
        np.array(GROUPS)[inside],
        score=score,
        positive=rng.random(case.n) < chance,
        weight=_weights(case, rng),
        unit=unit,
    )


def _population_scores(case: Case) -> FacetTables:
    parts: list[tuple[str, Floats, bool, Floats]] = []
    for name, share, differs in (("a", 1 - case.share, False), ("d", case.share, case.differs)):
        score, chance = score_grid(differs)
        parts += [(name, score, True, share * chance), (name, score, False, share * (1 - chance))]
    return tables_of_rows(
        np.repeat([part[0] for part in parts], GRID),
        score=np.concatenate([part[1] for part in parts]),
        positive=np.repeat([part[2] for part in parts], GRID),
        weight=np.concatenate([part[3] for part in parts]),
    )


def _score_measures(case: Case, tables: FacetTables) -> dict[str, Measurement]:
    del case
    return _measured(tables, metrics_with("scores"))


# --- numbers: predictions, and errors with a tail -----------------------------------------------

PREDICTED = ((50.0, 10.0), (46.0, 9.0))
ERRORS = ((0.0, 4.0), (1.5, 6.0))
SHAPE = 4.0
REPEATS = 10
RISE = 0.3


@cache
def number_grid(differs: bool) -> tuple[Floats, Floats]:
    """Return predictions and errors at quantiles; the errors' law is a Gamma law turned round."""
    at = (np.arange(GRID) + 0.5) / GRID
    (mean, scale), (lean, spread) = PREDICTED[differs], ERRORS[differs]
    tail = (stats.gamma.ppf(at, SHAPE) - SHAPE) / SHAPE**0.5
    return mean + scale * stats.norm.ppf(at), lean - spread * tail


def _drawn_numbers(case: Case, rng: np.random.Generator) -> dict[str, Floats | None]:
    at, inside, unit = _quantiles(case, rng)
    grids = (number_grid(False), number_grid(case.differs))
    predicted = np.stack([grid[0] for grid in grids])[inside, at]
    error = np.stack([grid[1] for grid in grids])[inside, rng.integers(0, GRID, case.n)]
    return {
        "inside": inside,
        "prediction": predicted,
        "label": predicted - error,
        "weight": _weights(case, rng),
        "unit": unit,
    }


def _population_numbers(case: Case) -> dict[str, Floats | None]:
    rng = np.random.default_rng(7)
    inside, predicted, error, weight = [], [], [], []
    for place, (share, differs) in enumerate(
        ((1 - case.share, False), (case.share, case.differs))
    ):
        p, e = number_grid(differs)
        for _ in range(REPEATS):
            inside.append(np.full(GRID, place))
            predicted.append(p)
            error.append(rng.permutation(e))
            weight.append(np.full(GRID, share))
    prediction = np.concatenate(predicted)
    return {
        "inside": np.concatenate(inside),
        "prediction": prediction,
        "label": prediction - np.concatenate(error),
        "weight": np.concatenate(weight),
        "unit": None,
    }


def _number_measures(case: Case, rows: dict[str, Floats | None]) -> dict[str, Measurement]:
    inside, weight, unit = rows["inside"], rows["weight"], rows["unit"]
    assert inside is not None
    told = {"label": rows["label"], "prediction": rows["prediction"]}
    tables = tables_of_rows(np.array(GROUPS)[inside], **told, weight=weight, unit=unit)
    found = _measured(tables, metrics_with("numbers"))
    if case.rows == "plain":
        for name, x in told.items():
            ratio = f"correlation_ratio_{name}"
            found[ratio] = correlation_ratio(_powers(inside, x, weight, GROUPS))
    return found


def _powers(group: Floats, x: Floats | None, weight: Floats | None, names: tuple[str, ...]):
    assert x is not None
    w = np.ones(len(x)) if weight is None else weight
    terms = dict(zip(POWERS, (x, x**2, x**3), strict=True))
    every = np.ones(len(x), dtype=bool)
    rows = np.ones(len(x), dtype=np.int64)
    return moments_of_entries(
        names, group, terms, (rows, w, w**2), among=every, weighted=weight is not None
    )


# --- a facet that is a number -------------------------------------------------------------------


def _pairs(case: Case, rng: np.random.Generator) -> dict[str, Measurement]:
    """Return correlations of a normal facet with another number, and its ratio by class."""
    rise = RISE if case.differs else 0.0
    x = rng.standard_normal(case.n)
    y = rise * x + (1 - rise**2) ** 0.5 * rng.standard_normal(case.n)
    terms = dict(zip(PAIR, (x, y, x * x, y * y, x * y), strict=True))
    both = pearson(moments_of_rows(terms))
    label = (rng.random(case.n) < case.share).astype(np.int64)
    by_label = _powers(label, x + 2 * rise * label, None, ("no", "yes"))
    return {
        "pearson_label": both,
        "pearson_prediction": both,
        "spearman_label": spearman(RankedRows(x=x, y=y, n_data=case.n)),
        "correlation_ratio_facet": correlation_ratio(by_label),
    }


def _pair_truth(case: Case) -> dict[str, float]:
    rise = RISE if case.differs else 0.0
    between = (2 * rise) ** 2 * case.share * (1 - case.share)
    return {
        "pearson_label": rise,
        "pearson_prediction": rise,
        "spearman_label": 6 / np.pi * np.arcsin(rise / 2),
        "correlation_ratio_facet": (between / (1 + between)) ** 0.5,
    }


# --- rows that are matched, asked again, or explained -------------------------------------------


def _matched(case: Case, rng: np.random.Generator) -> dict[str, Measurement]:
    """Return what similar rows tell: one even feature and two small whole numbers."""
    inside = (rng.random(case.n) < case.share).astype(int)
    features = np.column_stack([rng.standard_normal(case.n), rng.integers(0, 3, (case.n, 2))])
    lean = features[:, 0] + 0.5 * features[:, 1] - 0.5 - case.differs * 0.8 * inside
    predicted = rng.random(case.n) < 1 / (1 + np.exp(-2 * lean))
    rows = FlipRows.of_arrays(GROUPS, inside, features, predicted)
    cells = GroupCells.from_counts(
        GROUPS, np.bincount(2 * inside + predicted, minlength=4).reshape(2, 2)
    )
    tables = FacetTables(groups=GROUPS, cells=cells, rows=rows)
    return _measured(tables, metrics_with("rows"))


TURNS = 0.1


def _asked(case: Case, rng: np.random.Generator) -> dict[str, Measurement]:
    """Return what changes with the facet: gaps with a tail, and one answer of ten."""
    inside = (rng.random(case.n) < case.share).astype(int)
    mean = 0.05 if case.differs else 0.0
    cells = GroupCells.from_counts(GROUPS, [[1, 1], [1, 1]])
    found: dict[str, Measurement] = {}
    gap = mean + 0.1 * (rng.gamma(2.0, 1.0, case.n) - 2.0)
    changed = (rng.random(case.n) < TURNS).astype(float)
    for task, of in (("binary", "probability"), ("regression", "number")):
        answers = FlippedAnswers(
            groups=GROUPS,
            group=inside,
            gap=gap,
            changed=changed,
            n_data=np.bincount(inside, minlength=2),
            of=of,
        )
        tables = FacetTables(groups=GROUPS, cells=cells, answers=answers)
        found |= _measured(tables, metrics_with("answers", task=task))
    return found


def _asked_truth(case: Case) -> dict[str, float]:
    mean = 0.05 if case.differs else 0.0
    return {
        "flipped_facet_gap": mean,
        "flipped_facet_number_gap": mean,
        "flipped_facet_changes": TURNS,
    }


IMPORTANCE = np.array([[1.0, 0.8, 0.5, 0.2], [0.7, 0.9, 0.5, 0.3]])
FEATURES = ("first", "second", "third", "fourth")
RANKS = "attribution_rank_disagreement"


def _explained(case: Case, rng: np.random.Generator) -> dict[str, Found]:
    """Return differences of importance; the attributions have heavy tails."""
    inside = (rng.random(case.n) < case.share).astype(int)
    scale = IMPORTANCE[inside if case.differs else np.zeros(case.n, dtype=int)]
    phi = scale * rng.laplace(size=scale.shape)
    one = compare_attributions(phi, inside, GROUPS, FEATURES, reported=[1]).groups[0]
    told = {f"attribution_difference ({k})": v for k, v in one.differences.items()}
    return {k: Found.estimated(v) for k, v in (told | {RANKS: one.ranks}).items()}


def _explained_truth(case: Case) -> dict[str, float]:
    a, d = IMPORTANCE[0], IMPORTANCE[int(case.differs)]
    told = zip(FEATURES, a - d, strict=True)
    return {f"attribution_difference ({k})": float(gap) for k, gap in told} | {
        RANKS: float(one_minus_ndcg(a, d))
    }


# --- all kinds ----------------------------------------------------------------------------------

Draw = Callable[[Case, np.random.Generator], Mapping[str, Measurement | Found]]
DRAWN: Mapping[str, Draw] = {
    "counts": lambda case, rng: _count_measures(case, _drawn_counts(case, rng)),
    "classes": lambda case, rng: _count_measures(case, _drawn_counts(case, rng)),
    "scores": lambda case, rng: _score_measures(case, _drawn_scores(case, rng)),
    "numbers": lambda case, rng: _number_measures(case, _drawn_numbers(case, rng)),
    "pairs": _pairs,
    "answers": _asked,
    "attributions": _explained,
    "matching": _matched,
}
TRUTHS: Mapping[str, Callable[[Case], Mapping[str, float]]] = {
    "counts": lambda case: _values(_count_measures(case, _population_counts(case))),
    "classes": lambda case: _values(_count_measures(case, _population_counts(case))),
    "scores": lambda case: _values(_score_measures(case, _population_scores(case))),
    "numbers": lambda case: _values(_number_measures(case, _population_numbers(case))),
    "pairs": _pair_truth,
    "answers": _asked_truth,
    "attributions": _explained_truth,
    "matching": lambda case: {},  # the mean of all estimates
}
VARIANTS = ("weighted", "units")


def _values(found: Mapping[str, Measurement]) -> dict[str, float]:
    return {name: each.value for name, each in found.items() if each.value is not None}


def simulate(case: Case, rng: np.random.Generator) -> dict[str, Found]:
    """Draw one sample of a case; return every metric's interval by name."""
    return {
        name: each if isinstance(each, Found) else Found.of(each)
        for name, each in DRAWN[case.kind](case, rng).items()
    }


def truth(case: Case) -> Mapping[str, float]:
    """Value of every metric in the population of a case; none where it is the estimates' mean."""
    return _truth(replace(case, n=0))


@cache
def _truth(case: Case) -> Mapping[str, float]:
    return TRUTHS[case.kind](case)


def all_cases() -> list[Case]:
    """Return every cell: three sizes, three shares, equal and different groups of each kind."""
    plain = [
        Case(kind, n, share, differs)
        for kind in DRAWN
        for differs in (False, True)
        for n in SIZES
        for share in MINORITIES
    ]
    others = [
        Case(kind, 1_000, share, differs, rows)
        for kind in ("counts", "classes", "scores", "numbers")
        for rows in VARIANTS
        for differs in (False, True)
        for share in MINORITIES
    ]
    return plain + others


def simulated() -> frozenset[str]:
    """Return the names of the metrics that are simulated, without what follows in brackets."""
    names: set[str] = set()
    for kind, draw in DRAWN.items():
        case = Case(kind, 200, 0.5, differs=True)
        names |= set(draw(case, np.random.default_rng(0)))
    return frozenset(name.split(" (")[0] for name in names)


def forgotten() -> tuple[str, ...]:
    """Return the metrics of the catalogue that no case simulates."""
    known = (*bias_metrics(), *ASSOCIATIONS, *WHOLE)
    return tuple(sorted({metric.name for metric in known} - simulated()))


DISTANCES = frozenset(m.name for m in (*bias_metrics(), *ASSOCIATIONS, *WHOLE) if m.is_distance)
"""Never negative: where groups are equal their intervals hold 0 more often than their level."""
