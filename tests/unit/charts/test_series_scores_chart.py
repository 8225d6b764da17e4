"""The heat map of a forecast's scores along time."""

import vl_convert

from assay.charts.series_scores import plot_series_scores
from assay.tables.series_scores import ScoreCell, SeriesScores

CELLS = (
    ScoreCell(0, "demand", 1234.5),
    ScoreCell(1, "demand", -20.0),
    ScoreCell(0, "it's \\ heat", 3.0, settled=False),
    ScoreCell(2, "it's \\ heat", 0.0),
)
TIMES = ("2026-01-01 00:00:00", "2026-01-01 00:30:00", "2026-01-01 01:00:00")


def scores(**changes) -> SeriesScores:
    told = {
        "cells": CELLS,
        "columns": TIMES,
        "rows": ("demand", "it's \\ heat"),
        "origin": 2,
        "row_title": "",
        **changes,
    }
    return SeriesScores(**told)


def drawn(points: SeriesScores) -> str:
    return vl_convert.vegalite_to_svg(plot_series_scores(points).to_dict())


def test_it_says_what_its_marks_mean() -> None:
    svg = drawn(scores(summed=5))
    for words in (
        "strongest: 1,230",
        "5 steps a column, added up",
        "hollow: may be 0",
        "dashed: the forecast begins",
        "raises it",
        "lowers it",
    ):
        assert words in svg


def test_whole_minutes_lose_their_seconds_and_other_times_do_not() -> None:
    assert "2026-01-01 00:30<" in drawn(scores())
    assert "2026-01-01 00:30:07<" in drawn(scores(columns=(TIMES[0], f"{TIMES[1][:-2]}07", "x")))
    assert ">it's &lt;b&gt; 3<" in drawn(scores(columns=("it's <b> 3", "b", "c")))


def test_each_cell_is_drawn_once() -> None:
    told = plot_series_scores(scores(origin=None)).to_dict()
    assert len(told["layer"]) == 2
    values = told["data"]["values"]  # both layers share them
    assert [each["sign"] for each in values] == [
        "raises it", "lowers it", "raises it", "raises it",
    ]  # fmt: skip
    assert [each["settled"] for each in values] == [True, True, False, True]


def test_nothing_to_draw_is_an_empty_map() -> None:
    assert "<svg" in drawn(scores(cells=(), columns=(), rows=(), origin=None))
