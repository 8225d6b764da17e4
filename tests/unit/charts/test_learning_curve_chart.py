"""The learning curve is drawn with what it is given, and with less."""

import pytest

from assay.charts.learning_curve import plot_learning_curve
from assay.reports.svg import chart_svg
from assay.tables.learning import LearningPoints

JUDGED = ((100, 0.70, 0.68, 0.72), (200, 0.75, 0.74, 0.76), (400, 0.78, 0.77, 0.79))
OWN = ((100, 0.99, 0.98, 1.0), (200, 0.95, 0.94, 0.96), (400, 0.90, 0.89, 0.91))
AHEAD = ((800, 0.80, 0.79, 0.81), (1600, 0.81, 0.79, 0.83))


@pytest.mark.parametrize(
    "points",
    [
        LearningPoints("accuracy", JUDGED, OWN, AHEAD),
        LearningPoints("accuracy", JUDGED),
        LearningPoints("RMSE", tuple((n, 0.0, 0.0, 0.0) for n in (100, 200)), OWN[:2]),
    ],
)
def test_any_curve_draws(points):
    drawn = chart_svg(plot_learning_curve(points), title="t", description="d", key="k")
    assert drawn.count("rows kept apart") >= 1
    assert ("rows fitted on" in drawn) is bool(points.own)
    assert ("80 % band" in drawn) is bool(points.ahead)
