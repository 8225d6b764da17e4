"""Dataset: where the rows are and what the columns mean."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import narwhals as nw
import numpy as np
import polars as pl

from assay.data.checks import check_values, find_positive
from assay.data.conversion import align, apply_kinds, options_for_kinds
from assay.data.engines.protocol import BatchFunction, Engine, LazyFrame, Table
from assay.data.engines.registry import get_engine
from assay.data.fingerprint import Fingerprint, fingerprint_batches
from assay.data.inference import infer_columns
from assay.data.requests import Request
from assay.data.roles import OneOrMore, Roles, as_names, assign_roles, roles_by_column
from assay.data.row_order import IN_ORDER
from assay.data.schema import Column, Schema, resolve_kinds
from assay.data.sources.arrays import assemble_arrays
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import HELPER_PREFIX, Source
from assay.data.units import UNIT, block_codes, group_codes
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Finding

if TYPE_CHECKING:
    import pandas as pd

Value = bool | int | float | str


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Rows that are read when they are needed, and the meaning of their columns.

    Make one with `read`, `from_arrays` or `like`.

    Parameters
    ----------
    name : str
        File name, or "frame".
    frame : narwhals.LazyFrame
        The rows; a lazy frame of the engine.
    schema : Schema
    engine : Engine
    notes : tuple of Finding
        What was assumed when the data were opened.
    classes : tuple or None
        Labels in the order of the score columns, where scores were made by a model.
    original : pandas.DataFrame or None
        The caller's own pandas frame, row for row the same; see `pandas_rows`.
    path : Path or None
        The Parquet file that the columns are from.
    options : ReadOptions
        What was said about how the table is to be read.

    Examples
    --------
    >>> data = Dataset.read({"age": [31, 45, 28], "paid": [True, False, True]}, label="paid")
    >>> data.count_rows(), data.schema.features
    (3, ('age',))
    """

    name: str
    frame: LazyFrame
    schema: Schema
    engine: Engine
    notes: tuple[Finding, ...] = ()
    classes: tuple[Value, ...] | None = None
    original: "pd.DataFrame | None" = None
    path: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)

    def __repr__(self) -> str:
        """Return the name and the columns; no row is read for it."""
        return f"Dataset {self.name}: {self.schema!r}"

    @classmethod
    def read(
        cls,
        source: object,
        *,
        label: OneOrMore = None,
        positive: Value | None = None,
        prediction: OneOrMore = None,
        score: OneOrMore = None,
        facets: OneOrMore = (),
        group: str | None = None,
        weight: str | None = None,
        time: str | None = None,
        id: str | None = None,
        query_id: str | None = None,
        series: str | None = None,
        features: OneOrMore = None,
        ignore: OneOrMore = (),
        kinds: Mapping[str, str] | None = None,
        missing: Collection[str] | None = None,
        delimiter: str | None = None,
        headers: Sequence[str] | None = None,
        records: str | None = None,
        columns: Mapping[str, str] | None = None,
        sheet: str | None = None,
        query: str | None = None,
        storage: Mapping[str, str] | None = None,
        engine: str = "polars",
    ) -> "Dataset":
        """Open a table.

        Parameters
        ----------
        source : path, URL or frame
            A file, by its suffix: CSV and other delimited text, JSON Lines, JSON, Parquet, Arrow
            (Feather), Excel, each also compressed (gzip, bzip2, xz, Zstandard, LZ4). A folder or
            a glob of such files of one format, in natural order (2 before 10), whose
            ``key=value`` folders are columns; see `folder`. The URL of a database or of an object
            store. Or a pandas, Polars or Arrow frame, a mapping of columns, or a 2-D NumPy array,
            taken as it is.
        label : str or sequence of str or None
            Column that holds the truth. Where a row may have many labels: one column of 0 and 1
            (or true and false) for each, or one column of lists of texts.
        positive : bool, int, float, str or None
            The label value that counts as positive.
        prediction : str or sequence of str or None
            Column of predictions; where a row may have many labels, in either form of `label`.
        group, weight, time, id : str or None
            Columns of these roles.
        query_id : str or None
            Column whose equal values mark rows that are ranked against each other.
        series : str or None
            Column whose equal values mark rows that follow each other in time.
        score : str or sequence of str or None
            The column of scores for the positive class, or one column a class or label.
        facets : str or sequence of str
            Columns whose groups are compared.
        features : str, sequence of str or None
            The columns that a model may read; by default all that have no other role. A model
            that knows no column names gets them in this order.
        ignore : str or sequence of str
            Columns to leave out.
        kinds : mapping of str to str or None
            Kinds of columns, where the rule of `inference` should not decide; "number", "date",
            "bool" and "category" are understood too. Text declared "time", "continuous" or
            "boolean" is parsed; a column of a text file declared "text" stays as it is written,
            and so does one declared "categorical", "ordinal" or "id" where numbers would not
            (01234).
        missing : collection of str or None
            Texts that mean "no value" in a CSV file, in place of those that pandas knows; in JSON
            and workbooks, beside null and empty cells.
        delimiter : str or None
            One character between the fields of delimited text; None tells by suffix and header.
        headers : sequence of str or None
            Names of the columns of delimited text that has no header line.
        records : str or None
            JMESPath to the records in a JSON document.
        columns : mapping of str to str or None
            Column → JMESPath into a record of JSON or JSON Lines; the table then has these
            columns alone. With ``records="$"`` the whole document is searched: each path gives
            a list with a value for each row.
        sheet : str or None
            Of a workbook; None is the first.
        query : str or None
            SQL, or the name of a table, for a database.
        storage : mapping of str to str or None
            Settings of an object store, as Polars' `storage_options` names them.
        engine : str
            What reads the rows.

        Raises
        ------
        InputError
            If anything about the file, the columns or their values is wrong.
        """
        roles = Roles(
            label=label,
            prediction=prediction,
            score=score,
            facets=facets,
            group=group,
            weight=weight,
            time=time,
            id=id,
            query=query_id,
            series=series,
            features=features,
            ignore=ignore,
        )
        roles.by_column()
        told = resolve_kinds(kinds or {})
        options = ReadOptions(
            missing=missing,
            delimiter=delimiter,
            headers=headers,
            records=records,
            columns=columns or {},
            sheet=sheet,
            query=query,
            storage=storage or {},
        )
        opened = open_source(source, options_for_kinds(options, told))
        built = cls._build(opened, roles, told, positive, get_engine(engine))
        return replace(built, options=options)

    @classmethod
    def from_arrays(
        cls,
        *,
        y_true: object = None,
        y_pred: object = None,
        y_score: object = None,
        X: object = None,
        weight: object = None,
        group: object = None,
        time: object = None,
        query_id: object = None,
        series: object = None,
        feature_names: Sequence[str] | None = None,
        positive: Value | None = None,
    ) -> "Dataset":
        """Put arrays, lists and Series together.

        Parameters
        ----------
        y_true, y_pred : array-like or None, shape (n_rows,) or (n_rows, n_labels)
            Become the columns ``y_true`` and ``y_pred``; a list of texts a row counts as one
            column. With one column of 0 and 1 a label, as scikit-learn has them, they become
            columns of the frame's own names, else ``label_0``, …, and ``pred_<label>``.
        y_score : array-like or None, shape (n_rows,) or (n_rows, n_classes)
            Scores of the positive class become ``y_score``; scores of all classes, in the
            ascending order of the classes as scikit-learn has them, become ``p_<class>``; so do
            scores of labels, in the order of the labels.
        X : frame or array-like or None, shape (n_rows, n_features)
            Columns keep their names, or are ``x0``, ``x1``, ….
        weight, group, time, query_id, series : array-like or None, shape (n_rows,)
            Become columns of these names.
        feature_names : sequence of str or None
            Names for the columns of `X`.
        positive : bool, int, float, str or None
            The label value that counts as positive.

        Raises
        ------
        InputError
            If nothing is given, lengths differ, or values cannot be used.

        Examples
        --------
        >>> data = Dataset.from_arrays(y_true=[0, 1, 1], y_score=[0.2, 0.9, 0.6], positive=1)
        >>> data.schema.label, data.schema.scores
        ('y_true', ('y_score',))
        """
        opened, roles, classes = assemble_arrays(
            y_true=y_true,
            y_pred=y_pred,
            y_score=y_score,
            X=X,
            weight=weight,
            group=group,
            time=time,
            query_id=query_id,
            series=series,
            feature_names=feature_names,
        )
        built = cls._build(opened, roles, {}, positive, get_engine("polars"))
        return replace(built, classes=classes)

    @classmethod
    def _build(
        cls,
        opened: Source,
        roles: Roles,
        kinds: Mapping[str, str],
        positive: Value | None,
        engine: Engine,
    ) -> "Dataset":
        _check_rows(opened)
        columns = infer_columns(opened.frame, categories=opened.categories, kinds=kinds)
        columns = assign_roles(columns, roles)
        frame, columns = apply_kinds(opened.frame, columns, kinds)
        order = None if roles.features is None else as_names(roles.features)
        schema = Schema(
            columns,
            missing_values=opened.missing_values,
            feature_order=order,
            answer_order=roles.answers,
        )
        check_values(frame, schema, opened.name)
        if positive is not None and schema.label is not None:
            values = frame.select(pl.col(schema.label).unique().sort()).collect().to_series()
            schema = replace(
                schema, positive=find_positive(values.to_list(), positive, schema.label)
            )
        lazy = cast("LazyFrame", nw.from_native(frame))
        return cls(
            opened.name,
            lazy,
            schema,
            engine,
            notes=opened.notes,
            original=opened.original,
            path=opened.path,
        )

    def like(
        self,
        source: object,
        *,
        query: str | None = None,
        needs: Collection[str] | None = None,
    ) -> "Dataset":
        """Open another table whose columns mean the same.

        Every column of this table must be there, in any order, apart from those that assay added
        and those that it does not need.
        Values are cast to the same storage; columns that this table does not have are ignored.
        What was said about how this table is to be read holds for that one too, where it means
        something to its format.

        Parameters
        ----------
        source : path, URL or frame
            As in `read`.
        query : str or None
            SQL for a database; None is the query of this table.
        needs : collection of str or None
            Columns that must be there, where others may be missing: rows to learn from have no
            predictions. None needs all but the ignored ones.

        Raises
        ------
        ColumnNotFoundError
            If a column is missing.
        InputError
            If a value does not fit, or the file is wrong.
        """
        wanted = [c for c in self.schema.columns if not c.name.startswith(HELPER_PREFIX)]
        storages = {column.name: column.storage for column in wanted}
        told = self.options if query is None else replace(self.options, query=query)
        opened = open_source(source, replace(told, storages=storages), carried=True)
        _check_rows(opened)
        found = infer_columns(opened.frame, categories=opened.categories)
        available = [column.name for column in found]
        used = {column.name for column in wanted if column.role != "ignored"}
        missing = (used if needs is None else used & set(needs)) - set(available)
        if missing:
            raise ColumnNotFoundError(missing, available, where=opened.name)
        wanted = [column for column in wanted if column.name in available]
        names = (f"in {opened.name}", f"in {self.name}")
        frame, columns = align(opened.frame, found, wanted, names=names)
        schema = replace(self.schema, columns=columns, missing_values=opened.missing_values)
        check_values(frame, schema, opened.name)
        lazy = cast("LazyFrame", nw.from_native(frame))
        return Dataset(
            opened.name,
            lazy,
            schema,
            self.engine,
            notes=opened.notes,
            original=opened.original,
            path=opened.path,
            options=told,
        )

    def count_rows(self) -> int:
        """Return the number of rows."""
        return self._n_rows

    @cached_property
    def _n_rows(self) -> int:
        return self.engine.count_rows(self.frame)

    def holds_lists(self, column: str) -> bool:
        """Whether the values of a column are lists, as of all labels that a row has."""
        return isinstance(self.frame.collect_schema()[column], nw.List)

    def scan(self, requests: Mapping[str, Request]) -> dict[str, Table]:
        """Make all requested tables in one pass over the rows, under the requests' names."""
        return self.engine.scan(self.frame, requests)

    def sample(self, n: int, *, seed: int = 0) -> pl.DataFrame:
        """Return min(n, rows) rows, the same for the same rows and seed, in the data's order."""
        return self.engine.sample(self.frame, n, seed=seed)

    def batches(
        self, columns: Sequence[str] | None = None, *, batch_rows: int = 65_536
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows in order, `batch_rows` at a time (the last batch may be shorter)."""
        return self.engine.batches(self.frame, columns, batch_rows=batch_rows)

    def collect(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return all rows in memory, in order, with these columns or with all."""
        return pl.concat(list(self.batches(columns)))

    def column(self, name: str) -> pl.Series:
        """Return one column of all rows, in order."""
        return self.collect([name]).to_series()

    def evaluate(self, expression: nw.Expr) -> pl.Series:
        """Return what `expression` gives for every row, in order."""
        native = cast("pl.LazyFrame", nw.to_native(self.frame.select(expression)))
        return native.collect(optimizations=IN_ORDER).to_series()

    def with_frame(self, frame: LazyFrame, schema: Schema) -> "Dataset":
        """Return a dataset with other columns for the same rows, in the same order."""
        return replace(self, frame=frame, schema=schema)

    def with_columns(
        self,
        function: BatchFunction,
        columns: Sequence[Column],
        *,
        reads: Sequence[str] | None = None,
        batch_rows: int = 65_536,
    ) -> "Dataset":
        """Return a dataset with the columns that `function` adds, described by `columns`."""
        frame = self.engine.map_batches(self.frame, function, columns=reads, batch_rows=batch_rows)
        schema = replace(self.schema, columns=(*self.schema.columns, *columns))
        return self.with_frame(frame, schema)

    def with_roles(self, **roles: OneOrMore) -> "Dataset":
        """Return a dataset whose columns have other roles.

        Parameters
        ----------
        **roles : str or sequence of str
            Role → column or columns, for example ``label="income"``, ``facet=["sex", "race"]``.

        Raises
        ------
        ColumnNotFoundError
            If a column is not in the table.
        InputError
            If a role is unknown, given twice, or the values do not suit it.
        """
        told = roles_by_column(roles)
        order = tuple(dict.fromkeys([*told, *self.schema.answer_order]))
        schema = replace(self.schema.with_roles(told), answer_order=order)
        check_values(cast("pl.LazyFrame", nw.to_native(self.frame)), schema, self.name)
        return replace(self, schema=schema)

    def filter(self, expression: nw.Expr) -> "Dataset":
        """Return a dataset of the rows for which `expression` is true."""
        original = self.original
        if original is not None:
            kept = self.evaluate(expression)
            mask = kept.fill_null(value=False).to_numpy()
            original = original.iloc[np.flatnonzero(mask)]
        return replace(self, frame=self.frame.filter(expression), original=original)

    def pandas_rows(self, start: int, stop: int) -> "pd.DataFrame | None":
        """Return rows of the caller's own pandas frame with its dtypes; None without such one.

        A model that was fitted on such a frame is given exactly what its owner would give it:
        the same categories, nullable types and column labels.
        """
        return None if self.original is None else self.original.iloc[start:stop]

    def fingerprint(self) -> Fingerprint:
        """Return what identifies the content: see `fingerprint`. Columns of assay do not count."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> Fingerprint:
        columns = [c for c in self.schema.columns if not c.name.startswith(HELPER_PREFIX)]
        names = [column.name for column in columns]
        return fingerprint_batches(self.batches(names), columns)

    @property
    def unit(self) -> tuple[str | None, str]:
        """The column that names independent units, and how they came about.

        ``(column, "group")`` with a declared group, query or series, ``(column, "block")`` with
        a declared time alone,
        else ``(None, "row")``. The column holds codes once `with_units` was called.
        """
        schema = self.schema
        group = schema.group or schema.query or schema.series
        column = group or schema.time
        if column is None:
            return None, "row"
        kind = "block" if group is None else "group"
        return (UNIT if UNIT in self.schema.names else column), kind

    def with_units(self) -> "Dataset":
        """Return a dataset with the code of each row's independent unit in ``__assay_unit__``.

        Without a declared group or time it is this dataset.
        """
        column, kind = self.unit
        if column is None or column == UNIT:
            return self
        values = self.column(column)
        codes = group_codes(values) if kind == "group" else block_codes(values)
        position = iter(range(0, values.len() + 1, _UNIT_BATCH))

        def add(batch: pl.DataFrame) -> pl.DataFrame:
            return codes.slice(next(position), batch.height).to_frame()

        described = Column(UNIT, "ignored", "id", "int64", why="added by assay")
        return self.with_columns(add, [described], reads=[column], batch_rows=_UNIT_BATCH)


_UNIT_BATCH = 1_048_576


def _check_rows(opened: Source) -> None:
    if opened.frame.head(1).collect().height == 0:
        msg = f"{opened.name} has columns and no rows; at least one row is needed"
        raise InputError(msg)
