"""results.json with a ladder of simple models in; what it adds to the verdict out."""

from collections.abc import Mapping
from typing import Any

from assay.plain_text.hidden import visible
from assay.reports.format import estimate_text, number, sentence
from assay.reports.page import Verdict
from assay.result import Estimate

Results = Mapping[str, Any]


def ladder_verdict(results: Results) -> Verdict | None:
    """Say what a model must beat, where no answers were judged.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    Verdict or None
        None where no ladder was climbed.

    Examples
    --------
    >>> ladder_verdict({"sections": {}}) is None
    True
    """
    ladder = _ladder(results)
    best = None if ladder is None else _rung(ladder, ladder["to_beat"])
    if ladder is None or best is None:
        return None
    value = best["metrics"].get(ladder["metric"])
    if value is None or value["value"] is None:
        return None
    told = f"{visible(ladder['metric_title'])} {_text(value)}"
    headline = f"A model must beat {visible(best['title'])}: {told}."
    sentences = [sentence(ladder["how"])] if ladder["how"] else []
    nothing = _rung_of(ladder, 0)
    if nothing is not None and nothing is not best:
        found = nothing["metrics"].get(ladder["metric"])
        if found is not None and found["value"] is not None:
            known = visible(nothing["title"])
            sentences.append(f"Knowing nothing of a row ({known}) reaches {_text(found)}.")
    sentences += _warned(results)
    return Verdict("unknown", headline, tuple(sentences))


def ladder_sentences(results: Results) -> tuple[str, ...]:
    """Say how the judged model stands against what it has to beat.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    tuple of str
        At most one sentence, with the fixed words of a comparison.
    """
    ladder = _ladder(results)
    if ladder is None or not ladder["comparisons"]:
        return ()
    found = next(
        (each for each in ladder["comparisons"] if each["baseline"] == ladder["opponent"]),
        ladder["comparisons"][0],
    )
    difference = found["difference"]
    if difference["value"] is None:
        return ()
    rung = _rung(ladder, found["baseline"])
    name = visible(found["baseline"] if rung is None else rung["title"])
    told = f"Against {name}: {found['verdict']} ({visible(found['title'])} by {_text(difference)}"
    needed = found["rows_needed"]
    if found["verdict"] == "not shown to be better" and needed:
        told += f"; about {number(int(needed))} rows would tell"
    noise = "; within seed noise" if _within_seed_noise(results, found) else ""
    return (f"{told}{noise}).",)


def _within_seed_noise(results: Results, comparison: Results) -> bool:
    """Whether other seeds move the model by more than half of the difference's interval."""
    fit = results.get("sections", {}).get("fit") or {}
    seeds, difference = fit.get("seeds"), comparison["difference"]
    if not seeds or fit["metric"] != comparison["metric"] or difference["low"] is None:
        return False
    return seeds["spread"] > (difference["high"] - difference["low"]) / 2


def _ladder(results: Results) -> Results | None:
    found = results.get("sections", {}).get("baselines")
    return found if found and found.get("rungs") else None


def _rung(ladder: Results, name: str | None) -> Results | None:
    return next((each for each in ladder["rungs"] if each["name"] == name), None)


def _rung_of(ladder: Results, place: int) -> Results | None:
    return next((each for each in ladder["rungs"] if each["rung"] == place), None)


def _warned(results: Results) -> list[str]:
    """Return what stands against the data: errors are told by the verdict itself."""
    held = [each for each in results.get("findings", ()) if each["severity"] == "warning"]
    return [sentence(each["message"]) for each in held[:2]]


def _text(stored: Results) -> str:
    return estimate_text(
        Estimate(
            value=stored["value"],
            low=stored["low"],
            high=stored["high"],
            level=stored["level"],
            n=stored["n"],
        )
    )
