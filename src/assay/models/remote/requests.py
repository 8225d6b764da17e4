"""Rows in, the bodies of requests out."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from assay.models.remote.media import CSV, JSON_LINES
from assay.models.remote.rows import csv_text
from assay.models.remote.templates import Template

CONTENT = '{"instances": $records}'
RECORD = "$features_kvp"
"""What is sent as JSON unless templates say otherwise; KServe, Vertex AI, MLflow read it."""


@dataclass(frozen=True, kw_only=True)
class RequestForm:
    r"""How rows become the body of a request.

    Parameters
    ----------
    content_type : str
        One of the media types.
    content_template, record_template : str or None
        Clarify's templates. Without them JSON is ``{"instances": [{name: value}, …]}``, and a
        line of JSON Lines is ``{name: value}``.

    Examples
    --------
    >>> rows = pl.DataFrame({"A": [0, 3], "B": [1, 4]})
    >>> RequestForm(content_type="application/json").body(rows)
    b'{"instances": [{"A":0,"B":1},{"A":3,"B":4}]}'
    >>> RequestForm(content_type="text/csv").body(rows)
    b'0,1\n3,4\n'
    """

    content_type: str
    content_template: str | None = None
    record_template: str | None = None

    @property
    def single(self) -> bool:
        """Whether a request holds one record only."""
        lines = self.content_type in (CSV, JSON_LINES)
        return not lines and "$record" in self._content.placeholders

    @property
    def outline(self) -> str:
        """What a body looks like, for people."""
        if self.content_type == CSV:
            return "a line of values for each row, without a header"
        if self.content_type == JSON_LINES:
            return f"{self._content.text} on a line for each row"
        return f"{self._content.text}, where a record is {self._record.text}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The features that the templates name one by one."""
        return () if self.content_type == CSV else (*self._content.columns, *self._record.columns)

    @property
    def names_records(self) -> bool:
        """Whether a record has its values by name, so that one more does no harm."""
        made = self._content if self.content_type == JSON_LINES else self._record
        return self.content_type != CSV and "$features" not in made.placeholders

    def body(self, rows: pl.DataFrame) -> bytes:
        """Return the body of one request about some rows; where `single`, about one row.

        Raises
        ------
        ColumnNotFoundError
            If a template names a feature that the rows do not have.
        InputError
            If a value cannot be written in this media type.
        """
        if self.content_type == CSV:
            return csv_text(rows).encode()
        if self.content_type == JSON_LINES:
            return "".join(f"{line}\n" for line in self._content.fill_records(rows)).encode()
        records = self._record.fill_records(rows).str.join(",").item()
        names = Template("$feature_names").fill_records(rows.head(1)).item()
        values = {"$records": f"[{records}]", "$record": records, "$feature_names": names}
        return self._content.fill(values).encode()

    @cached_property
    def _content(self) -> Template:
        default = RECORD if self.content_type == JSON_LINES else CONTENT
        return Template(self.content_template or default)

    @cached_property
    def _record(self) -> Template:
        return Template(self.record_template or RECORD)
