"""Equalised odds difference: the larger gap of the true and the false positive rates."""

from collections.abc import Callable, Sequence

from assay.bias.arithmetic import FALSE_POSITIVES, RECALL, Term, share_term
from assay.bias.arithmetic_cells import SIDES, SideCells, side_cells
from assay.bias.arithmetic_differences import measured, undefined
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.stats.chi_square import two_rates_p
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum


def equalized_odds_difference(split: Split) -> Measurement:
    """Larger of the gaps between the facets in true and in false positive rate, without sign.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, 1]; undefined when a facet has no row that is labelled positive, or none that is
        labelled negative. The p-value is of both gaps together, Šidák's of two chi-square tests.
        The interval starts at 0 where that test does not reject; else at the larger of the lower
        ends of both gaps, for which Newcombe's intervals hold together, and it ends at the larger
        of their upper ends, which miss as often as the lower end leaves to miss.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(equalized_odds_difference(split).value, 5)
    0.18783
    """
    shares = RECALL, FALSE_POSITIVES
    terms = [share_term(split, share, side) for side in SIDES for share in shares]
    missing = [term for term in terms if term.value is None]
    if missing:
        return undefined(terms, missing)
    cells = side_cells(split)
    gaps = [_Gap(cells, terms[place], terms[place + len(shares)]) for place in range(len(shares))]
    widest = max(gaps, key=lambda gap: abs(gap.value))
    sign = -1.0 if widest.value < 0 else 1.0
    influence = sign * (widest.group.influence - widest.rest.influence)
    least = min(gap.p_value for gap in gaps)
    p_value = least * (2 - least)  # 1 - (1 - least)², also where that is tiny
    return measured(
        cells,
        terms,
        abs(widest.value),
        influence,
        _interval(gaps, abs(widest.value), p_value),
        method="larger gap of two Newcombe scores, by test at 0",
        p_value=p_value,
    )


class _Gap:
    """A rate in facet d less that in facet a."""

    def __init__(self, cells: SideCells, group: Term, rest: Term) -> None:
        assert group.value is not None
        assert rest.value is not None
        self.group, self.rest = group, rest
        self.rates = group.value, rest.value
        self.value = group.value - rest.value
        self.law = cells.correlations([group.influence, rest.influence])
        freedoms = [f for term in (group, rest) if (f := term.spread.freedom) is not None]
        self.p_value = two_rates_p(
            self.rates,
            (group.trials, rest.trials),
            correlation=0.0 if self.law is None else float(self.law[0, 1]),
            freedom=min(freedoms, default=None),
        )

    def size(self, level: float) -> Interval:
        """Return the interval of the gap's size."""
        ends = [term.interval(level) for term in (self.group, self.rest)]
        low, high = mover_sum(self.rates, ends, coefficients=[1, -1], correlation=self.law)
        return Interval(max(0.0, low, -high), min(1.0, max(abs(low), abs(high))))


def _interval(gaps: Sequence[_Gap], value: float, p_value: float) -> Callable[[float], Interval]:
    def interval(level: float) -> Interval:
        together = level ** (1 / len(gaps))
        low = max(gap.size(together).low for gap in gaps) if p_value < 1 - level else 0.0
        high = max(gap.size(_upper_level(level, together)).high for gap in gaps)
        return Interval(low, high).around(value)

    return interval


def _upper_level(level: float, together: float) -> float:
    """Return the level of the upper ends: they miss what the lower end does not.

    All upper ends must miss for the larger one to do so, so that none of them pays for the other.
    """
    missed = (1 - level) - (1 - together) / 2
    return max(1 - 2 * missed, level / 2)


METRIC = BiasMetric(
    name="equalized_odds_difference",
    title="Equalised odds difference",
    acronym="EqOD",
    stage="post_training",
    function=equalized_odds_difference,
    needs="both",
    lower_bound=0.0,
    tolerated=(0.0, 0.1),
    is_distance=True,
    positive_means="among rows of the same label {outcome} is predicted at different rates for "
    "{group} and {rest}",
    help=(
        "How often two groups are predicted positive among rows of the same label: the gap for "
        "the label where it is larger.",
        "It trusts the labels, and without a sign it does not say who fares worse; with base "
        "rates that differ it cannot hold together with predictive parity.",
        "Recall and specificity by group (RD, SD), which carry a sign.",
    ),
    reference="Hardt, Price and Srebro 2016, NeurIPS, arXiv:1610.02413.",
)
