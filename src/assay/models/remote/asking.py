"""Rows in, requests to an endpoint, answers in order out."""

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import polars as pl

from assay.errors import InputError
from assay.models.remote.answers import Answers
from assay.models.remote.faults import TooManyRowsError
from assay.models.remote.requests import RequestForm
from assay.models.remote.responses import ResponseForm, read_response
from assay.models.remote.splitting import Outcome, ask_or_split
from assay.models.remote.waves import run_in_order

if TYPE_CHECKING:
    from assay.models.remote.transport import Transport

TELLING_PIECES = 8
"""So many rows, answered alone and not together, show a service that takes one at a time."""


@dataclass(kw_only=True)
class EndpointService:
    """An endpoint that is asked about many rows at a time, by several requests at once.

    When a request turns out to be too large, later ones are smaller.

    Parameters
    ----------
    transport : Transport
    request, response : RequestForm, ResponseForm
    batch_rows : int
        Rows of one request.
    concurrency : int
        Requests at once.
    max_request_bytes : int
    """

    transport: "Transport"
    request: RequestForm
    response: ResponseForm
    batch_rows: int
    concurrency: int
    max_request_bytes: int

    @property
    def calls(self) -> int:
        """How many requests reached the server."""
        return self.transport.calls

    def answer(self, rows: pl.DataFrame) -> Outcome:
        """Ask about rows in order, in requests of `batch_rows`."""
        echo = self.response.echo
        if echo is not None and echo in rows.columns:
            msg = f"the table has a column {echo} already; name another field with echo=…"
            raise InputError(msg)
        size = 1 if self.request.single else self.batch_rows
        spans = [(at, min(at + size, rows.height)) for at in range(0, rows.height, size)]
        made = run_in_order(
            spans,
            lambda span, stop: self._ask(rows, span, stop),
            workers=self.concurrency,
            failed=lambda outcome: outcome.error is not None,
        )
        error = made[-1].error if made else None
        return Outcome([piece for each in made for piece in each.pieces], error)

    def _ask(self, rows: pl.DataFrame, span: tuple[int, int], stop: Event) -> Outcome:
        outcome = ask_or_split(lambda first, last: self._send(rows[first:last], stop), *span)
        one_by_one = outcome.largest == 1 and len(outcome.pieces) >= TELLING_PIECES
        if outcome.error is None and (outcome.too_many or one_by_one):
            self.batch_rows = min(self.batch_rows, outcome.largest)
        return outcome

    def _send(self, rows: pl.DataFrame, stop: Event) -> Answers:
        if self.response.echo is not None:
            rows = rows.with_row_index(self.response.echo)
        body = self.request.body(rows)
        if len(body) > self.max_request_bytes:
            msg = (
                f"would be sent {len(body) / 1e6:.3g} MB for {rows.height} row(s), and "
                f"max_request_mb is {self.max_request_bytes / 1e6:g}"
            )
            raise TooManyRowsError(msg)
        reply = self.transport.send(body, stop)
        return read_response(reply.body, rows.height, self.response, reply.content_type)
