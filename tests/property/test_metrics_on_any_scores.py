"""What holds for every ranking and calibration metric on any scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics.catalogue import metrics_for
from assay.metrics.measure import MetricInputs, measure
from metric_tables import scores_of

ON_SCORES = {m.name: m for m in metrics_for("binary") if m.needs in ("scores", "losses")}
RANKS = ("roc_auc", "average_precision", "gini")
quick = settings(max_examples=25, deadline=None)
rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20), st.integers(1, 4), st.integers(0, 5)),
    min_size=1,
    max_size=40,
).map(lambda drawn: [np.array(column) for column in zip(*drawn, strict=True)])


def measured(name, *columns, **how):
    found = measure(ON_SCORES[name], MetricInputs(scores=scores_of(*columns, **how)))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ON_SCORES)
@pytest.mark.parametrize("how", ["rows", "weights", "units"])
@quick
@given(rows=rows)
def test_inside_the_range_and_around_the_value(name, how, rows):
    y, s, w, unit = rows
    given = {"weights": {"weight": w}, "units": {"unit": unit}}.get(how, {})
    found, metric = measured(name, y, s / 20, **given), ON_SCORES[name]
    if found.value is None:
        assert found.reason
        return
    assert metric.lower_bound is None or found.value >= metric.lower_bound
    assert metric.upper_bound is None or found.value <= metric.upper_bound
    if found.low is not None:
        assert found.low <= found.value <= found.high
        assert metric.lower_bound is None or found.low >= metric.lower_bound
        assert metric.upper_bound is None or found.high <= metric.upper_bound
        assert found.unit == ("group" if how == "units" else "row")


@pytest.mark.parametrize("name", RANKS)
@quick
@given(rows=rows)
def test_only_the_order_of_scores_counts_for_ranks(name, rows):
    y, s, _, _ = rows
    one, other = measured(name, y, s / 20), measured(name, y, np.exp(s / 3.0))
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)


@pytest.mark.parametrize("name", ON_SCORES)
@quick
@given(rows=rows)
def test_a_weight_counts_as_that_many_rows_in_the_value(name, rows):
    y, s, w, _ = rows
    one = measured(name, y, s / 20, w)
    other = measured(name, np.repeat(y, w), np.repeat(s / 20, w))
    assert (one.value is None) == (other.value is None)
    # Spiegelhalter's statistic is its own standard error: there rows and weights differ.
    if one.value is not None and name != "spiegelhalter_z":
        assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", ["log_loss", "brier", "log_loss_skill", "brier_skill"])
@quick
@given(rows=rows)
def test_answering_the_other_question_is_as_good(name, rows):
    y, s, _, _ = rows
    p = 0.02 + 0.048 * s
    one, other = measured(name, y, p), measured(name, ~y, 1 - p)
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value, rel=1e-9, abs=1e-12)
