"""What holds for every confusion metric on any counts, weights and units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics.catalogue import METRICS
from assay.metrics.draws import draw_cells
from assay.tables.cube import Cube
from metric_tables import cube_of

ON_CUBES = {metric.name: metric for metric in METRICS if metric.needs == "cube"}
WHOLE = ("accuracy", "balanced_accuracy", "mcc", "cohen_kappa", "macro_f1", "macro_precision")
N_DRAWS = 200
quick = settings(max_examples=25, deadline=None)
squares = st.lists(st.integers(0, 60), min_size=4, max_size=4).map(
    lambda n: np.array(n).reshape(2, 2)
)
triples = st.lists(st.integers(0, 30), min_size=9, max_size=9).map(
    lambda n: np.array(n).reshape(3, 3)
)
BOTH = (False, True)


def measured(name, cube, classes=BOTH, of=True, **how):
    metric = ON_CUBES[name]
    draws = draw_cells(cube, n_draws=N_DRAWS, classes=classes)
    which = {"of": of} if metric.per_class else {}
    return metric.function(cube, draws=draws, **which, **how)


def cube_from(counts, classes=BOTH):
    return Cube.from_counts({"label": classes, "prediction": classes}, counts)


@pytest.mark.parametrize("name", ON_CUBES)
@quick
@given(counts=squares)
def test_inside_the_range_and_around_the_value(name, counts):
    found = measured(name, cube_from(counts))
    metric = ON_CUBES[name]
    if found.value is None:
        assert found.reason
        assert found.low is None
    else:
        assert metric.lower_bound <= found.low <= found.value <= found.high <= metric.upper_bound


@pytest.mark.parametrize("name", ON_CUBES)
@quick
@given(counts=squares)
def test_a_wider_level_holds_a_narrower_one(name, counts):
    narrow, wide = (measured(name, cube_from(counts), level=q) for q in (0.8, 0.95))
    if narrow.value is not None:
        assert wide.low <= narrow.low + 1e-12
        assert narrow.high <= wide.high + 1e-12


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "mcc", "cohen_kappa", "g_mean"])
@quick
@given(counts=squares)
def test_swapping_positive_and_negative_changes_nothing(name, counts):
    one = measured(name, cube_from(counts))
    other = measured(name, cube_from(counts[::-1, ::-1]))
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value, abs=1e-12)


@pytest.mark.parametrize(("one", "other"), [("recall", "specificity")])
@quick
@given(counts=squares)
def test_swapping_turns_one_rate_into_the_other(one, other, counts):
    first = measured(one, cube_from(counts))
    second = measured(other, cube_from(counts[::-1, ::-1]))
    assert (first.value, first.low, first.high) == (second.value, second.low, second.high)


@pytest.mark.parametrize("name", WHOLE)
@quick
@given(counts=triples, order=st.permutations([0, 1, 2]))
def test_the_order_of_classes_changes_nothing(name, counts, order):
    classes = ("a", "b", "c")
    renamed = tuple(classes[k] for k in order)
    one = measured(name, cube_from(counts, classes), classes)
    other = measured(name, cube_from(counts[np.ix_(order, order)], renamed), renamed)
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value, abs=1e-12)


rows = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.integers(1, 4), st.integers(0, 5)),
    min_size=2,
    max_size=40,
).map(lambda drawn: [np.array(column) for column in zip(*drawn, strict=True)])


@pytest.mark.parametrize("name", ON_CUBES)
@quick
@given(rows=rows, factor=st.sampled_from([0.25, 8.0]))
def test_scaling_all_weights_changes_nothing(name, rows, factor):
    label, prediction, weight, unit = rows
    for how in ({}, {"unit": unit}):
        one = measured(name, cube_of(label, prediction, weight, **how))
        other = measured(name, cube_of(label, prediction, factor * weight, **how))
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            for part in ("value", "low", "high"):
                assert getattr(other, part) == pytest.approx(getattr(one, part), abs=1e-9)


@pytest.mark.parametrize("name", ON_CUBES)
@quick
@given(rows=rows)
def test_a_weight_counts_as_that_many_rows_in_the_value(name, rows):
    label, prediction, weight, _ = rows
    one = measured(name, cube_of(label, prediction, weight))
    other = measured(name, cube_of(np.repeat(label, weight), np.repeat(prediction, weight)))
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value, abs=1e-12)


@pytest.mark.parametrize("name", ON_CUBES)
@quick
@given(rows=rows)
def test_declared_units_are_always_the_unit_of_the_interval(name, rows):
    label, prediction, _, unit = rows
    found = measured(name, cube_of(label, prediction, unit=unit))
    if found.value is not None:
        assert found.unit == "group"
        assert found.too_few  # at most six units
        assert found.low <= found.value <= found.high
