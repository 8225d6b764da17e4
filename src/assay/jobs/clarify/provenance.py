"""What a run cost and where it was made, as the last tables of a report."""

from assay.explainability.result import Cost
from assay.jobs.environment import describe_environment
from assay.reports.page import Table


def provenance(cost: Cost, seed: int, *, predictions: str) -> tuple[Table, ...]:
    """Return the tables of a run without sections.

    Parameters
    ----------
    cost : Cost
    seed : int
    predictions : str
        What the model's answers are called: "forecasts".
    """
    environment = describe_environment()
    made = (
        ("seed", seed),
        ("coalitions asked", cost.calls),
        (f"{predictions} made", cost.made),
        ("calls of the model", cost.batches),
        ("seconds in the model", round(cost.model_seconds, 3)),
        ("seconds outside it", round(cost.other_seconds, 3)),
    )
    versions = tuple((name, str(environment[name])) for name in ("assay", "python", "platform"))
    return (
        Table("The run", ("what", "value"), made, bars=False),
        Table("Versions", ("what", "version"), versions),
    )
