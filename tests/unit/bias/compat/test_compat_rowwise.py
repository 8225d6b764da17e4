"""The whole report again, row by row in plain Python from the description's words."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bias.compat.report import POST_KEY, PRE_KEY, compat_report
from assay.data.dataset import Dataset
from assay.errors import InputError

PRE_CODES = ("CDDL", "CI", "DPL", "JS", "KL", "KS", "LP", "TVD")
POST_CODES = ("AD", "CDDPL", "DAR", "DCA", "DCR", "DI", "DPPL", "DRR", "GE", "RD", "SD", "TE")
VALUES = {
    "text": ["a", "b", "c"],
    "digits": ["0", "1", "2", "3"],
    "int": [0, 1, 2, 3, 40],
    "float": [0.0, 0.5, 1.0, 2.5],
    "bool": [False, True],
    "category": ["a", "b", "c"],
}
LISTED = {
    "text": [["a"], ["a", "b"], ["z"]],
    "digits": [["1"], [1], ["0", "2"]],
    "int": [[1], ["1"], [0, 2], ["1.0"], [2.5]],
    "float": [[0.5], ["0.5"], [0.5, 2.5], [9.0]],
    "bool": [[True], ["True"], [1]],
    "category": [["a"], ["b", "c"]],
}


class FailedError(Exception):
    pass


class RefusedError(Exception):
    pass


def present(values):
    return [value for value in values if value is not None]


def kind_of(values, kept_as, listed):
    """Section 4.2: rules 1 to 5, with whole numbers that have gaps being floats."""
    there = present(values)
    u = len(set(there)) / len(there) if there else 0.0
    gaps = len(there) < len(values)
    if kept_as == "category" or len(listed) > 1:
        return "categorical"
    if kept_as in ("text", "digits"):
        if kept_as == "digits" and there and u >= 0.05:
            return "continuous"
        return "categorical"
    if kept_as == "float" or (kept_as == "int" and gaps):
        return "continuous"
    if kept_as == "int" and u >= 0.05:
        return "continuous"
    return "categorical"


def convert(value, first):
    if isinstance(first, str):
        return str(value)
    if isinstance(first, bool):
        return (
            {"True": True, "False": False}.get(value, value)
            if isinstance(value, str)
            else bool(value)
        )
    if isinstance(first, int):
        try:
            return int(value)
        except ValueError:
            return float(value)
    try:
        return float(value)
    except ValueError:
        return object()


def is_whole(values, kept_as):
    return kept_as == "digits" or (kept_as == "int" and None not in values)


def chosen(values, kept_as, listed, beside=None):
    """Section 4.1 and 4.3: the rows with a listed value, or above the threshold; and the text."""
    if kind_of(values, kept_as, listed) == "continuous":
        (threshold,) = listed
        numbers = [None if value is None else float(value) for value in values]
        if isinstance(threshold, str):
            threshold = float(threshold) if "." in threshold else int(threshold)
        top = max(present(numbers), default=-math.inf)
        whole = is_whole(values, kept_as)
        if beside is not None:
            top = max([top, *map(float, present(beside))])
            whole = whole and is_whole(beside, kept_as)
        text = ""
        if threshold < top:
            form = int if whole and isinstance(threshold, int) else float
            text = f"({form(threshold)}, {form(top)}]"
        return [number is not None and number > threshold for number in numbers], text

    def match(wanted):
        return [value is not None and any(value == one for one in wanted) for value in values]

    rows = match(listed)
    if not any(rows):
        rows = match([convert(one, values[0]) for one in listed])
    return rows, ",".join(map(str, listed))


def over(top, bottom):
    """Section 4.5."""
    if bottom == 0:
        return 0.0 if top == 0 else math.copysign(math.inf, top)
    return top / bottom


def minus(one, other):
    return 0.0 if one == other else one - other


def count(*flags):
    return sum(all(row) for row in zip(*flags, strict=True))


def no(flags):
    return [not flag for flag in flags]


def need_groups(s, prefix=""):
    if not any(s):
        raise FailedError(f"{prefix}Facet set is empty")
    if all(s):
        raise FailedError(f"{prefix}Negated facet set is empty")


def conditional(s, accepted, groups):
    if groups is None:
        raise FailedError("Group variable is empty or not provided")
    if not any(accepted) or all(accepted):
        raise FailedError("…")
    total = 0.0
    for group in set(present(groups)):
        inside = [each == group for each in groups]
        rejected = count(inside, no(accepted))
        taken = count(inside, accepted)
        disparity = (count(inside, no(accepted), s) / rejected if rejected else 0) - (
            count(inside, accepted, s) / taken if taken else 0
        )
        total += sum(inside) / len(s) * disparity
    return total


def pre_metric(code, s, y, groups):
    need_groups(s, "CI: " if code == "CI" else "")
    a = no(s)
    n_a, n_d = sum(a), sum(s)
    if code == "CI":
        return (n_a - n_d) / (n_a + n_d)
    if code == "DPL":
        return count(y, a) / n_a - count(y, s) / n_d
    if code == "CDDL":
        return conditional(s, y, groups)
    p, q = [], []
    for outcome in (y, no(y)):
        if count(outcome, a) and count(outcome, s):
            p.append(count(outcome, a) / n_a)
            q.append(count(outcome, s) / n_d)
    p, q = np.array(p), np.array(q)
    if code == "KL":
        return np.sum(p * np.log(p / q))
    if code == "JS":
        middle = (p + q) / 2
        return (np.sum(p * np.log(p / middle)) + np.sum(q * np.log(q / middle))) / 2
    if code == "LP":
        return np.linalg.norm(p - q) if p.size else 0.0
    if code == "TVD":
        return np.abs(p - q).sum() / 2
    if not p.size:
        raise FailedError("No label value occurs in both facets")
    return np.abs(p - q).max()


def post_metric(code, s, y, p, groups):
    if code == "GE":
        benefit = np.array(p, dtype=int) - np.array(y, dtype=int) + 1
        if benefit.sum() == 0:
            raise FailedError("…")
        return np.mean((benefit / benefit.mean()) ** 2 - 1) / 2
    need_groups(s)
    if code == "CDDPL":
        return conditional(s, p, groups)
    rates = []
    for group in (no(s), s):
        tp, fp = count(group, y, p), count(group, no(y), p)
        fn, tn = count(group, y, no(p)), count(group, no(y), no(p))
        rates.append(
            {
                "AD": over(tp + tn, sum(group)),
                "DAR": over(tp, tp + fp),
                "DCA": over(tp + fn, tp + fp),
                "DCR": over(fp + tn, fn + tn),
                "DI": over(tp + fp, sum(group)),
                "DPPL": over(tp + fp, sum(group)),
                "DRR": over(tn, tn + fn),
                "RD": over(tp, tp + fn),
                "SD": over(tn, tn + fp),
                "TE": over(fn, fp),
            }[code]
        )
    of_a, of_d = rates
    if code == "DI":
        return over(of_d, of_a)
    return minus(of_d, of_a) if code in ("SD", "DCR", "DRR", "TE") else minus(of_a, of_d)


def as_cell(function, *of):
    try:
        value = function(*of)
    except FailedError as failure:
        return None, str(failure)
    if math.isinf(value):
        return ("Infinity" if value > 0 else "-Infinity"), None
    return value, None


def groups_of(values, kept_as, listed):
    if listed:
        return [chosen(values, kept_as, listed)]
    if kind_of(values, kept_as, listed) == "continuous":
        raise RefusedError
    made = [([value == one for value in values], str(one)) for one in sorted(set(present(values)))]
    if None in values:
        made.append(([False] * len(values), "nan"))
    return [(rows, text) for rows, text in made]


def row_by_row(table, kept_as, positive, listed, *, grouped):
    """Return (label text, [(text, {code: (value, error)})]) before and after training."""
    facet, labels, said = table["facet"], table["label"], table["said"]
    groups = table["team"] if grouped else None
    entries = groups_of(facet, kept_as["facet"], listed)
    y, text = chosen(labels, kept_as["label"], positive)
    pre = []
    for s, name in entries:
        cells = {code: as_cell(pre_metric, code, s, y, groups) for code in PRE_CODES}
        if text == "":
            cells = dict.fromkeys(cells, (None, None))
        pre.append((name, cells))
    post = "refused"
    kinds = {kind_of(table[name], kept_as[name], positive) for name in ("label", "said")}
    if len(kinds) == 1:
        _, joint = chosen(labels, kept_as["label"], positive, beside=said)
        p, _ = chosen(said, kept_as["said"], positive, beside=labels)
        if any(p):
            post = (
                joint,
                [
                    (name, {c: as_cell(post_metric, c, s, y, p, groups) for c in POST_CODES})
                    for s, name in entries
                ],
            )
    return (text, pre), post


def frame_of(table, kept_as):
    columns = {}
    for name, values in table.items():
        kind = kept_as.get(name, "text")
        if kind == "category":
            columns[name] = pd.Categorical(values, categories=VALUES["category"])
        else:
            dtype = {"int": "Int64", "float": "Float64", "bool": "boolean"}.get(kind, "string")
            columns[name] = pd.array(values, dtype=dtype)
    return pd.DataFrame(columns)


def compare(made, told):
    text, entries = told
    assert made["label_value_or_threshold"] == text
    found = made["facets"]["facet"]
    assert [entry["value_or_threshold"] for entry in found] == [name for name, _ in entries]
    for entry, (name, cells) in zip(found, entries, strict=True):
        for each in entry["metrics"]:
            value, error = cells[each["name"]]
            where = name, each, value
            if isinstance(value, str) or value is None:
                assert each["value"] == value, where
            else:
                assert each["value"] == pytest.approx(value, abs=1e-12), where
            if error not in (None, "…"):
                assert each["error"] == error, where


@st.composite
def cases(draw):
    n = draw(st.sampled_from([6, 12, 50, 130]))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    kept_as = {
        "facet": draw(st.sampled_from(sorted(VALUES))),
        "label": draw(st.sampled_from(sorted(VALUES))),
        "team": "text",
    }
    kept_as["said"] = kept_as["label"]
    table = {}
    for name, kind in kept_as.items():
        some = VALUES[kind][: draw(st.integers(1, len(VALUES[kind])))]
        gaps = draw(st.sampled_from([0.0, 0.0, 0.2]))
        values = [some[i] for i in rng.integers(0, len(some), n)]
        table[name] = [None if rng.random() < gaps else value for value in values]
        if not present(table[name]):
            table[name][-1] = some[0]
    listed = draw(st.sampled_from([[], *LISTED[kept_as["facet"]]]))
    positive = draw(st.sampled_from(LISTED[kept_as["label"]]))
    return table, kept_as, positive, listed, draw(st.booleans())


@settings(max_examples=150)
@given(case=cases())
def test_the_same_cells_row_by_row(case):
    table, kept_as, positive, listed, grouped = case
    asked = {
        "label": "label",
        "positive": positive,
        "facets": {"facet": listed},
        "group_variable": "team" if grouped else None,
    }
    data = Dataset.read(frame_of(table, kept_as))
    after = {"prediction": "said", "post_training": POST_CODES, "pre_training": None}
    try:
        pre, post = row_by_row(table, kept_as, positive, listed, grouped=grouped)
    except RefusedError:
        with pytest.raises(InputError, match="Threshold values must be provided"):
            compat_report(data, **asked)
        return
    compare(compat_report(data, **asked)[PRE_KEY], pre)
    if post == "refused":
        with pytest.raises(InputError, match=r"No Label values|different types"):
            compat_report(data, **asked, **after)
    else:
        compare(compat_report(data, **asked, **after)[POST_KEY], post)
