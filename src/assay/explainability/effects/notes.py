"""What a person should know about the measured effect of a column."""

from collections.abc import Iterator

from assay.explainability.effects.correlated import STRONG, Companion
from assay.explainability.effects.dependence import Dependence
from assay.explainability.effects.heterogeneity import HIDES, Heterogeneity
from assay.explainability.effects.joint_dependence import JointDependence
from assay.result import Finding, Json

SMALL = 0.1
MOSTLY = 0.5


def notes_of(effect: Dependence, companion: Companion | None) -> tuple[Finding, ...]:
    """Return the findings about the effect of one column."""
    return tuple(_notes(effect, companion))


def _notes(effect: Dependence, companion: Companion | None) -> Iterator[Finding]:
    where: dict[str, Json] = {"columns": [effect.feature]}
    if len(effect.grid) == 1:
        yield Finding(
            rule="effect_of_one_value",
            severity="info",
            message=f"{effect.feature!r} has one value alone, so no effect of it can be seen.",
            where=where,
            advice="Measure it on rows in which the column varies, or name values in grid=.",
        )
    if companion is not None and abs(companion.value) >= STRONG and effect.kind == "pdp":
        yield _correlated(effect, companion, where)
    hidden = [
        (output, found)
        for output, found in zip(effect.outputs, effect.heterogeneity, strict=False)
        if found.hides
    ]
    if hidden:
        yield _hides(effect, *max(hidden, key=lambda each: each[1].spread), where)
    if effect.n_left_out and effect.rule != "given":
        yield Finding(
            rule="effect_levels_left_out",
            severity="info",
            message=(
                f"{effect.n_left_out:,} less frequent values of {effect.feature!r} were not "
                "evaluated."
            ),
            where=where,
            evidence={"left_out": effect.n_left_out, "evaluated": len(effect.grid)},
            advice="Ask for more with max_levels=, or name the values in grid=.",
        )


def _hides(
    effect: Dependence, output: str, found: Heterogeneity, where: dict[str, Json]
) -> Finding:
    of = f" on the score of {output}" if len(effect.outputs) > 1 else ""
    most = "" if found.column is None else f"; they differ most by {found.column!r}"
    pair = "" if found.column is None else f" and at the pair with {found.column!r}"
    return Finding(
        rule="effect_hides_differences",
        severity="info",
        message=(
            f"The average effect of {effect.feature!r}{of} hides different effects of single "
            f"rows{most}."
        ),
        where={**where, "output": output},
        evidence=found.to_dict(),
        cause=(
            f"The curves of single rows differ from their mean by more than {HIDES:.0%} of its "
            "range: the column acts together with others, or the scale of the scores "
            "(probabilities flatten near 0 and 1) makes it look so."
        ),
        advice=f"Look at the single curves{pair}; with probabilities, at the log-odds too.",
    )


def _correlated(effect: Dependence, companion: Companion, where: dict[str, Json]) -> Finding:
    return Finding(
        rule="effect_of_correlated_column",
        severity="info",
        message=(
            f"{effect.feature!r} goes with {companion.column!r} ({companion.measure} "
            f"{companion.value:.2f}), and partial dependence sets it alone."
        ),
        where=where,
        evidence={"other": companion.column, companion.measure: companion.value},
        cause="The model was asked about rows that no row of the data is like.",
        advice="Look at accumulated local effects, kind='ale', which stay near the data.",
    )


def notes_of_pair(pair: JointDependence) -> tuple[Finding, ...]:
    """Return the caution about an interaction that is a large share of a small effect."""
    return tuple(
        Finding(
            rule="interaction_of_small_effects",
            severity="info",
            message=(
                f"{pair.features[0]!r} and {pair.features[1]!r} act together more than apart, "
                "but they move the score little."
            ),
            where={"columns": list(pair.features), "output": output},
            evidence={"h_squared": h.value, "sd_of_joint_effect": joint, "sd_of_scores": score},
            cause="H² is a share of the joint effect, and nears 1 where single effects vanish.",
            advice="Judge by the size of the interaction, in units of the score.",
        )
        for output, h, joint, score in zip(
            pair.outputs, pair.h_squared, pair.joint_sd, pair.score_sd, strict=True
        )
        if h.value is not None and h.value >= MOSTLY and h.low != 0 and joint < SMALL * score
    )
