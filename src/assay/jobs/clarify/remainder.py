"""A document that the schema refuses in part; what the rules say of the rest of it."""

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError

from assay.jobs.clarify.parts import DatasetType
from assay.jobs.clarify.problems import Place, Problem, schema_problems
from assay.jobs.clarify.rules import find_problems
from assay.jobs.clarify.schema import ClarifyConfig

SERIES = "time_series_data_config"


def rules_of_the_rest(raw: dict[str, object], refused: Iterable[Place]) -> Iterator[Problem]:
    """Yield what the rules say of a config once the refused values are taken out of it.

    What lies under, or above, a refused place is left unsaid: it may only follow from it.

    Parameters
    ----------
    raw : dict
        The document.
    refused : iterable of tuple
        Places of the values that the schema refuses.
    """
    rest = _Rest(raw)
    rest.take_out(refused)
    for _ in range(len(ClarifyConfig.model_fields)):
        rest.stand_in()
        try:
            config = ClarifyConfig.model_validate(rest.document)
        except ValidationError as wrong:
            gone = [place for place, _ in schema_problems(wrong, rest.document, ClarifyConfig)]
            holders = [place[: max(1, len(place) - 1)] for place in gone]
            if not holders or {("dataset_type",), ("methods",)} & {*holders}:
                return
            rest.take_out(holders)
        else:
            break
    else:
        return
    for place, what in find_problems(config):
        told = rest.in_the_file(place)
        if not any(_touches(told, each) for each in rest.refused):
            yield told, what


class _Rest:
    """What is left of a document, and where it stood in the whole."""

    def __init__(self, raw: dict[str, object]) -> None:
        self.raw = raw
        self.document = json.loads(json.dumps(raw))
        self.refused: list[Place] = []
        self._numbers: dict[Place, list[int]] = {}  # list → what the file numbers its items

    def take_out(self, places: Iterable[Place]) -> None:
        """Remove values, which are named as they stand now; the last of a list first."""
        told = sorted({*places}, key=_from_behind, reverse=True)
        self.refused += [self.in_the_file(place) for place in told]
        for place in told:
            self._remove(place)

    def in_the_file(self, place: Place) -> Place:
        """Return where in the file a place of the rest is."""
        return tuple(
            self._numbers[place[:at]][part]
            if isinstance(part, int) and place[:at] in self._numbers
            else part
            for at, part in enumerate(place)
        )

    def stand_in(self) -> None:
        """Put what was meant in place of refused values that many rules look at."""
        told, series = self.raw.get("dataset_type"), self.raw.get(SERIES)
        if "dataset_type" not in self.document and isinstance(told, str):
            close = get_close_matches(told.lower(), get_args(DatasetType), n=1)
            self.document |= {"dataset_type": close[0]} if close else {}
        if SERIES not in self.document and isinstance(series, dict):
            self.refused.append((SERIES,))
            places = dict.fromkeys(("item_id", "timestamp", "target_time_series"), "[]")
            statics = series.get("static_covariates")
            count = len(statics) if isinstance(statics, list) else 0
            more = {"dataset_format": "columns", "static_covariates": ["[]"] * count}
            self.document[SERIES] = {**places, **more}

    def _remove(self, place: Place) -> None:
        at = self.document
        for part in place[:-1]:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                return
        if not place:
            return
        last = place[-1]
        if isinstance(at, dict):
            at.pop(last, None)
        elif isinstance(at, list) and isinstance(last, int) and last < len(at):
            del self._numbers.setdefault(place[:-1], list(range(len(at))))[last]
            del at[last]


def _from_behind(place: Place) -> tuple[int, tuple[int, ...]]:
    return len(place), tuple(part if isinstance(part, int) else -1 for part in place)


def _touches(place: Place, other: Place) -> bool:
    shorter = min(len(place), len(other))
    return place[:shorter] == other[:shorter]
