"""Rows with answers in; what identifies the rows and the model that answered, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assay.data.engines.mixing import mix
from assay.data.row_hash import RowHasher, canonical
from assay.data.sources.source import HELPER_PREFIX
from assay.data.split_numbers import CHANCE_TWINS
from assay.jobs.ledger.entry import Part
from assay.models.predictor import ModelInfo

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.data.engines.mixing import Words

HALF, LOW_HALF = np.uint64(32), np.uint64(0xFFFF_FFFF)
MODULUS = 2**128


@dataclass(frozen=True, kw_only=True)
class Look:
    """Who is looked at, on which rows.

    Parameters
    ----------
    test : tuple of str
        What identifies the rows; one in common is the same test.
    model : tuple of str
        What identifies the model; one in common is the same model.
    rows : int
    part : {"test", "validation"}
    test_name, model_name : str
        For people.
    """

    test: tuple[str, ...]
    model: tuple[str, ...]
    rows: int
    part: Part = "test"
    test_name: str = ""
    model_name: str = ""


def look_at(
    data: "Dataset",
    *,
    info: ModelInfo | None = None,
    answers: Sequence[str] | None = None,
    beside: Sequence[str] = (),
    part: Part = "test",
    name: str = "",
) -> Look:
    """Identify the rows and the model that answered for them; reads all rows once.

    Rows are told by the content of all columns but the answers, in any order (the same number as
    `Dataset.fingerprint().order_free` where there are no columns of answers), and by their ids
    and labels alone where an id is declared. Where so many rows are alike that order alone tells
    one table from another, order counts. A model is told by its file, and by its answers.

    Parameters
    ----------
    data : Dataset
        With predictions or scores.
    info : ModelInfo or None
        What is known of the model; None for columns of answers.
    answers : sequence of str or None
        The columns of this candidate's answers; None takes those that the schema declares.
    beside : sequence of str
        Columns of other candidates' answers, which are no part of the rows.
    part : {"test", "validation"}
    name : str
        What the model is called; "" takes the model's own name, or that of the columns.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> one = Dataset.read({"x": [1, 2], "y": [0, 1], "p": [0, 1]}, label="y", prediction="p")
    >>> two = Dataset.read({"x": [2, 1], "y": [1, 0], "q": [1, 1]}, label="y", prediction="q")
    >>> look_at(one).test == look_at(two).test, look_at(one).model == look_at(two).model
    (True, False)
    """
    schema = data.schema
    given = tuple(answers) if answers is not None else (*schema.predictions, *schema.scores)
    left_out = {*given, *beside, *schema.predictions, *schema.scores}
    content = [
        name
        for name in schema.names
        if name not in left_out and not name.startswith(HELPER_PREFIX)
    ]
    hashes = _Hashes(data, content, given)
    model = (f"answers:{hashes.answers}",)
    if info is not None and info.digest:
        model = (f"content:{info.digest}{info.settings and ':' + info.settings}", *model)
    return Look(
        test=hashes.test,
        model=model,
        rows=hashes.rows,
        part=part,
        test_name=data.name,
        model_name=name or (_named(given, data.name) if info is None else info.name),
    )


def _named(columns: Sequence[str], table: str) -> str:
    more = ", …" if len(columns) > 2 else ""
    return f"{', '.join(columns[:2])}{more} in {table}"


class _Hashes:
    """Hashes of the rows, and of the rows with the answers, in one pass."""

    def __init__(self, data: "Dataset", content: Sequence[str], answers: Sequence[str]) -> None:
        schema = data.schema
        ids = [*schema.with_role("id")]
        keyed = [*ids, *schema.labels] if ids else []
        wanted = list(dict.fromkeys([*content, *answers]))
        hashers = {
            "content": (content, RowHasher(content)),
            "answers": (answers, RowHasher([f"answer {at}" for at in range(len(answers))])),
            "ids": (keyed, RowHasher(keyed, salt="ids")),
        }
        names = ("content", "ids", "ordered", "answers", "answers ordered")
        sums: dict[str, int] = dict.fromkeys(names, 0)
        seen: list[Words] = []
        self.rows = 0
        for batch in data.batches(wanted):
            lanes = {
                name: hasher.hash(
                    [canonical(batch[column], _storage(data, column)) for column in columns],
                    batch.height,
                )
                for name, (columns, hasher) in hashers.items()
            }
            place = mix(np.arange(self.rows, self.rows + batch.height, dtype=np.uint64) + _ONE)
            for name in ("content", "ids"):
                sums[name] += _total(*lanes[name])
            placed = tuple(mix(lane ^ place) for lane in lanes["content"])
            sums["ordered"] += _total(*placed)
            for name, rows in (("answers", lanes["content"]), ("answers ordered", placed)):
                joined = zip(rows, lanes["answers"], strict=True)
                sums[name] += _total(*(mix(row + mix(answer.copy())) for row, answer in joined))
            seen.append(lanes["content"][0])
            self.rows += batch.height
        distinct = np.unique(np.concatenate(seen)).size if seen else 0
        in_order = not content or distinct < (1 - CHANCE_TWINS) * self.rows
        self.test = (f"fo1:{sums['ordered'] % MODULUS:032x}",)
        if not in_order:
            self.test = (f"fs1:{sums['content'] % MODULUS:032x}",)
        if keyed:
            self.test = (*self.test, f"id1:{sums['ids'] % MODULUS:032x}")
        which = "answers ordered" if in_order else "answers"
        self.answers = f"{sums[which] % MODULUS:032x}"


_ONE = np.uint64(1)


def _storage(data: "Dataset", column: str) -> str:
    return data.schema[column].storage


def _total(low: "Words", high: "Words") -> int:
    return (_sum(high) << 64) + _sum(low)


def _sum(words: "Words") -> int:
    return (int((words >> HALF).sum()) << 32) + int((words & LOW_HALF).sum())
