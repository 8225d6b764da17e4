"""Stored explanations in, explanations out; and several of disjoint rows put together."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.errors import InputError
from assay.explainability.result import BackgroundSummary, Cost, Explanation
from assay.explainability.storing import ARRAYS, FLAGS, FORMAT, VERSION, paths_of
from assay.result import Finding

SAME = ("players", "player_columns", "outputs", "output", "link", "value_function", "level")


def load_explanation(path: str | Path) -> Explanation:
    """Read an explanation that `Explanation.save` wrote; every number is bitwise the same.

    Parameters
    ----------
    path : str or Path
        Of the JSON or the Parquet file, with or without its ending.

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        If a file is missing, is no stored explanation, is of a newer version, or the two do not
        belong together.
    """
    about, table = paths_of(path)
    told = _told(about)
    packed = _read(table)
    if hashlib.sha256(packed).hexdigest() != told["parquet_sha256"]:
        msg = f"{table.name} is not the file that {about.name} was written with; copy both again"
        raise InputError(msg)
    frame = pl.read_parquet(io.BytesIO(packed))
    n_rows, n_players, n_outputs = told["shape"]
    rows = frame.head(n_rows)
    shapes = {
        "values": (n_rows, n_players, n_outputs),
        "standard_errors": (n_rows, n_players, n_outputs),
        "base_values": (n_rows, n_outputs),
        "predictions": (n_rows, n_outputs),
        "interactions": (n_rows, n_players, n_players, n_outputs),
        "interaction_errors": (n_rows, n_players, n_players, n_outputs),
        "row_weights": (n_rows,),
    }
    arrays = {
        name: rows[name].explode().to_numpy().astype(np.float64).reshape(shapes[name])
        if name in told["has"] and n_rows
        else (np.zeros(shapes[name]) if name in told["has"] else None)
        for name in ARRAYS
    }
    flags = {name: rows[name].to_numpy().astype(np.bool_) for name in FLAGS}
    cost = told["cost"]
    return Explanation(
        **arrays,
        **flags,
        data=rows["data"].struct.unnest() if told["data_columns"] else pl.DataFrame(),
        rows=tuple(rows["row"].to_list()),
        players=tuple(told["players"]),
        player_columns=tuple(tuple(each) for each in told["player_columns"]),
        outputs=tuple(told["outputs"]),
        **{name: told[name] for name in ("output", "link", "value_function", "method", "reason")},
        background=_background(told["background"], frame),
        additivity_error=told["additivity_error"],
        cost=Cost(
            calls=cost["calls"],
            asked=cost["predictions_asked"],
            made=cost["predictions_made"],
            batches=cost["batches"],
            model_seconds=cost["model_seconds"],
            other_seconds=cost["other_seconds"],
        ),
        seed=told["seed"],
        level=told["level"],
        versions=told["versions"],
        notes=tuple(_finding(each) for each in told["notes"]),
    )


def merge(parts: Sequence[Explanation]) -> Explanation:
    """Put explanations of disjoint rows of one table together, in the order of the rows.

    Parameters
    ----------
    parts : sequence of Explanation
        At least one; of the same model, players, outputs, scale and background.

    Returns
    -------
    Explanation
        Costs are added up; interactions and row weights are kept where all have them.

    Raises
    ------
    InputError
        If there are none, a row occurs twice, or they differ in anything that makes
        attributions comparable.
    """
    if not parts:
        msg = "no explanations to merge; give at least one"
        raise InputError(msg)
    first = parts[0]
    for other in parts[1:]:
        _refuse_different(first, other)
    rows = [row for part in parts for row in part.rows]
    twice = sorted(row for row, times in Counter(rows).items() if times > 1)
    if twice:
        shown = ", ".join(str(row) for row in twice[:5])
        msg = f"{len(twice)} row(s) are explained twice, the first: {shown}; merge disjoint rows"
        raise InputError(msg)
    order = np.argsort(rows, kind="stable")

    def joined(name: str) -> Any:  # noqa: ANN401  arrays of several types
        arrays = [getattr(part, name) for part in parts]
        return None if any(each is None for each in arrays) else np.concatenate(arrays)[order]

    notes = list({json.dumps(n.to_dict()): n for part in parts for n in part.notes}.values())
    return replace(
        first,
        **{name: joined(name) for name in (*ARRAYS, *FLAGS)},
        data=pl.concat([part.data for part in parts], how="vertical_relaxed")[order.tolist()],
        rows=tuple(sorted(rows)),
        method="; ".join(dict.fromkeys(part.method for part in parts)),
        reason="; ".join(dict.fromkeys(part.reason for part in parts)),
        additivity_error=max(part.additivity_error for part in parts),
        cost=_sum([part.cost for part in parts]),
        notes=tuple(notes),
    )


def _refuse_different(first: Explanation, other: Explanation) -> None:
    differing = [name for name in SAME if getattr(first, name) != getattr(other, name)]
    if (first.standard_errors is None) != (other.standard_errors is None):
        differing.append("standard_errors (one has none)")
    if first.data.columns != other.data.columns:
        differing.append("columns of the data")
    if not _same_background(first.background, other.background):
        differing.append("background")
    if differing:
        msg = (
            f"the explanations differ in {', '.join(differing)}; attributions are comparable only "
            "where these are the same, so explain all rows with one explainer"
        )
        raise InputError(msg)


def _same_background(a: BackgroundSummary | None, b: BackgroundSummary | None) -> bool:
    if a is None or b is None:
        return a is b
    same_weights = a.weights.shape == b.weights.shape and bool((a.weights == b.weights).all())
    return same_weights and a.rows.equals(b.rows)


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(**{each.name: sum(getattr(c, each.name) for c in costs) for each in fields(Cost)})


def _told(about: Path) -> dict[str, Any]:
    try:
        told = json.loads(_read(about))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"{about.name} is not JSON, so it is no stored explanation: {error}"
        raise InputError(msg) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        msg = f"{about.name} is no stored explanation; write one by Explanation.save"
        raise InputError(msg)
    if told["version"] != VERSION:
        msg = (
            f"{about.name} has version {told['version']} of the format, and this assay reads "
            f"{VERSION}; update assay"
        )
        raise InputError(msg)
    return told


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}"
        raise InputError(msg) from error


def _background(told: Mapping[str, Any] | None, frame: pl.DataFrame) -> BackgroundSummary | None:
    if told is None:
        return None
    part = frame.head(told["n_rows"])
    return BackgroundSummary(
        kind=told["kind"],
        rows=part["background"].struct.unnest(),
        weights=part["background_weight"].to_numpy().astype(np.float64),
        n_from=told["n_from"],
        source=told["source"],
        error=told["error"],
    )


def _finding(told: Mapping[str, Any]) -> Finding:
    consequences = tuple(_finding(each) for each in told["consequences"])
    return Finding(**{**told, "consequences": consequences})
