"""Two versions of a data set: each change by hand, and a finding only where it is shown."""

import json
import math

import numpy as np
import pytest

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.change import SAME_ROWS, bias_change
from assay.bias.changes import BiasChange
from assay.bias.measurement import Measurement
from assay.bias.measuring import Measured
from assay.bias.split import FacetTables, Split
from assay.stats.interval import Interval, two_sided_quantile


def wald(value, error, *, n=1000, warnings=()):
    """A number with a normal interval."""

    def ends(level):
        half = two_sided_quantile(level) * error
        return Interval(value - half, value + half)

    return Measurement(
        value=value, n=n, n_group=n // 2, n_rest=n // 2, interval=ends, warnings=warnings
    )


def ratio(value, error, *, n=1000):
    def ends(level):
        factor = math.exp(two_sided_quantile(level) * error)
        return Interval(value / factor, value * factor)

    return Measurement(value=value, n=n, interval=ends)


def told(acronym, found, *, facet="sex", group="Female"):
    return Measured(metric=find_bias_metric(acronym), facet=facet, group=group, found=found)


def only_change(before, after, **about):
    (change,) = bias_change([before], [after], **about).changes
    return change


def test_the_change_of_a_difference_adds_both_errors_in_quadrature():
    change = only_change(told("DPL", wald(0.1, 0.03)), told("DPL", wald(0.25, 0.04, n=500)))
    assert change.change.value == pytest.approx(0.15)
    half = 1.959964 * 0.05  # 0.03 and 0.04 in quadrature
    assert change.change.low == pytest.approx(0.15 - half, abs=1e-6)
    assert change.change.high == pytest.approx(0.15 + half, abs=1e-6)
    assert (change.before.n, change.after.n, change.change.n) == (1000, 500, 1500)
    assert change.grew


def test_the_change_of_a_ratio_is_a_ratio():
    change = only_change(told("DI", ratio(0.8, 0.03)), told("DI", ratio(0.4, 0.04)))
    assert change.kind == "ratio"
    assert change.change.value == pytest.approx(0.5)
    factor = math.exp(1.959964 * 0.05)
    assert change.change.low == pytest.approx(0.5 / factor, rel=1e-6)
    assert change.change.high == pytest.approx(0.5 * factor, rel=1e-6)
    assert change.grew


@pytest.mark.parametrize(("before", "after"), [(0.5, 2.0), (2.0, 0.5)])
def test_a_half_is_as_far_from_one_as_the_double(before, after):
    change = only_change(told("DI", ratio(before, 0.1)), told("DI", ratio(after, 0.1)))
    assert not change.grew


def test_the_simultaneous_level_is_shared_by_all_that_can_make_a_finding():
    several = [told("DPL", wald(0.1, 0.03)), told("RD", wald(0.0, 0.03)), told("KL", wald(1, 1))]
    result = bias_change(several, several)
    assert result.family["numbers"] == 2  # a distance makes none
    assert result.family["level_of_each"] == pytest.approx(math.sqrt(0.95))
    by_name = {each.acronym: each for each in result.changes}
    assert by_name["KL"].simultaneous is None
    half = two_sided_quantile(math.sqrt(0.95)) * 0.03 * math.sqrt(2)
    assert by_name["DPL"].simultaneous.high == pytest.approx(half)


@pytest.mark.parametrize(
    ("after", "severities"),
    [
        (wald(0.30, 0.01), ["warning"]),
        (wald(-0.30, 0.01), ["warning"]),
        (wald(0.15, 0.01), []),  # shown, and tolerated
        (wald(0.30, 0.2), []),  # large, and not shown
        (wald(0.30, 0.01, warnings=("too few: 12 rows",)), []),
    ],
)
def test_a_finding_needs_a_change_beyond_the_tolerated(after, severities):
    result = bias_change([told("DPL", wald(0.1, 0.01))], [told("DPL", after)])
    assert [each.severity for each in result.findings] == severities


def test_a_difference_that_shrank_is_a_note():
    result = bias_change(
        [told("DPL", wald(0.3, 0.01))],
        [told("DPL", wald(0.02, 0.01))],
        names=("raw", "prepared"),
    )
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("bias_changed", "info")
    assert finding.message.startswith(
        "The difference of Female (sex) shrank from raw to prepared: DPL went from 0.3 to 0.02, "
        "a change of 28 points (25 to 31 points)."
    )
    assert finding.evidence["change"] == pytest.approx(-0.28)


