import json
import re

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.evaluation.plan import resolve_data_target
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.baselines import SECTION
from assay.reports.page import Figure, Page, Paragraph, Table


def made(n: int, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    y = np.where(rng.random(n) < 1 / (1 + np.exp(-2 * x)), "yes", "no")
    return pl.DataFrame({"x": x, "z": rng.normal(0, 1, n), "y": y})


def run(frame: pl.DataFrame, *, train: pl.DataFrame | None = None, **more: object):
    roles = {name: more.pop(name) for name in ("prediction", "score") if name in more}
    data = Dataset.read(frame, label="y", positive="yes", **roles)  # type: ignore[arg-type]
    fitted = None
    if train is not None:
        fitted = Dataset.read(train, label="y", positive="yes")
    request = SectionRequest(
        data=data,
        train=fitted,
        target=resolve_data_target(data, positive="yes"),
        **more,  # type: ignore[arg-type]
    )
    context = SectionContext(request=request, tables={}, rng=np.random.default_rng(0))
    return SECTION.run(context)


def said(page: Page) -> str:
    return " ".join(block.text for block in page.blocks if isinstance(block, Paragraph))


def test_without_a_model_the_page_says_what_must_be_beaten():
    result = run(made(400))
    page = SECTION.page(result)

    best = result.best
    assert said(page).startswith(f"A model must beat {best.title}: accuracy ")
    assert "cross-validation of 400 rows" in said(page).lower()
    assert "shuffled labels" in said(page)
    captions = [block.caption for block in page.blocks if isinstance(block, Table)]
    assert "How the columns are prepared for the simple models" in captions
    figures = [block for block in page.blocks if isinstance(block, Figure)]
    assert len(figures) == 2
    assert all(figure.chart.to_dict() for figure in figures)


def test_with_answers_the_page_says_whether_they_are_better():
    train, test = made(1_500), made(800, seed=1)
    test = test.with_columns(p=pl.lit("yes"))

    result = run(test, train=train, prediction="p")
    page = SECTION.page(result)

    assert said(page).startswith("The model is worse than gradient boosting: by -0.")
    table = next(b for b in page.blocks if isinstance(b, Table) and "against" in b.columns)
    assert table.rows[0][1] == "worse"
    assert "worse_than_baseline" in {each.rule for each in result.findings}


def test_what_did_not_run_is_listed_with_its_flag():
    frame = made(300).with_columns(p=pl.lit("yes"))
    without_train = run(frame, prediction="p")
    without_budget = run(made(300), budget=0.0)

    assert [each.turn_on for each in SECTION.skipped(without_train)] == ["--train DATA"]
    assert [each.turn_on for each in SECTION.skipped(without_budget)] == ["--budget"]
    assert SECTION.page(without_train).blocks


def test_every_number_of_the_page_is_in_the_stored_result():
    result = run(made(400))
    stored = json.dumps(result.to_dict())
    known = [float(each) for each in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", stored)]

    for block in SECTION.page(result).blocks:
        if isinstance(block, Paragraph):
            for text in re.findall(r"\d+\.\d+", block.text):
                places = len(text.split(".")[1])
                assert any(round(abs(each), places) == float(text) for each in known), text


@pytest.mark.parametrize("column", ["old", "nobody"])
def test_incumbents_come_from_the_request(column: str):
    frame = made(300).with_columns(p=pl.lit("yes"), old=pl.lit("no"))
    if column == "old":
        result = run(frame, prediction="p", baselines={"rule": "old"})
        assert result.opponent == "rule"
        assert "rule" in said(SECTION.page(result))
    else:
        with pytest.raises(ValueError, match="nobody"):
            run(frame, prediction="p", baselines={"rule": "nobody"})
