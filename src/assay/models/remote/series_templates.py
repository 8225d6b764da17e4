"""Clarify's templates for time series: records of items, written as JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan

import numpy as np

NAMES = (
    "$target_time_series",
    "$related_time_series",
    "$static_covariates",
    "$start_time",
    "$item_id",
)
AROUND = ("$records", "$record")
"""The longer name stands before its beginning."""
PLACEHOLDER = re.compile("|".join(re.escape(name) for name in (*NAMES, *AROUND)))
CONTENT = '{"instances": $records}'
RECORD = (
    '{"item_id": $item_id, "start_time": $start_time, "target_time_series": $target_time_series, '
    '"related_time_series": $related_time_series, "static_covariates": $static_covariates}'
)
"""What is sent unless templates say otherwise."""


@dataclass(frozen=True)
class SeriesTemplate:
    """A text with placeholders, taken apart once, so that values are never taken for them.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> template = SeriesTemplate('{"start": $start_time, "target": $target_time_series}')
    >>> item = {"start_time": "2026-01-01", "target_time_series": np.array([1.0, np.nan])}
    >>> template.fill_each([item])
    ['{"start": "2026-01-01", "target": [1.0, null]}']
    """

    text: str

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The placeholders, in order."""
        return tuple(PLACEHOLDER.findall(self.text))

    def fill_each(self, records: Sequence[Mapping[str, object]]) -> list[str]:
        """Return each record as JSON; missing values are null.

        Parameters
        ----------
        records : sequence of mapping
            With ``item_id``, ``start_time``, ``target_time_series``, and where they are named
            ``related_time_series`` (name → array) and ``static_covariates`` (name → value), of
            which the values are written in their order.
        """
        return [
            PLACEHOLDER.sub(lambda found, r=record: _value(r, found.group()[1:]), self.text)
            for record in records
        ]

    def around(self, texts: Sequence[str]) -> str:
        """Return a body around records that are JSON already.

        Examples
        --------
        >>> SeriesTemplate('{"instances": $records}').around(['{"a": 1}', '{"a": 2}'])
        '{"instances": [{"a": 1}, {"a": 2}]}'
        """
        joined = ", ".join(texts)
        values = {"$records": f"[{joined}]", "$record": joined}
        return PLACEHOLDER.sub(lambda found: values.get(found.group(), "null"), self.text)


def _value(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if isinstance(value, Mapping):
        value = list(value.values())
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and isnan(value):
        return None
    return value
