"""Made-up results of a bias measurement, worked out from counts with plain intervals.

The intervals are Wald's: good enough to lay out a page, not to be trusted.
"""

from collections.abc import Mapping
from math import exp, isfinite, log, sqrt

from assay.bias.catalogue import bias_metrics
from assay.bias.metric import BiasMetric
from assay.bias.reading import group_words, read_value
from assay.bias.result import BiasMeasure, BiasResult, FacetResult, GroupRow, LeftOut
from assay.result import Estimate
from assay.stats.interval import Interval

NASTY = '<script>alert("x")</script>'
LONG = "Holand-Netherlands, and whoever else was born on the coast of the North Sea"
OUTCOME = "income '>50K'"
Z, Z_JOINT = 1.96, 3.3
INF = float("inf")
NAMES = {each.acronym: each.name for each in bias_metrics() if each.acronym}
Counts = tuple[int, int, int, int]
"""True positives, false positives, false negatives, true negatives."""


def sample_metric(acronym: str, title: str, **about: object) -> BiasMetric:
    """A metric that is never called."""
    known = {
        "name": NAMES.get(acronym, title.replace(" ", "_")),
        "stage": "post_training",
        "function": print,
        "needs": "both",
        "help": (f"Compares {title}.", "Not where groups are tiny.", "Look at the group table."),
    }
    return BiasMetric(acronym=acronym, title=title, **(known | about))  # type: ignore[arg-type]


def _differs(word: str) -> dict[str, str]:
    return {
        "positive_means": f"{{group}} {word} less often than {{rest}}",
        "negative_means": f"{{group}} {word} more often than {{rest}}",
    }


METRICS = {
    each.acronym: each
    for each in (
        sample_metric(
            "DPL",
            "difference in positive proportions in labels",
            stage="pre_training",
            needs="label",
            **_differs("has {outcome}"),
        ),
        sample_metric(
            "KL",
            "Kullback-Leibler divergence",
            stage="pre_training",
            needs="label",
            is_distance=True,
            lower_bound=0.0,
            upper_bound=None,
            positive_means="the labels of {group} and {rest} are distributed differently",
        ),
        sample_metric(
            "DPPL",
            "difference in positive proportions in predicted labels",
            needs="prediction",
            **_differs("is predicted {outcome}"),
        ),
        sample_metric(
            "DI",
            "disparate impact",
            needs="prediction",
            parity=1.0,
            lower_bound=0.0,
            upper_bound=None,
            tolerated=(0.8, 1.25),
            positive_means="{group} is predicted {outcome} more often than {rest}",
            negative_means="{group} is predicted {outcome} less often than {rest}",
        ),
        sample_metric("RD", "recall difference", **_differs("has its positives found")),
        sample_metric(
            "SD",
            "specificity difference",
            positive_means="{group} has a higher specificity than {rest}",
            negative_means="{group} has a lower specificity than {rest}",
        ),
        sample_metric("AD", "accuracy difference", **_differs("is answered right")),
        sample_metric("DAR", "difference in acceptance rates", **_differs("is rightly accepted")),
        sample_metric(
            "TE",
            "treatment equality",
            lower_bound=None,
            upper_bound=None,
            tolerated=None,
            positive_means="{group} has more false negatives for each false positive than {rest}",
            negative_means="{group} has fewer false negatives for each false positive than {rest}",
        ),
    )
}


def facet_sample(
    name: str,
    groups: Mapping[str, Counts],
    *,
    how: str = "values",
    columns: tuple[str, ...] = (),
    reported: tuple[str, ...] | None = None,
    **about: object,
) -> FacetResult:
    """A facet with its numbers from the counts of each group."""
    total = sum(map(sum, groups.values()))
    rows = tuple(_group_row(group, counts, total) for group, counts in groups.items())
    measures: list[BiasMeasure] = []
    for group in groups if reported is None else reported:
        rest = _sum(*(each for other, each in groups.items() if other != group))
        measures += measure_group(name, group, groups[group], rest, how=how)
    return FacetResult(
        name=name,
        columns=columns or (name,),
        how=how,
        groups=rows,
        measures=tuple(measures),
        worst_pairs=_worst_pairs(name, groups, how=how),
        label_shares={group: _shares(counts) for group, counts in groups.items()},
        classes=("<=50K", ">50K"),
        too_small=tuple(group for group, counts in groups.items() if sum(counts) < 30),
        **about,  # type: ignore[arg-type]
    )


