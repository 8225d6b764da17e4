"""Facets and predicted labels that lie in files of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.data.dataset import Dataset
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.jobs.clarify.bare_csv import bare_names
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.table import column_name

PREDICTED = "predicted_label"


@dataclass(frozen=True, kw_only=True)
class SideFiles:
    """Where they are, and what their columns are called.

    Parameters
    ----------
    facet_data, prediction_data : str or None
        Paths or URLs.
    facets : tuple of str
        Columns of the facets' file.
    facet_headers, prediction_headers : tuple of str or None
        Names of the columns of a file without a header line.
    prediction : str or None
        Column of predicted labels in their file.
    """

    facet_data: str | None = None
    prediction_data: str | None = None
    facets: tuple[str, ...] = ()
    facet_headers: tuple[str, ...] | None = None
    prediction_headers: tuple[str, ...] | None = None
    prediction: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of assay.yaml that name them."""
        return tuple(n for n in ("facet_data", "prediction_data") if getattr(self, n) is not None)

    def told(self) -> dict[str, Any]:
        """Return what assay.yaml says of the places."""
        return {name: getattr(self, name) for name in self.names}

    def read(self) -> dict[str, Any]:
        """Return what assay.yaml says under ``read``."""
        told = {
            "facet_headers": self.facet_headers,
            "prediction_headers": self.prediction_headers,
        }
        return {name: list(each) for name, each in told.items() if each is not None}

    def join(self, data: Dataset, names: Sequence[str], on: str | None) -> Dataset:
        """Return the data with these columns of the facets' file."""
        if self.facet_data is None:
            return data
        from assay.data.side_file import join_side_file  # noqa: PLC0415 - seldom there

        return join_side_file(
            data,
            self.facet_data,
            columns=names,
            on=on,
            how="inner",
            options=ReadOptions(headers=self.facet_headers),
        )


def side_files(
    config: ClarifyConfig,
    path: Path,
    flags: Mapping[tuple[str, ...], tuple[str, object]],
    *,
    with_predictions: bool,
) -> SideFiles:
    """Look at the side files that a config names.

    Parameters
    ----------
    config : ClarifyConfig
    path : Path
        Of the config; relative places start from its folder.
    flags : mapping
        A place that a flag names wins.
    with_predictions : bool
        Whether the file of predicted labels is needed.

    Raises
    ------
    InputError
        If one cannot be read, or does not have the column.
    """
    facets = _place(flags, "facet_data", config.facet_dataset_uri, path)
    predictions = config.predicted_label_dataset_uri if with_predictions else None
    predicted = _place(flags, "prediction_data", predictions, path)
    facet_headers = _headers(flags, "facet_headers", config.facet_headers)
    headers = _headers(flags, "prediction_headers", config.predicted_label_headers)
    if facets is not None and facet_headers is None and config.facet:
        facet_headers = bare_names(facets, config.facet[0].name_or_index)
    prediction = None
    if predicted is not None:
        headers = headers or bare_names(predicted, config.predicted_label)
        names = _names(predicted, headers)
        told = PREDICTED if config.predicted_label is None else config.predicted_label
        if config.predicted_label is None and len(names) == 1:
            told = names[0]
        prediction = column_name(told, names, "the predicted label", predicted)
    return SideFiles(
        facet_data=facets,
        facets=() if facets is None else _names(facets, facet_headers),
        facet_headers=facet_headers if facets is not None else None,
        prediction_data=predicted,
        prediction_headers=headers if predicted is not None else None,
        prediction=prediction,
    )


def _headers(
    flags: Mapping[tuple[str, ...], tuple[str, object]], name: str, told: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """Return the names of a file's columns: a flag's win."""
    given = flags.get(("read", name), ("", None))[1]
    return tuple(map(str, given)) if isinstance(given, list | tuple) and given else told


def _place(
    flags: Mapping[tuple[str, ...], tuple[str, object]], name: str, told: str | None, path: Path
) -> str | None:
    if (name,) in flags:
        return str(flags[name,][1])
    if told is None or "://" in told:
        return told
    return (path.resolve().parent / Path(told).expanduser()).as_posix()


def _names(place: str, headers: tuple[str, ...] | None) -> tuple[str, ...]:
    frame = open_source(place, ReadOptions(headers=headers)).frame
    return tuple(frame.collect_schema().names())
