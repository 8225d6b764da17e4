"""What is said of a facet as a whole, and of all rows: names, titles, functions and help."""

from collections.abc import Callable
from functools import partial

from assay.bias.associations_classes import cramers_v, facet_imbalance_in_class
from assay.bias.associations_label import label_difference, label_imbalance, majority_share
from assay.bias.associations_numbers import correlation_ratio, pearson
from assay.bias.associations_ranks import spearman
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric


def _association(
    name: str,
    title: str,
    function: Callable[..., Measurement],
    help_: tuple[str, str, str],
    *,
    prediction: bool = False,
    signed: bool = False,
    acronym: str = "",
    reference: str = "",
    numbers: bool = True,
) -> BiasMetric:
    """Return an entry of the catalogue; an association is never a finding by itself."""
    needs = "numbers" if numbers else "prediction" if prediction else "classes"
    return BiasMetric(
        name=name,
        title=title,
        acronym=acronym,
        stage="post_training" if prediction else "pre_training",
        function=function,
        needs=needs,
        tasks=("binary", "multiclass", "regression"),
        lower_bound=-1.0 if signed else 0.0,
        tolerated=None,
        is_distance=not signed,
        help=help_,
        reference=reference,
    )


_V_HELP = (
    "How strongly group and class go together over all groups at once: 0 as by chance, 1 where "
    "the one tells the other. What chance adds is taken off.",
    "To say which group is better off, or whether a gap is large: with a rare outcome it stays "
    "small even where one group gets it several times as often.",
    "The rates of each group, and DPL or DPPL for the gap of two.",
)
V_LABEL = _association(
    "cramers_v_label",
    "Association of facet and label (Cramér's V)",
    cramers_v,
    _V_HELP,
    acronym="V",
    reference="Bergsma 2013",
    numbers=False,
)
V_PREDICTION = _association(
    "cramers_v_prediction",
    "Association of facet and prediction (Cramér's V)",
    partial(cramers_v, predicted=True),
    _V_HELP,
    prediction=True,
    reference="Bergsma 2013",
    numbers=False,
)
_ETA_HELP = (
    "The root of the share of a number's variance that lies between groups: 0 where all have one "
    "mean, 1 where all rows of a group have one number. With two groups it is the size of the "
    "point-biserial correlation.",
    "Where groups differ in spread or in their tails alone: it looks at means.",
    "The mean of each group, and the gaps of quantiles.",
)
ETA_LABEL = _association(
    "correlation_ratio_label",
    "Association of facet and target (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    acronym="η",
    reference="Pearson 1905",
)
ETA_PREDICTION = _association(
    "correlation_ratio_prediction",
    "Association of facet and predicted number (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    prediction=True,
    reference="Pearson 1905",
)
ETA_FACET = _association(
    "correlation_ratio_facet",
    "Association of the facet's number and the label's classes (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    reference="Pearson 1905",
)
_R_HELP = (
    "How closely the facet's number and the other one lie along a straight line.",
    "Where they go together along a curve, or a few rows far out decide it.",
    "Spearman's correlation, which looks at the order alone; the means by band of the facet.",
)
PEARSON_LABEL = _association(
    "pearson_label",
    "Correlation of facet and target (Pearson)",
    pearson,
    _R_HELP,
    signed=True,
    acronym="r",
    reference="Fisher 1921",
)
PEARSON_PREDICTION = _association(
    "pearson_prediction",
    "Correlation of facet and predicted number (Pearson)",
    pearson,
    _R_HELP,
    prediction=True,
    signed=True,
    reference="Fisher 1921",
)
SPEARMAN_LABEL = _association(
    "spearman_label",
    "Correlation of the ranks of facet and target (Spearman)",
    spearman,
    (
        "Whether the target rises with the facet's number, by whatever curve; from the ranks of "
        "all rows, or of a sample of 100,000.",
        "Where it rises and falls again: that can give 0.",
        "The means by band of the facet.",
    ),
    signed=True,
    acronym="ρ",
    reference="Croux and Dehon 2010",
)
IMBALANCE_IN_CLASS = BiasMetric(
    name="facet_imbalance_in_class",
    title="Facet imbalance among the rows labelled",
    stage="pre_training",
    function=facet_imbalance_in_class,
    needs="classes",
    tasks=("binary", "multiclass"),
    tolerated=None,
    positive_means="{group} makes up less than half of the rows with this label",
    negative_means="{group} makes up more than half of the rows with this label",
    help=(
        "The share of {rest} among the rows with one label, less the share of {group}.",
        "As a sign of bias: groups may be of any size. It tells where examples are scarce.",
        "CI over all rows; DPL for whether labels differ between groups.",
    ),
)
ASSOCIATIONS = (
    V_LABEL,
    V_PREDICTION,
    ETA_LABEL,
    ETA_PREDICTION,
    ETA_FACET,
    PEARSON_LABEL,
    PEARSON_PREDICTION,
    SPEARMAN_LABEL,
    IMBALANCE_IN_CLASS,
)
"""Of a facet as a whole, in the order of the report."""

LABEL_DIFFERENCE = BiasMetric(
    name="label_difference",
    title="Positive less negative labels",
    stage="pre_training",
    function=label_difference,
    needs="label",
    tolerated=None,
    positive_means="more than half of all rows have {outcome}",
    negative_means="less than half of all rows have {outcome}",
    help=(
        "The share of rows with {outcome}, less the share of rows without it.",
        "As a sign of bias between groups: it knows no groups.",
        "DPL for the gap between groups.",
    ),
)
WHOLE = (
    BiasMetric(
        name="label_imbalance",
        title="Label imbalance",
        stage="pre_training",
        function=label_imbalance,
        needs="classes",
        tasks=("binary", "multiclass"),
        lower_bound=0.0,
        tolerated=None,
        is_distance=True,
        help=(
            "One less the entropy of the label's shares over its largest value: 0 where all "
            "classes are as frequent, near 1 where one is nearly all.",
            "As a sign of bias between groups: it knows no groups.",
            "The share of each class; macro averages when a model is evaluated.",
        ),
        reference="Shannon 1948",
    ),
    BiasMetric(
        name="majority_share",
        title="Share of the most frequent label",
        stage="pre_training",
        function=majority_share,
        needs="classes",
        tasks=("binary", "multiclass"),
        lower_bound=0.0,
        tolerated=None,
        help=(
            "The share of rows with the most frequent label: what always answering it gets right.",
            "As a sign of bias between groups: it knows no groups.",
            "Label imbalance, which looks at all classes.",
        ),
    ),
    LABEL_DIFFERENCE,
)
"""Of all rows, whatever their group; not Clarify's "class imbalance", which compares groups."""