def test_one_facet_makes_one_finding_that_what_grew_heads():
    before = [
        told("DPL", wald(0.3, 0.01)),
        told("RD", wald(0.0, 0.01)),
        told("DI", ratio(1, 0.01)),
    ]
    after = [
        told("DPL", wald(0.0, 0.01)),
        told("RD", wald(0.3, 0.01)),
        told("DI", ratio(0.5, 0.01)),
    ]
    (finding,) = bias_change(before, after).findings
    assert finding.where["metric"] == "recall_difference"
    assert "2 other numbers of sex changed too" in finding.message
    assert finding.evidence["also"]["Female: DI"] == pytest.approx(0.5)


def test_the_tolerated_change_may_be_said():
    before, after = told("DPL", wald(0.1, 0.001)), told("DPL", wald(0.15, 0.001))
    assert not bias_change([before], [after]).findings
    name = before.metric.name
    assert bias_change([before], [after], tolerated={name: (-0.02, 0.02)}).findings


def test_groups_that_only_one_version_has_are_listed_and_not_compared():
    before = [told("DPL", wald(0.1, 0.01), group=g) for g in ("Black", "White")]
    after = [told("DPL", wald(0.1, 0.01), group=g) for g in ("White", "Other")]
    result = bias_change(before, after)
    assert [each.group for each in result.changes] == ["White"]
    assert result.only_before == {"sex": ("Black",)}
    assert result.only_after == {"sex": ("Other",)}
    assert "not the same either" in result.notes[0]


def test_the_same_rows_are_said_to_make_wide_intervals():
    assert bias_change([], [], same_rows=True).notes == (SAME_ROWS,)
    assert bias_change([], []).notes == ()


@pytest.mark.parametrize(
    ("acronym", "one", "two", "words"),
    [
        ("DPL", Measurement.undefined("no rows"), wald(0, 1), "the earlier value is undefined"),
        ("DPL", wald(0, 1), Measurement.undefined("no rows"), "the later value is undefined"),
        ("DI", ratio(1, 1), Measurement(value=math.inf), "the later value is infinite"),
        ("DI", Measurement(value=0.0), ratio(1, 1), "the earlier ratio is 0"),
    ],
)
def test_what_cannot_be_compared_has_a_reason(acronym, one, two, words):
    result = bias_change([told(acronym, one)], [told(acronym, two)])
    (change,) = result.changes
    assert change.change.value is None
    assert words in change.change.reason
    assert change.simultaneous is None
    assert result.family["numbers"] == 0


def test_an_interval_without_an_end_stays_open():
    def open_above(level):
        return Interval(0.5, math.inf)

    found = Measurement(value=1.0, n=10, interval=open_above)
    change = only_change(told("DI", ratio(1, 0.1)), told("DI", found))
    assert change.change.high is None
    assert change.change.reason == "the interval has no upper end"
    assert change.to_dict()["simultaneous_high"] is None


def test_a_value_without_interval_changes_without_one():
    change = only_change(told("DPL", wald(0.1, 0.1)), told("DPL", Measurement(value=0.2, n=5)))
    assert change.change.value == pytest.approx(0.1)
    assert change.change.reason == "one of the two values has no interval"
    assert not change.is_shown


def test_a_result_is_plain_data_and_draws():
    before = [told("DPL", wald(0.1, 0.01)), told("DI", Measurement(value=math.inf))]
    after = [told("DPL", wald(0.4, 0.01)), told("DI", ratio(0.5, 0.1))]
    result = bias_change(before, after, names=("<b>", "after"))
    json.dumps(result.to_dict(), allow_nan=False)
    frame = result.to_frame()
    assert frame.height == 2
    assert frame.columns == BiasChange().to_frame().columns
    assert frame["change"].to_list() == [pytest.approx(0.3), None]
    rows = [
        layer for layer in result.plot().to_dict()["layer"] if layer["mark"]["type"] == "point"
    ]
    assert rows
    assert "<b>" not in result._repr_html_()


def from_counts(counts):
    cells = GroupCells.from_counts(["a", "d"], counts)
    split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    metric = find_bias_metric("DPL")
    return Measured(metric=metric, facet="sex", group="d", found=metric.function(split))


def test_real_counts_cover_the_true_change():
    """400 pairs of versions in which DPL goes from 0.1 to 0.2."""
    rng = np.random.default_rng(5)
    hit = 0
    for _ in range(400):
        one, two = (
            [[300 - x, x], [200 - y, y]]
            for x, y in (
                (rng.binomial(300, 0.4), rng.binomial(200, 0.3)),
                (rng.binomial(300, 0.4), rng.binomial(200, 0.2)),
            )
        )
        hit += only_change(from_counts(one), from_counts(two)).change.covers(0.1)
    assert 0.92 <= hit / 400 <= 0.98
