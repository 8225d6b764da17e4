"""The slices section through a whole run."""

import json
import re
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import assay
from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError
from assay.evaluation.plan import resolve_data_target
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.slices import SECTION
from assay.jobs.sections.slices.section import SlicesConfig
from assay.reports.page import Figure, Paragraph, Table


def table(n: int = 2_000, seed: int = 0, excess: float = 0.4) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    y = rng.random(n) < 0.4
    wrong = rng.random(n) < np.where(age <= 30, 0.1 + excess, 0.1)
    start = datetime(2023, 1, 1)  # noqa: DTZ001
    return pl.DataFrame(
        {
            "age": age,
            "sex": rng.choice(["F", "M"], n),
            "day": [start + timedelta(hours=5 * k) for k in range(n)],
            "y": y,
            "answer": y ^ wrong,
            "old": y ^ (rng.random(n) < 0.3),
        }
    )


def request(frame: pl.DataFrame, config: SlicesConfig | None = None, **more: object):
    roles = {"label": "y", "prediction": "answer", "positive": True, "time": "day"}
    data = Dataset.read(frame, ignore=["old"], **roles)
    told = {"data": data.with_units(), "target": resolve_data_target(data, positive=True)}
    return SectionRequest(**told, config=config or SlicesConfig(), **more)


def run(asked: SectionRequest):
    SECTION.tables(asked)
    return SECTION.run(SectionContext(request=asked, tables={}, rng=np.random.default_rng(0)))


def numbers_in(value: object) -> list[float]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, dict):
        return [each for item in value.values() for each in numbers_in(item)]
    if isinstance(value, list | tuple):
        return [each for item in value for each in numbers_in(item)]
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", str(value))]


def test_all_parts_are_there_and_all_their_numbers_are_stored() -> None:
    frame = table()
    train = Dataset.read(
        table(seed=1), label="y", prediction="answer", positive=True, ignore=["old"], time="day"
    )
    config = SlicesConfig(named=("sex=F", "age>60"))
    result = run(request(frame, config, train=train, baselines={"rule": "old"}))
    page = SECTION.page(result)
    assert page is not None
    stored = result.to_dict()
    json.dumps(stored, allow_nan=False)
    known = np.array(numbers_in(stored))
    tables = [each for each in page.blocks if isinstance(each, Table)]
    tables += [each.table for each in page.blocks if isinstance(each, Figure)]
    for each in tables:
        for row in each.rows:
            for cell in row:
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    assert np.isclose(known, cell).any(), (each.caption, row)
    captions = " ".join(each.caption for each in tables)
    for part in ("Slices against the rest", "Rows to read where", "Mean loss by period", "rule"):
        assert part in captions
    assert result.slices.confirmed[0].train.share == pytest.approx(0.2, abs=0.1)
    assert "training rows too" in result.findings[0].cause
    assert SECTION.skipped(result) == ()
    assert result.to_frame().height == len(result.slices.slices)


def test_nothing_found_is_said_with_what_would_have_been_seen() -> None:
    page = SECTION.page(run(request(table(excess=0.0))))
    assert page is not None
    said = " ".join(each.text for each in page.blocks if isinstance(each, Paragraph))
    assert "No weak slice was found." in said
    assert "80 % of searches" in said


def test_wrong_settings_stop_before_the_scan() -> None:
    with pytest.raises(ColumnNotFoundError):
        SECTION.tables(request(table(100), SlicesConfig(named=("agee>4",))))


def test_a_ranking_is_not_searched_and_says_why() -> None:
    rng = np.random.default_rng(0)
    frame = {"q": np.repeat(np.arange(20), 5), "y": rng.integers(0, 3, 100), "s": rng.random(100)}
    data = Dataset.read(frame, label="y", score="s", query_id="q")
    asked = SectionRequest(data=data, target=resolve_data_target(data), config=SlicesConfig())
    result = run(asked)
    assert SECTION.page(result) is None
    assert "query by query" in SECTION.skipped(result)[0].reason
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.to_frame().height == 0
    assert result.plot() is None


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_few_rows(n: int) -> None:
    rng = np.random.default_rng(1)
    frame = {"x": rng.normal(size=n), "y": rng.normal(size=n), "p": rng.normal(size=n)}
    data = Dataset.read(frame, label="y", prediction="p")
    target = resolve_data_target(data, task="regression")
    result = run(SectionRequest(data=data, target=target, config=SlicesConfig()))
    json.dumps(result.to_dict(), allow_nan=False)
    assert SECTION.page(result) is not None
    assert not result.findings


