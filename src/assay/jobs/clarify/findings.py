"""What a reader of the report must know of the analysis_config.json that it answers."""

from assay.jobs.asked import ClarifyPart
from assay.jobs.clarify.plan import TITLES
from assay.reports.page import Skipped
from assay.result import Finding


def config_findings(asked: ClarifyPart | None) -> tuple[Finding, ...]:
    """Return what of a config was not run for want of something, and what was decided.

    Parameters
    ----------
    asked : ClarifyPart or None
    """
    if asked is None:
        return ()
    lost = tuple(
        Finding(
            rule="config_partly_run",
            severity="warning",
            message=f"The config asks for {TITLES.get(each.method, each.method)} "
            f"({each.method}), which was not run.",
            where={"method": each.method},
            cause=f"It cannot be run as things are: {each.reason}.",
            advice=f"Give it: {each.turn_on}.",
        )
        for each in asked.not_run
        if each.is_loss
    )
    if not asked.notes:
        return lost
    noted = Finding(
        rule="config_read_as",
        severity="info",
        message="Some of the config's values were read as follows: "
        + "; ".join(asked.notes)
        + ".",
        evidence={"n_notes": len(asked.notes)},
        cause="The config leaves open what they mean, or says it in a way that is not its own.",
        advice='Say it in the config where this is not meant: "assay": {"kinds": {COLUMN: '
        '"categorical"}} decides whether a number is a value or a threshold.',
    )
    return (*lost, noted)


def threshold_without_scores() -> Finding:
    """Return that a config's probability_threshold meets a model that gives labels alone."""
    return Finding(
        rule="config_read_as",
        severity="info",
        message="The config's probability_threshold is not used: the model gives labels and no "
        "scores.",
        cause="A model of this machine stands for the config's, and decides the label itself.",
        advice="Give a model that answers with probabilities where the threshold is to count.",
    )


def config_skipped(asked: ClarifyPart | None) -> list[tuple[str, Skipped]]:
    """Return the analyses of a config that were not run, as the report lists them."""
    if asked is None:
        return []
    return [
        (
            each.method,
            Skipped(
                f"{each.method} of the config",
                each.reason,
                each.turn_on or "a later release of assay",
            ),
        )
        for each in asked.not_run
    ]
