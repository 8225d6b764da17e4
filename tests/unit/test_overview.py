"""What print and a notebook show of a result."""

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import assay
from assay.overview import MOST_LINES, WIDEST_CELL, HasOverview, Overview
from assay.result import Estimate, Finding


@dataclass(frozen=True, repr=False)
class Counted(HasOverview):
    rows: tuple[tuple[object, ...], ...] = (("age", 12),)
    findings: tuple[Finding, ...] = ()

    def overview(self):
        return Overview("counted", ("column", "missing"), self.rows)


def test_print_shows_title_table_and_ways_to_more():
    assert str(Counted()).splitlines() == [
        "counted",
        "column  missing",
        "age     12",
        "to_frame(), to_dict(), plot()",
    ]
    assert repr(Counted()) == str(Counted())


def test_worst_findings_are_told_and_the_others_counted():
    findings = tuple(Finding(rule="r", severity="warning", message=f"m{i}.") for i in range(5))
    shown = str(Counted(findings=findings))
    assert "warning: m0." in shown
    assert "m4." not in shown
    assert "… and 2 more findings" in shown


def test_many_rows_are_cut_and_counted():
    shown = str(Counted(rows=tuple((f"c{i}", i) for i in range(1000))))
    assert f"c{MOST_LINES - 1} " in shown
    assert f"… and {1000 - MOST_LINES:,} more" in shown
    assert len(shown.splitlines()) == MOST_LINES + 4


def test_long_cells_are_cut_and_hidden_characters_shown():
    shown = str(Counted(rows=(("a\nb\x1b[31m", "x" * 500),)))
    assert "a\\nb\\x1b[31m" in shown
    assert max(map(len, shown.splitlines())) < WIDEST_CELL + 20
    assert "…" in shown


def test_a_table_without_rows_is_its_title():
    assert Overview("nothing found", ("a",), ()).to_text() == "nothing found"


def test_html_escapes_what_it_shows():
    shown = Overview("<b>", ["<i>"], [["<script>alert(1)</script>"]]).to_html()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (
            Estimate(value=0.8, low=0.7, high=0.9, n=1200),
            "0.8 (95% interval 0.7 to 0.9, n = 1,200)",
        ),
        (Estimate(value=2.0, n=3, warnings=("too few: 3",)), "2 (n = 3, too few: 3)"),
        (
            Estimate(value=0.5, low=0.1, high=0.9, level=0.995, n=9),
            "0.5 (99.5% interval 0.1 to 0.9, n = 9)",
        ),
        (Estimate.undefined("no row is positive"), "undefined: no row is positive"),
    ],
)
def test_an_estimate_is_one_line(estimate, said):
    assert str(estimate) == said


def test_a_finding_is_what_was_found_and_what_to_do():
    found = Finding(rule="r", severity="error", message="It leaks.", advice="Drop it.")
    assert str(found) == "error: It leaks. Drop it."
    assert str(Finding(rule="r", severity="info", message="So.")) == "info: So."


def test_what_a_person_prints_first_is_short():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 5))
    y = (x[:, 0] + rng.normal(size=300) > 0).astype(int)
    model = LogisticRegression().fit(x, y)
    made = assay.explain(model, x[:40], background=x[:50])
    for result in (assay.evaluate(model, x, y), made, made.global_importance()):
        shown = str(result)
        assert len(shown.splitlines()) < 40
        assert shown.endswith("to_frame(), to_dict(), plot()")
        assert "array(" not in shown
    assert "x0" in str(made)


def test_data_and_explainers_print_what_they_are():
    data = assay.Dataset.read({"age": [31, 45, 28], "paid": [True, False, True]}, label="paid")
    shown = str(data).splitlines()
    assert shown[0] == "Dataset frame: 2 columns"
    assert shown[1].split() == ["column", "role", "kind", "because"]
    assert shown[2].split()[:3] == ["age", "feature", "categorical"]
    ready = assay.prepare_explainer(lambda rows: rows[:, 0], np.zeros((4, 3)))
    assert "3 players" in str(ready)
    assert "\n" not in str(ready)
