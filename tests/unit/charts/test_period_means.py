"""Means by period, drawn."""

from assay.charts.period_means import plot_period_means
from assay.tables.period_means import PeriodMeans


def test_times_are_drawn_in_utc_and_gaps_of_the_band_closed() -> None:
    points = PeriodMeans(
        name=("2024-01-01T00:00", "2024-01-01T01:00"),
        calendar=True,
        n=(5, 1),
        mean=(0.1, 0.4),
        low=(0.0, None),
        high=(0.2, None),
        worse=(False, True),
    )
    chart = plot_period_means(points).to_dict()
    drawn = (
        chart["layer"][0]["data"]["values"]
        if "data" in chart["layer"][0]
        else chart["data"]["values"]
    )
    assert [each["period"] for each in drawn] == ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"]
    assert drawn[1]["low"] == drawn[1]["high"] == 0.4
    assert "diamond" in str(chart)


def test_spans_keep_their_order() -> None:
    points = PeriodMeans(
        ("9 to 10", "10 to 20"), False, (1, 1), (0.1, 0.2), (0, 0), (1, 1), (False, False)
    )
    chart = plot_period_means(points).to_dict()
    assert chart["layer"][0]["encoding"]["x"]["type"] == "ordinal"
    assert "diamond: worse" not in str(chart)