def measure_group(
    facet: str, group: str, d: Counts, a: Counts, *, how: str = "values", versus: str = "the rest"
) -> list[BiasMeasure]:
    """Every sample metric of one group against others."""
    few = () if min(sum(d), sum(a)) >= 30 else (f"too few: {min(sum(d), sum(a))} rows",)
    found = []
    for acronym, metric in METRICS.items():
        value, error = _value(acronym, d, a)
        words = read_value(
            metric,
            value,
            group=group_words(facet, group, how=how),
            rest=versus,
            outcome=OUTCOME,
            reason="no row of the group is predicted negative",
        )
        found.append(
            BiasMeasure(
                metric=metric.name,
                title=metric.title,
                acronym=acronym,
                stage=metric.stage,
                facet=facet,
                group=group,
                versus=versus,
                estimate=_estimate(acronym, value, error, sum(d) + sum(a), few),
                limit="Infinity" if value == INF else None,
                simultaneous=_ends(acronym, value, error, Z_JOINT),
                p_value=(0.9 if value < 0.001 else 1e-6)
                if metric.is_distance and value is not None
                else None,
                n_group=sum(d),
                n_rest=sum(a),
                parity=metric.parity,
                tolerated=metric.tolerated,
                reading=words,
            )
        )
    return found


def _value(acronym: str, d: Counts, a: Counts) -> tuple[float | None, float]:
    """The value and its standard error (of the logarithm for DI); None where undefined."""
    rates = {
        "DPL": lambda c: (c[0] + c[2], sum(c)),
        "DPPL": lambda c: (c[0] + c[1], sum(c)),
        "RD": lambda c: (c[0], c[0] + c[2]),
        "SD": lambda c: (c[3], c[3] + c[1]),
        "AD": lambda c: (c[0] + c[3], sum(c)),
        "DAR": lambda c: (c[0], c[0] + c[1]),
        "DI": lambda c: (c[0] + c[1], sum(c)),
        "KL": lambda c: (c[0] + c[2], sum(c)),
    }
    if acronym == "TE":
        if not d[1] or not a[1]:
            return (INF, 0.0) if d[2] and a[1] else (None, 0.0)
        return d[2] / d[1] - a[2] / a[1], 0.2
    (x, n), (y, m) = rates[acronym](d), rates[acronym](a)
    if not n or not m:
        return None, 0.0
    p, q = x / n, y / m
    if acronym == "DI":
        if not p or not q:
            return (0.0, 0.0) if q else (None, 0.0)
        return p / q, sqrt((1 - p) / x + (1 - q) / y)
    if acronym == "KL":
        parts = [(q, p), (1 - q, 1 - p)]
        if any(not below and above for above, below in parts):
            return INF, 0.0
        return max(0.0, sum(above * log(above / below) for above, below in parts if above)), 0.01
    sign = -1 if acronym == "SD" else 1
    return sign * (q - p), sqrt(p * (1 - p) / n + q * (1 - q) / m)


def _ends(acronym: str, value: float | None, error: float, z: float) -> Interval | None:
    if value is None or not isfinite(value):
        return None
    if acronym == "DI":
        return Interval(value * exp(-z * error), value * exp(z * error))
    low = value - z * error
    return Interval(max(0.0, low) if acronym == "KL" else low, value + z * error)


def _estimate(
    acronym: str, value: float | None, error: float, n: int, warnings: tuple[str, ...]
) -> Estimate:
    if value is None:
        return Estimate.undefined("no row of the group is predicted negative", n=n)
    if not isfinite(value):
        return Estimate.undefined("the value is infinity", n=n)
    ends = _ends(acronym, value, error, Z)
    assert ends is not None
    about = {"n": n, "method": "Wald", "conditional_on": "the rows' groups and the fitted model"}
    return Estimate(value=value, low=ends.low, high=ends.high, warnings=warnings, **about)  # type: ignore[arg-type]


