"""The section on the uncertainty of predictions, from a table to its page."""

import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.evaluation.plan import resolve_data_target
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.prediction_intervals import SECTION
from assay.jobs.sections.prediction_intervals.section import PredictionIntervalsConfig
from assay.reports.page import Figure, Paragraph, Table


def table(n=600, seed=0):
    rng = np.random.default_rng(seed)
    a, g = rng.normal(size=n), rng.choice(["x", "y"], n)
    return pl.DataFrame({"a": a, "g": g, "y": a + rng.normal(size=n), "p": a})


def run(frame, *, validation=None, **config):
    data = Dataset.read(frame, label="y", prediction="p", facets=["g"])
    request = SectionRequest(
        data=data,
        validation=None if validation is None else data.like(validation),
        facets=("g",),
        target=resolve_data_target(data, task="regression"),
        config=PredictionIntervalsConfig(**config),
    )
    context = SectionContext(request=request, tables={}, rng=np.random.default_rng(0))
    return SECTION.run(context)


def test_nothing_to_check_has_no_page_and_says_what_turns_it_on():
    result = run(table())
    assert SECTION.page(result) is None
    assert "--prediction-intervals-low" in SECTION.skipped(result)[0].turn_on


def test_intervals_have_a_table_and_charts_by_group():
    frame = table().with_columns(lo=pl.col("a") - 1.645, hi=pl.col("a") + 1.645)
    result = run(frame, low=("lo",), high=("hi",))
    page = SECTION.page(result)
    assert page.title == "How sure is a prediction"
    first, *figures = page.blocks
    assert isinstance(first, Table)
    assert first.rows[0][2] == result.checked[0].coverage
    assert [type(each) for each in figures] == [Figure, Figure]
    assert figures[0].title == "Coverage by predicted value: lo to hi"
    assert not SECTION.skipped(result)


def test_validation_rows_offer_intervals():
    result = run(table(), validation=table(seed=1))
    text, offer = SECTION.page(result).blocks
    assert isinstance(text, Paragraph)
    assert text.text.startswith("The model gives no intervals. Prediction ±")
    assert offer.rows[0][1] == result.offered.coverage
