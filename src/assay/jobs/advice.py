"""results.json in; which action is worth the most, with the numbers that say so, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay.plain_text.hidden import visible
from assay.reports.format import estimate_text, number, sentence
from assay.result import Estimate, Json

Results = Mapping[str, Any]
CALIBRATION = "miscalibrated"


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something to do next, and what it would bring.

    Parameters
    ----------
    name : str
        Stable: "fix_data", "stronger_model", "more_data", "threshold", "calibration",
        "steadier_fit", "look_at_slice", "another_feature", "fit_a_model" or "nothing".
    title : str
    metric : str or None
        What `gain` is of.
    gain : float or None
        Expected; more is better. None where it cannot be put into a number.
    low, high : float or None
    why : str
        The numbers behind it, one sentence.
    how : str
        What to do.
    """

    name: str
    title: str
    why: str
    how: str
    metric: str | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "title": self.title,
            "metric": self.metric,
            "gain": self.gain,
            "low": self.low,
            "high": self.high,
            "why": self.why,
            "how": self.how,
        }


def decide_advice(results: Results) -> tuple[Action, ...]:
    """Say what is worth doing next, the most worthwhile first.

    What makes the numbers untrustworthy comes first: until it is mended no gain can be told. Then
    actions whose gain of the compared metric is shown, by its size; then those that are shown to
    be needed but have no common measure. Where none of these is left: another feature, if simple
    models reach the same and more rows would bring nothing; else nothing.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    tuple of Action
        () where neither answers were judged nor a ladder was climbed.

    Examples
    --------
    >>> decide_advice({"findings": [], "sections": {}})
    ()
    """
    sections = results.get("sections", {})
    judged = sections.get("evaluation") or {}
    ladder, fit = sections.get("baselines") or {}, sections.get("fit") or {}
    if "metrics" not in judged and not ladder.get("rungs"):
        return ()
    errors = [each for each in results.get("findings", ()) if each["severity"] == "error"]
    if errors:
        return (_mend(errors),)
    gains = [each for each in (_stronger(ladder), _more_data(fit), _threshold(judged)) if each]
    gains.sort(key=lambda each: -(each.gain or 0.0))
    needed = [
        each for each in (_calibrate(results, judged), _steadier(results), _slice(results)) if each
    ]
    actions = [*gains, *needed]
    return tuple(actions) if actions else (_rest(judged, ladder, fit),)


def _mend(errors: list[Results]) -> Action:
    first = errors[0]
    more = f" ({len(errors)} errors stand)" if len(errors) > 1 else ""
    return Action(
        name="fix_data",
        title="Mend what makes the numbers untrustworthy",
        why=f"{sentence(first['message'])}{more}",
        how=sentence(first["advice"]) if first["advice"] else "See the findings.",
    )


def _stronger(ladder: Results) -> Action | None:
    """Where a simple model or an incumbent is shown to be better than the judged one."""
    worse = [each for each in ladder.get("comparisons", ()) if each["verdict"] == "worse"]
    worse = [each for each in worse if each["difference"]["value"] is not None]
    if not worse:
        return None
    found = min(worse, key=lambda each: each["difference"]["value"])
    told = found["difference"]
    rung = next((r for r in ladder["rungs"] if r["name"] == found["baseline"]), None)
    name = visible(found["baseline"] if rung is None else rung["title"])
    high = None if told["low"] is None else -told["low"]
    low = None if told["high"] is None else -told["high"]
    return Action(
        name="stronger_model",
        title=f"Take {name} in its place, or learn from it",
        metric=visible(found["title"]),
        gain=-told["value"],
        low=low,
        high=high,
        why=f"It does better on the same rows: by {_ends(-told['value'], low, high)}.",
        how="Fit it with `assay.fit_baselines`, or find what it uses that the model does not.",
    )