def _rate(x: int, n: int, undefined: str) -> Estimate:
    if not n:
        return Estimate.undefined(undefined)
    p = x / n
    half = Z * sqrt(max(p * (1 - p), 0.25 / n) / n)
    few = (f"too few: {n} rows, an interval needs 20 to be believed",) if n < 20 else ()
    low, high = max(0.0, p - half), min(1.0, p + half)
    return Estimate(value=p, low=low, high=high, n=n, method="Wilson score", warnings=few)


def _group_row(group: str, counts: Counts, total: int) -> GroupRow:
    tp, fp, fn, tn = counts
    n = sum(counts)
    selection = _rate(tp + fp, n, "the group has no rows")
    numbers = {
        "base_rate": _rate(tp + fn, n, "the group has no rows"),
        "selection_rate": selection,
        "accuracy": _rate(tp + tn, n, "the group has no rows"),
        "recall": _rate(tp, tp + fn, "no row of the group is positive"),
        "false_positive_rate": _rate(fp, fp + tn, "no row of the group is negative"),
        "precision": _rate(tp, tp + fp, "no row of the group is predicted positive"),
    }
    if n < 30:
        numbers["pooled_selection_rate"] = Estimate(value=0.2, low=0.1, high=0.3, n=n)
    return GroupRow(group=group, n=n, share=n / total, numbers=numbers)


def _worst_pairs(name: str, groups: Mapping[str, Counts], *, how: str) -> tuple[BiasMeasure, ...]:
    if len(groups) < 3:
        return ()
    rate = {group: (c[0] + c[1]) / max(sum(c), 1) for group, c in groups.items()}
    least, most = min(rate, key=rate.__getitem__), max(rate, key=rate.__getitem__)
    both = measure_group(name, least, groups[least], groups[most], how=how, versus=most)
    return tuple(each for each in both if each.acronym in ("DPPL", "DPL"))


def _shares(counts: Counts) -> tuple[float, ...]:
    positive = (counts[0] + counts[2]) / max(sum(counts), 1)
    return 1 - positive, positive


def _sum(*several: Counts) -> Counts:
    tp, fp, fn, tn = (sum(each) for each in zip(*several, strict=True))
    return tp, fp, fn, tn


SEX = {"Female": (400, 100, 200, 4300), "Male": (2600, 900, 900, 5600)}
FAIR = {"Female": (1000, 250, 250, 3500), "Male": (2000, 500, 500, 7000)}
RACE = {
    "White": (2600, 850, 900, 8000),
    "Black": (120, 40, 90, 1400),
    "Asian-Pac-Islander": (200, 60, 80, 500),
    NASTY: (40, 10, 15, 250),
    "Other": (1, 0, 1, 10),
}
SEX_RACE = {
    "Female × White": (330, 80, 160, 3500),
    "Female × Black": (30, 10, 30, 700),
    "Female × Other": (1, 0, 1, 9),
    "Male × White": (2270, 770, 740, 4500),
    "Male × Black": (90, 30, 60, 700),
}


def many_groups(count: int = 100) -> dict[str, Counts]:
    """Groups whose selection rates spread; one in seven is far off."""
    return {
        f"value {i}" if i != 3 else LONG: (
            60 + (90 if i % 7 == 0 else 0),
            20 + (60 if i % 7 == 0 else 0),
            30 + i % 5,
            300 - i % 11,
        )
        for i in range(count)
    }


def bias_sample(*facets: FacetResult, **about: object) -> BiasResult:
    """A result of these facets, by default of sex, race, both together and one with a limit."""
    chosen = facets or (
        facet_sample("sex", SEX, rows_missing=120),
        facet_sample("race", RACE, rows_folded=40),
        facet_sample(
            "age > 40",
            {"age > 40": (900, 300, 300, 3000), "others": (700, 200, 200, 4000)},
            how="condition",
            columns=("age",),
            reported=("age > 40",),
        ),
        facet_sample("sex × race", SEX_RACE, how="intersection", columns=("sex", "race")),
    )
    known = {
        "task": "binary",
        "positive": OUTCOME,
        "whole": (),
        "left_out": (LeftOut(title="CDDL", reason="no group variable was named"),),
        "family": {"numbers": 84, "critical_value": Z_JOINT, "method": "max-T"},
        "data": {"rows": 15000, "unit": "row", "weighted": False},
    }
    return BiasResult(facets=tuple(chosen), **(known | about))  # type: ignore[arg-type]
