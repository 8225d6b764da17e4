import dataclasses

import pytest

from assay.reports.page import Verdict
from assay.reports.text import verdict_text
from assay.result import Finding
from report_samples import NASTY_LINES, sample_content


def test_the_headline_comes_first_with_its_word():
    text = verdict_text(sample_content())
    assert text.startswith("CAUTION  Better than always answering «<=50K»")
    assert "Balanced accuracy is 0.797 [0.790, 0.804]" in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal(width):
    assert (
        max(len(line) for line in verdict_text(sample_content(), width=width).split("\n")) <= width
    )


def test_worst_findings_come_with_their_advice():
    text = verdict_text(sample_content(), width=200)
    assert text.index("error: Column") < text.index("warning: Scores")
    assert "Leave it out with --ignore and train again." in text


def test_five_are_shown_and_the_rest_counted():
    seven = tuple(Finding(rule="r", severity="info", message=f"m{i}") for i in range(7))
    text = verdict_text(dataclasses.replace(sample_content(), findings=seven))
    assert "m4" in text
    assert "m5" not in text
    assert "… and 2 more in the report" in text


def test_no_findings_is_said():
    text = verdict_text(dataclasses.replace(sample_content(), findings=()))
    assert text.endswith("No findings.")


def test_hidden_characters_cannot_steer_the_terminal():
    verdict = Verdict("bad", "\x1b[2Jgone", (NASTY_LINES,))
    text = verdict_text(dataclasses.replace(sample_content(), verdict=verdict))
    assert "\x1b" not in text
    assert "\\x1b[2Jgone" in text
    assert "\u202e" not in text
