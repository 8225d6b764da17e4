"""Tables in; what every check of leakage found out."""

from collections.abc import Callable

from assay.data_quality.leakage.catalogue import CHECKS
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.prep_leak import ABOUT as PREP_LEAK
from assay.data_quality.leakage.prep_leak import SECONDS, check_prep_leak
from assay.data_quality.leakage.result import LeakageResult
from assay.data_quality.leakage.tables import LeakTables
from assay.errors import AssayError
from assay.models.refitting import Procedure

Step = Callable[[str, int, int], None]


def check_leakage(
    tables: LeakTables,
    *,
    procedure: Procedure | None = None,
    seconds: float = SECONDS,
    step: Step | None = None,
) -> LeakageResult:
    """Run every check that the tables allow; one that fails becomes an entry with its reason.

    Parameters
    ----------
    tables : LeakTables
    procedure : Procedure or None
        How the model can be fitted again.
    seconds : float
        How long it may be fitted again.
    step : callable or None
        Called with (title of the check, checks done, checks in all).

    Returns
    -------
    LeakageResult

    Raises
    ------
    AssayError
        If what the user said cannot be used.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> from assay.data_quality.leakage.tables import Part
    >>> data = Dataset.read({"x": [0.5, 1.5] * 40, "y": [0, 1] * 40}, label="y")
    >>> result = check_leakage(LeakTables(data=Part("data", data), task="binary", classes=(0, 1)))
    >>> [finding.rule for finding in result.findings][0]
    'leak_target'
    """
    todo: list[tuple[About, Callable[[LeakTables], Check]]] = list(CHECKS)
    todo.append((PREP_LEAK, lambda given: check_prep_leak(given, procedure, seconds=seconds)))
    checks: list[Check] = []
    for done, (about, check) in enumerate(todo):
        if step is not None:
            step(about.title, done, len(todo))
        checks.append(_run(about, check, tables))
    return LeakageResult(
        checks=tuple(checks),
        skills={name: skill.value for name, skill in tables.skills.items()},
        rows={
            part.role: part.rows
            for part in (tables.train, tables.validation, tables.data, tables.reference)
            if part is not None
        },
        seed=tables.seed,
    )


def _run(about: About, check: Callable[[LeakTables], Check], tables: LeakTables) -> Check:
    try:
        return check(tables)
    except AssayError:
        raise
    except Exception as error:  # noqa: BLE001 - one check's fault is not the others'
        return about.not_judged(f"the check failed: {type(error).__name__}: {error}")
