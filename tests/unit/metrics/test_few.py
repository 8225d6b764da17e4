"""When an estimate says of itself that it rests on too few rows."""

from assay.metrics.few import few_of_class, few_rows, few_units, with_warnings
from assay.result import Estimate
from assay.stats.spread import Spread


def test_the_line_is_drawn_at_the_least():
    assert few_rows(19)
    assert few_rows(20) == ()
    assert few_of_class(29, "yes") == (
        "too few: 29 rows of class yes, an interval needs 30 to be believed",
    )
    assert few_of_class(30, "yes") == ()


def test_only_declared_units_are_counted():
    assert few_units(Spread(1.0)) == ()
    assert few_units(Spread(1.0, unit="block", n_units=19))[0].startswith("too few: 19 blocks")
    assert few_units(Spread(1.0, unit="group", n_units=20)) == ()


def test_warnings_are_joined_once_each():
    estimate = Estimate(value=1.0, warnings=("one",))
    assert with_warnings(estimate, ("two", "one"), ("two",)) == ("one", "two")
    assert Estimate(value=1.0, warnings=few_rows(3)).too_few