def _more_data(fit: Results) -> Action | None:
    curve = fit.get("curve")
    if not curve or not curve["told"] or not curve["ahead"] or curve["gain"] is None:
        return None
    then, now = curve["ahead"][0], curve["sizes"][-1]
    sign = 1.0 if curve["greater_is_better"] else -1.0
    ends = sorted(sign * (then[end] - now["judged"]["value"]) for end in ("low", "high"))
    return Action(
        name="more_data",
        title=f"Collect more rows of the same kind: {number(then['rows'])} train rows",
        metric=visible(curve["metric_title"]),
        gain=curve["gain"],
        low=ends[0],
        high=ends[1],
        why=sentence(curve["statement"]),
        how="Label or collect more; the learning curve still rises at its end.",
    )


def _threshold(judged: Results) -> Action | None:
    """Where F1 heads the report, nobody chose the threshold, and another one would do better."""
    told = judged.get("threshold")
    if not told or told["chosen_on"] != "default" or "f1" not in judged["head"]["metrics"][:1]:
        return None
    curve = (judged.get("curves") or {}).get("thresholds")
    now = next((each for each in judged["metrics"] if each["name"] == "f1"), None)
    if not curve or now is None or now["value"] is None or now["high"] is None:
        return None
    best = max(
        (
            (f1, at)
            for f1, at in zip(curve["f1"], curve["threshold"], strict=True)
            if f1 is not None
        ),
        default=None,
    )
    if best is None or best[0] <= now["high"]:
        return None
    return Action(
        name="threshold",
        title=f"Choose the threshold: near {number(best[1])} in place of {number(told['value'])}",
        metric="F1",
        gain=best[0] - now["value"],
        why=(
            f"F1 is {number(now['value'])} at {number(told['value'])}, and up to "
            f"{number(best[0])} at {number(best[1])} on these rows, which flatters it a little."
        ),
        how="--validation DATA --threshold f1 chooses it on rows that are not judged.",
    )


def _calibrate(results: Results, judged: Results) -> Action | None:
    if "metrics" not in judged:
        return None
    return _by_rule(results, CALIBRATION, "calibration", "Recalibrate the scores")


def _steadier(results: Results) -> Action | None:
    return _by_rule(results, "seed_noise", "steadier_fit", "Make the fit steadier")


def _slice(results: Results) -> Action | None:
    return _by_rule(results, "weak_slice", "look_at_slice", "Look at the weakest segment")


def _by_rule(results: Results, rule: str, name: str, title: str) -> Action | None:
    """Return the action that a finding of this rule asks for."""
    found = next((each for each in results.get("findings", ()) if each["rule"] == rule), None)
    if found is None:
        return None
    why, how = sentence(found["message"]), sentence(found["advice"])
    return Action(name=name, title=title, why=why, how=how)


def _rest(judged: Results, ladder: Results, fit: Results) -> Action:
    """Where nothing measured promises a gain."""
    curve = fit.get("curve") or {}
    flat = bool(curve.get("ahead")) and not curve.get("told")
    beside = [each for each in ladder.get("comparisons", ()) if each["verdict"] != "better"]
    level = any(each["verdict"].startswith(("not shown", "equivalent")) for each in beside)
    if flat and level:
        return Action(
            name="another_feature",
            title="Look for another feature",
            why=(
                "A simple model reaches about the same, and more rows of the same kind are not "
                "shown to help: what the columns tell is used up."
            ),
            how="Ask what a person who knows the case would look at, and add that column.",
        )
    if "metrics" not in judged:
        return Action(
            name="fit_a_model",
            title="Fit a model, and judge it here",
            why="The simple models say what it has to beat.",
            how="assay analyze TEST --label COLUMN --model FILE --train TRAIN",
        )
    return Action(
        name="nothing",
        title="Nothing measured here promises a gain",
        why="No action was found whose gain is shown on these rows.",
        how="More would be told by --train (learning curve, simple models) and more rows.",
    )


def _ends(value: float, low: float | None, high: float | None) -> str:
    return estimate_text(Estimate(value=value, low=low, high=high, n=1))
