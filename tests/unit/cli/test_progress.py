"""Progress: lines where there is no terminal, a bar where there is one, silence when quiet."""

import sys

import pytest

from assay.cli.progress import showing_progress


def work(quiet):
    with showing_progress(quiet=quiet) as show:
        show("Reading", 0, None)
        show("Predicting", 0, 10)
        show("Predicting", 10, 10)


def test_a_line_a_stage(capfd):
    work(quiet=False)
    told = capfd.readouterr()
    assert told.err == "Reading …\nPredicting …\n"
    assert told.out == ""


def test_a_long_stage_tells_how_far_it_is(capfd, monkeypatch):
    times = iter([0.0, 1.0, 7.0, 8.0])
    monkeypatch.setattr("assay.cli.progress.time.monotonic", lambda: next(times))
    with showing_progress(quiet=False) as show:
        for done in (0, 100, 2_000, 3_000):
            show("Predicting", done, 9_000)
    assert capfd.readouterr().err == "Predicting …\nPredicting: 2,000 of 9,000\n"


def test_quiet_is_silent(capfd):
    work(quiet=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("stage", ["Predicting [bold]x[/bold]", "Section [a]"])
def test_a_terminal_gets_a_bar_and_texts_as_they_are(monkeypatch, capfd, stage):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with showing_progress(quiet=False) as show:
        show(stage, 0, 2)
        show(stage, 2, 2)
    assert capfd.readouterr().out == ""