def test_a_report_holds_the_section() -> None:
    report = assay.analyze(
        data=table(600), label="y", prediction="answer", positive=True, ignore=["old"]
    )
    stored = report.to_dict()["sections"]["slices"]
    assert stored["rows"] == 600
    assert stored["searched"] > 0


def of_scores(weigh: str | None = None, group: str | None = None) -> SectionRequest:
    """Return rows whose scores foresee that "hard" ones fail, and not that "odd" ones do."""
    rng = np.random.default_rng(9)
    n = 5_000
    kind = rng.choice(["easy", "hard", "odd"], n, p=[0.6, 0.2, 0.2])
    twin = np.where(rng.random(n) < 0.45, "easy", kind)  # half of the rows: told as one
    p = np.where(kind == "hard", 0.65, 0.95)
    y = rng.random(n) < np.where(kind == "odd", 0.6, p)
    frame = pl.DataFrame({"kind": kind, "twin": twin, "y": y, "p": p}).with_columns(
        w=pl.lit(2.0), g=pl.Series(np.arange(n) // 4)
    )
    ignored = [name for name in ("w", "g") if name not in (weigh, group)]
    roles = {"label": "y", "score": "p", "positive": True, "weight": weigh, "group": group}
    data = Dataset.read(frame, ignore=ignored, **{k: v for k, v in roles.items() if v})
    target = resolve_data_target(data, positive=True)
    return SectionRequest(data=data.with_units(), target=target, config=SlicesConfig(loss="error"))


@pytest.mark.parametrize(("weigh", "group"), [(None, None), ("w", None), (None, "g")])
def test_the_page_tells_weak_from_uncertain_and_who_shares_rows(
    weigh: str | None, group: str | None
) -> None:
    result = run(of_scores(weigh, group))
    page = SECTION.page(result)
    assert page is not None
    shown = next(e for e in page.blocks if isinstance(e, Table) and "against" in e.caption)
    assert "loss beyond what the scores foresee" in shown.columns
    assert "shares rows with" in shown.columns
    by_name = {str(row[0]).split(" ", 1)[1]: row for row in shown.rows}
    odd = next(row for name, row in by_name.items() if name in ("kind = odd", "twin = odd"))
    hard = next(row for name, row in by_name.items() if name in ("kind = hard", "twin = hard"))
    assert (odd[1], hard[1]) == ("yes", "uncertain, and foreseen")
    place = shown.columns.index("shares rows with")
    numbers = [f"slice {str(row[0]).split()[0]}" for row in shown.rows]
    assert all(row[place] is None or row[place] in numbers for row in shown.rows)
    warned = [each.where["slice"] for each in result.findings if each.severity == "warning"]
    assert any("odd" in str(name) for name in warned)
    assert not any("hard" in str(name) for name in warned)


def test_numbers_show_where_predictions_lean() -> None:
    rng = np.random.default_rng(3)
    kind = rng.choice(["a", "b"], 3_000)
    y = rng.normal(size=3_000) * np.where(kind == "b", 3.0, 1.0)
    data = Dataset.read({"kind": kind, "y": y, "p": np.zeros(3_000)}, label="y", prediction="p")
    target = resolve_data_target(data, task="regression")
    page = SECTION.page(run(SectionRequest(data=data, target=target, config=SlicesConfig())))
    assert page is not None
    shown = next(e for e in page.blocks if isinstance(e, Table) and "against" in e.caption)
    assert "predicted less true" in shown.columns
    assert "shares rows with" not in shown.columns
    assert shown.rows[0][1] == "noisier, no lean"
