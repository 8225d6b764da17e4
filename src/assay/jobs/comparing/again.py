"""An earlier run and the rows now in; how its answers are made once more, or why not, out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assay.data.dataset import Dataset
from assay.data.fingerprint import Fingerprint, fingerprint_batches
from assay.errors import AssayError, InputError, UntrustedModelError
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.jobs.comparing.earlier import EarlierRun
from assay.jobs.comparing.models import load_told
from assay.jobs.config import AnalyzeConfig, ModelPart
from assay.jobs.config_file import config_from_parts
from assay.jobs.inputs import open_inputs
from assay.jobs.running import Progress
from assay.models.predictor import Predictor

HIDDEN = "***"
LABEL_ALONE = (
    "The tables of the two runs share no column but the label: that their rows are the same, in "
    "the same order, is told by the order of its values."
)
TAKEN = ("read", "roles", "options")
NOT_TAKEN: Mapping[str, tuple[str, ...]] = {
    "roles": ("prediction", "scores", "facets", "group_variable", "join_on"),
    "options": ("only", "fail_on", "compat", "threshold", "final", "margin", "budget"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Again:
    """How the answers of an earlier run are made once more.

    Parameters
    ----------
    columns : tuple of str
        Of the data; empty for a model.
    predictor : Predictor or None
    data : Dataset or None
        The same rows in the table of that run; None for the table that all share.
    threshold : Threshold or None
        The one that was chosen or told then.
    label_map : mapping
    why_not : str
        Why they cannot be made; "" where they can.
    notes : tuple of str
    """

    columns: tuple[str, ...] = ()
    predictor: Predictor | None = None
    data: Dataset | None = None
    threshold: Threshold | None = None
    label_map: Mapping[str, Any] = field(default_factory=dict)
    why_not: str = ""
    notes: tuple[str, ...] = ()


def parts_of(run: EarlierRun) -> dict[str, Any]:
    """Return what a run was told of its data and of the roles of the columns."""
    parts: dict[str, Any] = {"data": run.config.get("data")}
    for name in TAKEN:
        told = run.config.get(name) or {}
        dropped = NOT_TAKEN.get(name, ())
        parts[name] = {key: value for key, value in told.items() if key not in dropped}
    return parts


def why_unreadable(run: EarlierRun) -> str:
    """Return why the rows of an earlier run cannot be read again; "" when they may be."""
    place = run.config.get("data")
    if not isinstance(place, str) or place.startswith("("):
        return "its rows were in memory"
    if HIDDEN in str(run.config.get("read", {}).get("storage", {})):
        return "its data need a password that was not kept"
    if "://" not in place and not set(place) & set("*?[") and not Path(place).exists():
        return f"its data are no longer at {place}"
    return ""


def reopen(run: EarlierRun, progress: Progress) -> Dataset | None:
    """Return the table of an earlier run with all its columns, if it is still what it was."""
    if why_unreadable(run):
        return None
    try:
        config = config_from_parts(parts_of(run), (), source=str(run.path), flags={})
        data = open_inputs(config, progress).data
    except AssayError:
        return None
    same = data.fingerprint().order_free == run.test["fingerprint_order_free"]
    return data if same else None


def same_rows(run: EarlierRun, data: Dataset, progress: Progress) -> tuple[Dataset | None, str]:
    """Make sure that an earlier run judged these very rows.

    Parameters
    ----------
    run : EarlierRun
    data : Dataset
        The rows that the others are judged on.

    Returns
    -------
    (Dataset or None, str)
        The table of that run, where it has other columns of answers; and what a reader must know.

    Raises
    ------
    InputError
        If its rows are others, are in another order, or cannot be shown to be the same.
    """
    now = data.fingerprint()
    if now.order_free == run.test["fingerprint_order_free"]:
        return None, ""
    theirs = reopen(run, progress)
    if theirs is None or theirs.count_rows() != now.rows:
        raise InputError(_other_rows(run, now))
    shared = [name for name in data.schema.names if name in theirs.schema.names]
    shared = [name for name in shared if not name.startswith("__assay")]
    if not set(data.schema.labels) <= set(shared):
        raise InputError(_other_rows(run, now))
    mine, other = (_mark(each, shared) for each in (data, theirs))
    if mine.ordered == other.ordered:
        alone = set(shared) == set(data.schema.labels)
        return theirs, LABEL_ALONE if alone else ""
    if mine.order_free == other.order_free:
        msg = (
            f"{run.name} judged the same rows in another order, and its answers are in a table "
            "of their own; put the columns of answers into one table and name them"
        )
        raise InputError(msg)
    raise InputError(_other_rows(run, now))


def answer_again(
    run: EarlierRun,
    data: Dataset,
    target: Target,
    config: AnalyzeConfig,
    progress: Progress,
) -> Again:
    """Say how the answers of an earlier run are made once more on these rows.

    Parameters
    ----------
    run : EarlierRun
    data : Dataset
    target : Target
    config : AnalyzeConfig
        Of the comparison: whether what can run code may be loaded.
    progress : callable

    Raises
    ------
    InputError
        If it judged other rows, another label, task or positive answer.
    """
    check_like(run, data.schema.labels, target)
    theirs, note = same_rows(run, data, progress)
    trust = config.model is not None and config.model.trust
    roles = run.config["roles"]
    told = roles.get("prediction")
    columns = (*([told] if isinstance(told, str) else told or ()), *(roles.get("scores") or ()))
    again = Again(
        columns=tuple(columns),
        data=None if theirs is None else theirs.with_units(),
        threshold=_threshold(run),
        label_map=roles.get("label_map") or {},
        notes=(note,) if note else (),
    )
    if run.config.get("model"):
        return _model_again(run, again, trust=trust)
    missing = [name for name in columns if name not in (theirs or data).schema.names]
    if missing or not columns:
        why = f"its columns of answers ({', '.join(missing) or 'none'}) are not in the data"
        return replace(again, why_not=why)
    return again


def check_like(run: EarlierRun, labels: tuple[str, ...], target: Target | None) -> None:
    """Refuse an earlier run that predicted something else.

    Raises
    ------
    InputError
    """
    if run.label != tuple(labels):
        msg = (
            f"{run.name} judged the label {', '.join(run.label)}, and the others "
            f"{', '.join(labels)}; compare answers to one question"
        )
        raise InputError(msg)
    if target is None:
        return
    if run.task != target.task:
        msg = f"{run.name} is a {run.task} task, and the others are {target.task}"
        raise InputError(msg)
    positive = run.evaluation.get("positive")
    if target.task == "binary" and positive != target.positive:
        msg = (
            f"{run.name} counts {positive!r} as positive, and the others {target.positive!r}; "
            "say which with --positive and run the other again"
        )
        raise InputError(msg)


def _model_again(run: EarlierRun, again: Again, *, trust: bool) -> Again:
    told = run.config["model"]
    part = ModelPart(**{**told, "trust": trust})
    if HIDDEN in str(part.options):
        return replace(again, why_not="its model needs a password that was not kept")
    if not Path(part.path).exists() and not trust:
        if ":" in part.path:
            why = (
                f"its model is a program or an endpoint ({part.path}): --trust-model asks it again"
            )
        else:
            why = f"its model is no longer at {part.path}"
        return replace(again, why_not=why)
    try:
        predictor = load_told(part)
    except UntrustedModelError:
        why = f"its model {part.path} can run code when it is loaded: --trust-model asks it again"
        return replace(again, why_not=why)
    except AssayError as wrong:
        return replace(again, why_not=f"its model cannot be loaded: {wrong}")
    if predictor.info.digest != run.model_digest:
        return replace(again, why_not=f"the model at {part.path} is no longer the one it judged")
    return replace(again, predictor=predictor, columns=())


def _threshold(run: EarlierRun) -> Threshold | None:
    stored = run.evaluation.get("threshold")
    if not stored or stored["chosen_on"] == "default":
        return None
    return Threshold(
        value=stored["value"],
        chosen_on=stored["chosen_on"],
        goal=stored["goal"],
        why=stored["why"],
    )


def _mark(data: Dataset, names: list[str]) -> Fingerprint:
    columns = [data.schema[name] for name in names]
    return fingerprint_batches(data.batches(names), columns)


def _other_rows(run: EarlierRun, now: Fingerprint) -> str:
    return (
        f"not the same rows: {run.name} judged {run.test['rows']:,} rows with the fingerprint "
        f"{run.test['fingerprint_order_free']}, and the others {now.rows:,} with "
        f"{now.order_free}; run assay analyze for both on one table"
    )
