"""The flags of `assay compare`: those of analyze that say what is read and judged, and its own."""

from dataclasses import replace

from assay.cli.flag import Flag
from assay.cli.shared_flags import JUDGE, OUTPUT, SHARED

COMPARE = "Comparing"
LEFT_OUT = {
    ("train",),
    ("before",),
    ("facet_data",),
    ("prediction_data",),
    ("read", "facet_headers"),
    ("read", "prediction_headers"),
    ("read", "train_query"),
    ("roles", "prediction"),
    ("roles", "scores"),
    ("roles", "facets"),
    ("roles", "group_variable"),
    ("roles", "join_on"),
    ("baselines",),
    ("model", "path"),
    ("clarify", "endpoint"),
    ("clarify", "endpoints"),
    ("options", "compat"),
    ("options", "budget"),
    ("options", "only"),
    ("notify",),
}
"""The candidates say whose answers are judged; the rest asks for other sections."""

HELPS = {
    ("data",): "The table with the true answers; default: that of the earlier outputs.",
    ("options", "margin"): "Smallest difference worth having, in units of the metric; default 0.",
    ("out",): "Folder for report.html and results.json; without it nothing is written.",
    ("options", "fail_on"): (
        "Leave with status 1 when such a finding stands: candidate_worse, candidate_not_better "
        "(whatever is not better by more than the margin), or another rule. Repeatable."
    ),
}

OWN: tuple[Flag, ...] = (
    Flag(
        name="--against",
        keys=("compare", "against"),
        group=COMPARE,
        metavar="NAME",
        help="The candidate that the others are compared with; default: the first.",
    ),
    Flag(
        name="--metric",
        keys=("compare", "metrics"),
        group=COMPARE,
        metavar="NAME",
        multiple=True,
        help=(
            "Metric to compare by, as roc_auc or rmse; the first decides, further ones are shown "
            "beside it. Default: by the task and the balance of the classes. Repeatable."
        ),
    ),
    Flag(
        name="--folds",
        keys=("compare", "folds"),
        group=COMPARE,
        metavar="DATA",
        help=(
            "In place of candidates: a table of cross-validation scores with the columns "
            "candidate, fold, score, n_train, n_test and, where it was repeated, repeat."
        ),
    ),
    Flag(
        name="--datasets",
        keys=("compare", "datasets"),
        group=COMPARE,
        metavar="DATA",
        help=(
            "In place of candidates: a table of scores on six data sets or more, with the columns "
            "dataset, candidate, score."
        ),
    ),
    Flag(
        name="--less-is-better/--more-is-better",
        keys=("compare", "less_is_better"),
        group=COMPARE,
        switch=True,
        help="Direction of the scores of --folds and --datasets; default: that of the --metric.",
    ),
)


def compare_flags() -> tuple[Flag, ...]:
    """Return all flags of the command, in the order of its help."""
    kept = [flag for flag in SHARED if flag.keys not in LEFT_OUT]
    told = [replace(flag, help=HELPS.get(flag.keys, flag.help)) for flag in kept]
    own = [*OWN, *(flag for flag in told if flag.group == JUDGE)]
    rest = [flag for flag in told if flag.group not in (JUDGE, OUTPUT)]
    return (*own, *rest, *(flag for flag in told if flag.group == OUTPUT))
